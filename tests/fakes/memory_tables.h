#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/mirror_catalog.h"
#include "store/records.h"

namespace leanspec::fakes {

/// Everything that a MemoryStore holds; a copy of it is a backup. Ordered containers, so that every walk is
/// deterministic.
struct MemoryTables {
  struct StoredVersion {
    store::Version version;
    Digest rolling;
  };
  struct Head {
    std::size_t position = 0;  ///< in `versions`
    std::string path;
    bool deleted = false;
  };
  struct Upload {
    std::uint64_t size = 0;
    std::string received;
    Instant touched_at;
  };

  struct KeptMirror {
    store::Mirror mirror;
    std::map<std::string, store::MirrorBlob> blobs;
    std::map<std::string, store::MirrorSkipped> skipped;
    std::vector<store::MirrorSync> syncs;
    std::map<std::string, store::WebhookDelivery> deliveries;
  };

  std::map<ProjectId, store::Project> projects;
  std::map<BranchId, store::Branch> branches;
  std::deque<StoredVersion> versions;
  std::map<VersionId, std::size_t> version_by_id;
  std::map<std::pair<BranchId, Seq>, std::size_t> feed;
  std::set<std::tuple<BranchId, DocumentId, std::size_t>> history;
  std::map<std::pair<BranchId, DocumentId>, Head> heads;
  std::map<std::pair<BranchId, std::string>, std::set<DocumentId>> at_path;  ///< tombstones too
  std::map<VersionId, FormerVersion> former;
  std::map<VersionId, std::size_t> merge_of;                                 ///< by side version
  std::map<std::size_t, std::string> held;                                   ///< by position: why
  std::map<std::pair<BranchId, DocumentId>, DocumentId> aliases;
  std::map<std::pair<ReplicaId, ChangeId>, store::ChangeOutcome> outcomes;
  std::map<Digest, std::string> bodies;
  std::map<Digest, Upload> uploads;
  std::map<MachineId, store::Machine> machines;
  std::map<ReplicaId, store::Replica> replicas;
  std::map<UserId, store::User> users;
  std::map<std::string, UserId> user_by_name;
  std::map<std::pair<UserId, ProjectId>, store::Role> memberships;
  std::map<Digest, store::WebSession> sessions;
  std::map<KeyId, store::ApiKey> keys;
  std::map<Digest, KeyId> key_by_token;
  std::map<Digest, store::OneTimeLink> links;
  std::vector<store::AuditEntry> audit;
  std::map<ProjectId, KeptMirror> mirrors;
};

/// Takes back changes to tables, newest first: what makes a transaction and its savepoints of plain containers.
class UndoLog {
 public:
  template <typename Map>
  void set(Map& map, const typename Map::key_type& key, typename Map::mapped_type value) {
    remember(map, key);
    map.insert_or_assign(key, std::move(value));
  }
  template <typename Map>
  void erase(Map& map, const typename Map::key_type& key) {
    if (!map.contains(key)) return;
    remember(map, key);
    map.erase(key);
  }
  template <typename Set>
  void insert(Set& set, typename Set::value_type value) {
    const auto [place, added] = set.insert(std::move(value));
    if (added) undo_.push_back([&set, key = *place] { set.erase(key); });
  }
  template <typename Sequence>
  void push_back(Sequence& sequence, typename Sequence::value_type value) {
    sequence.push_back(std::move(value));
    undo_.push_back([&sequence] { sequence.pop_back(); });
  }

  [[nodiscard]] std::size_t mark() const { return undo_.size(); }
  void roll_back_to(std::size_t mark) {
    while (undo_.size() > mark) {
      undo_.back()();
      undo_.pop_back();
    }
  }
  void forget() { undo_.clear(); }

 private:
  template <typename Map>
  void remember(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    if (found == map.end()) {
      undo_.push_back([&map, key] { map.erase(key); });
    } else {
      undo_.push_back([&map, key, old = found->second] { map.insert_or_assign(key, old); });
    }
  }

  std::vector<std::function<void()>> undo_;
};

}  // namespace leanspec::fakes
