#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/engine/state.h"
#include "hub/engine/hub_edit.h"
#include "store/records.h"
#include "tests/fakes/memory_store.h"
#include "tests/simulation/sight.h"
#include "wire/message.h"

namespace leanspec::simulation {

using std::chrono::milliseconds;

/// A text, as a log names it.
[[nodiscard]] std::string short_hex(const std::optional<Digest>& digest);

/// What must hold at every moment (docs/proof.md). Hears of everything from the simulation's own parts, never from the
/// product's, and remembers the first thing that is wrong.
class Invariants {
 public:
  /// `without`: the name of an invariant that is not asked for; empty for all.
  Invariants(fakes::MemoryStore& store, std::set<Sight>& sights, std::string without, std::function<milliseconds()> now)
      : store_(store), sights_(sights), without_(std::move(without)), now_(std::move(now)) {}

  struct Bridge {
    ReplicaId replica;
    std::function<bool(const std::string& path, const std::optional<Digest>& text)> was_taken_away;
    /// And not moved, and nothing else stands there now.
    std::function<bool(const std::string& place, const Digest& text)> was_removed;
    std::function<bool(const Digest& text)> had;  ///< some file on that disk, at some time
    /// While that branch was checked out there, or git was on its way to or from it.
    std::function<bool(const Digest& text, const std::string& branch)> had_on;
    /// As that branch was opened there.
    std::function<bool(const std::string& branch, const std::string& path)> began_without;
    /// There, by its user, for the last time, and not by git since and until then.
    std::function<std::optional<milliseconds>(const std::string& path, const Digest& text, milliseconds arrived)>
        written_at;
    /// It stands there because the power was cut.
    std::function<bool(const std::string& path, const Digest& text)> left_by_power;
    /// Its user renamed it, and what stands at `place` now, where it stood, has this text.
    std::function<bool(const std::string& path, const std::string& place, const Digest& text)> made_room_for;
    /// It stands there because git put it there.
    std::function<bool(const std::string& path, const Digest& text)> put_by_git;
  };
  void add_bridge(Bridge bridge) { bridges_.push_back(std::move(bridge)); }

  // ---- from a bridge's durable memory
  void committed(std::size_t bridge, const std::string& branch, const bridge::engine::StateUpdate& update,
                 const bridge::engine::ReplicaState& durable);
  void state_lost(std::size_t bridge);
  void approved(std::size_t bridge);

  // ---- from the wire
  void hub_got(std::size_t bridge, std::uint64_t link, const wire::ToHub& message);
  void hub_sent(std::size_t bridge, std::uint64_t link, const wire::ToBridge& message);
  void bridge_got(std::size_t bridge, const wire::ToBridge& message);
  void link_gone(std::uint64_t link) {
    in_flight_.erase(link);
    branch_of_.erase(link);
  }

  // ---- from people and clocks
  void asked_at_hub(const hub::engine::HubEdit& edit);
  /// Of a machine or the hub: what was written before and after cannot be told apart by age.
  void clock_jumped() { clocks_good_since_ = now_(); }

  // ---- from the hub's database
  /// After every transaction that may have made versions.
  void hub_committed();
  /// At rest: no version that was ever seen is another one now.
  void versions_are_as_they_were();
  void hub_restored();
  /// Every version that the hub has had in this life, heads and sides.
  [[nodiscard]] const std::set<Digest>& texts_at_hub() const { return texts_; }
  /// In that life, to its end or until now.
  [[nodiscard]] bool was_at_hub(const Digest& text, Epoch life) const;
  /// In a life that is over.
  [[nodiscard]] bool was_at_former_hub(const Digest& text) const;
  /// A former life had it, and a text that went on from it there is, or was, the newest in this one.
  [[nodiscard]] bool went_into_what_was_offered_again(const Digest& text) const;
  [[nodiscard]] std::uint64_t versions() const { return seen_versions_.size(); }
  [[nodiscard]] std::uint64_t pushes() const { return pushes_; }
  /// Heads that the hub made of two versions, ever.
  [[nodiscard]] std::uint64_t merges() const { return merges_; }
  /// Pushes that were answered `held`.
  [[nodiscard]] std::uint64_t set_aside() const { return set_aside_; }

  /// A text stood on disk for long, nothing was in the way: the hub must have it (I1).
  void must_be_at_hub(const std::string& path, const Digest& digest);
  /// At rest: every change that was durable before it was sent has arrived (law 2).
  void nothing_is_owed();

  void fail(std::string invariant, std::string what);
  [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }

  /// Lone pushes in flight on one connection, where the welcome allows no less.
  static constexpr std::size_t in_flight_max = 256;

