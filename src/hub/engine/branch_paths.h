#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.h"
#include "vocabulary/result.h"

namespace leanspec::hub::engine {

/// The paths of a branch's live documents by collision key, so that a push finds in one step who else stands at its
/// path, in any spelling that a case-insensitive disk cannot keep apart. A copy of what the store says at `at`; brought
/// forward from the feed.
class BranchPaths {
 public:
  /// Error: the store's.
  [[nodiscard]] Status bring_to(store::VersionLog& versions, const store::Branch& branch);
  void set(const DocumentId& document, const std::optional<std::string>& path, Seq seq);

  /// Somebody for whom `counts` is true, at the path or at a spelling that collides with it.
  struct Occupant {
    DocumentId document;
    std::string path;
  };
  [[nodiscard]] std::optional<Occupant> occupant(std::string_view path,
                                                 const std::function<bool(const DocumentId&)>& counts) const;
  [[nodiscard]] std::optional<std::string> path_of(const DocumentId& document) const;
  [[nodiscard]] std::size_t documents() const { return paths_.size(); }
  [[nodiscard]] Seq at() const { return at_; }

  /// Side versions that are shown as held, by document and by the replica that made them.
  std::map<std::pair<DocumentId, ReplicaId>, std::vector<VersionId>> held;
  /// Those of them that are deletions, by the machine that they come from.
  std::map<MachineId, std::set<VersionId>> held_deletions;
  void note_held(const store::Version& side);
  void forget_held(const VersionId& side);
  void settle_held(const std::pair<DocumentId, ReplicaId>& whose);
  /// Accepted times of a branch only ever grow (hub time is monotonic per branch).
  Instant last_accepted;
  std::uint64_t last_used = 0;

 private:
  bool loaded_ = false;
  Seq at_;
  std::map<DocumentId, std::string> paths_;
  std::multimap<std::string, DocumentId> by_key_;
};

}  // namespace leanspec::hub::engine