 private:
  /// One branch's feed.
  struct Line {
    std::string name;
    store::Fork fork;
    Seq copied;
    Seq head;
    Digest rolling;
    std::map<Seq, Digest> rolled;
    std::map<DocumentId, VersionId> heads;
  };
  /// The branch that a connection is of; null until the hub has it.
  [[nodiscard]] const Line* line_of(std::uint64_t link) const;
  [[nodiscard]] const Line* line_named(const std::string& branch) const;
  [[nodiscard]] Line& line(const store::Version& version) { return lines_.at(version.branch); }
  [[nodiscard]] const store::Version* head_of(const Line* line, const DocumentId& document) const;
  void look_at_new(const store::Version& version);
  void look_at_version(const store::Version& version);
  void look_at_copy(const store::Version& version);
  void look_at_deletion(const store::Version& version);
  void look_at_merge(const store::Version& head);
  void look_at_hub_edit(const store::Version& version);
  void look_at_status(const store::Version& ours, const store::Version& side, std::string_view base,
                      std::string_view our_text, std::string_view side_text, std::string_view merged);
  [[nodiscard]] const store::Version* common_of(const store::Version& side) const;
  [[nodiscard]] bool had_what_went_on_from(std::size_t bridge, const store::Version& version) const;
  [[nodiscard]] std::optional<Digest> last_text(const store::Version& version) const;

  /// What kind of conflict it is.
  void look_at_push(const Line* line, const wire::Push& push);
  [[nodiscard]] bool is_older_than_base(const wire::Push& push) const;
  [[nodiscard]] bool base_took_its_place(std::size_t bridge, const wire::Push& push) const;
  // ---- invariants_git.cpp
  void remember_agreed(std::size_t bridge, const std::string& branch, const bridge::engine::StateUpdate& update);
  void look_at_put_back(std::size_t bridge, const std::string& branch, const wire::Push& push);
  void look_at_markers(const store::Version& version);
  void look_at_held(std::size_t bridge, const VersionId& side);

  fakes::MemoryStore& store_;
  std::set<Sight>& sights_;
  const std::string without_;
  std::function<milliseconds()> now_;
  std::vector<Bridge> bridges_;
  std::optional<std::string> violation_;

  Epoch epoch_;
  std::uint64_t seen_revision_ = 0;  ///< of the database
  std::size_t looked_at_ = 0;        ///< of its versions in this life
  std::map<BranchId, Line> lines_;
  std::map<std::uint64_t, std::string> branch_of_;  ///< by link, as its hello named it
  std::map<VersionId, store::Version> seen_versions_;
  std::map<VersionId, store::Version> former_versions_;  ///< of the lives that a restore has ended
  std::set<VersionId> merged_;                           ///< side versions that are in a head
  std::uint64_t merges_ = 0;
  std::uint64_t set_aside_ = 0;
  std::map<std::pair<ReplicaId, ChangeId>, VersionId> version_of_;
  std::set<Digest> texts_;
  std::map<Epoch, std::set<Digest>> former_texts_;  ///< by the lives that a restore has ended

  struct Asked {
    std::optional<Digest> digest;
    std::string path;
    std::optional<VersionId> base;
    std::optional<FormerVersion> former;
    milliseconds arrived{0};
    milliseconds contact_before{-1};  ///< of the replica, before the connection that brought it
  };
  // ---- invariants_lineage.cpp
  template <typename Is>
  [[nodiscard]] bool any_ancestor(const VersionId& version, const Is& is) const;
  [[nodiscard]] bool went_on_from(const VersionId& version, const std::optional<Digest>& text) const;
  /// The version, or one that it goes on from, was offered as one of a former life that went on from this text.
  [[nodiscard]] bool has_taken_in(const VersionId& version, const std::optional<Digest>& text) const;
  /// When an edit was saved, if the hub can know that: nothing when it came so late that its age is capped.
  [[nodiscard]] std::optional<milliseconds> told_time_of(const store::Version& version) const;
  std::map<std::pair<ReplicaId, ChangeId>, Asked> asked_;
  std::map<std::pair<ReplicaId, ChangeId>, wire::PushResult> answers_;
  std::map<std::uint64_t, std::set<ChangeId>> in_flight_;
  std::map<std::uint64_t, std::size_t> in_flight_allowed_;  ///< by the welcome of the connection
  std::map<std::pair<std::size_t, ChangeId>, bridge::engine::PendingChange> owed_;
  using OnBranch = std::pair<std::size_t, std::string>;  ///< a bridge, and a branch of its folder
  std::map<OnBranch, std::multimap<milliseconds, DocumentId>> let_go_;
  std::map<std::size_t, milliseconds> approved_at_;
  /// Where each document last stood and with which text, for a bridge that has a memory.
  std::map<std::pair<OnBranch, DocumentId>, std::pair<std::string, Digest>> stood_at_;
  std::uint64_t pushes_ = 0;
  /// Texts that a bridge agreed on with the hub, by document, the newest last; since it has a memory.
  std::map<std::pair<OnBranch, DocumentId>, std::vector<Digest>> agreed_;
  std::set<std::size_t> without_memory_;  ///< bridges that have lost it once
  /// By change: git had put that text there when it became durable. It is sent then whatever stands there later.
  std::map<std::pair<std::size_t, ChangeId>, bool> made_of_git_;
  bool restored_ = false;
  /// What people asked for, with the heads that they saw.
  std::map<std::pair<DocumentId, std::optional<Digest>>, std::set<std::optional<VersionId>>> asked_at_hub_;
  milliseconds clocks_good_since_{-1};
  std::map<VersionId, milliseconds> made_at_;
  struct Contact {
    std::uint64_t link = 0;
    milliseconds before{-1};  ///< the last on an earlier link
    milliseconds last{-1};
  };
  std::map<std::size_t, Contact> contact_;
};

}  // namespace leanspec::simulation
