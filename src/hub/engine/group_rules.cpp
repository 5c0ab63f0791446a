#include "hub/engine/group_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "hub/engine/held_deletions.h"
#include "sync/path_policy.h"

namespace leanspec::hub::engine {
namespace {

class GroupRules {
 public:
  GroupRules(const PushJob& job, std::vector<MemberPlan>& members, const BranchPaths& paths, const DeleteWatch& deletes,
             const SequencerLimits& limits, Instant accepted_at)
      : job_(job), members_(members), paths_(paths), deletes_(deletes), limits_(limits), accepted_at_(accepted_at) {}

  void apply() {
    hold_meeting_ones();
    hold_collisions();
    hold_mass_deletion();
    refuse_too_many();
    keep_together();
  }

 private:
  /// Two new documents of one group that both join the one at their path.
  void hold_meeting_ones() {
    std::set<DocumentId> met;
    for (auto& member : members_) {
      const auto head = new_head(member);
      if (!head || met.insert(head->document).second) continue;
      set_aside(member, *head, "two files of one change claim the same document");
    }
  }

  /// The document whose place an accepted member would take, in this spelling or one that collides with it. A document
  /// that stays where it is takes nobody's place.
  void hold_collisions() {
    std::map<std::string, DocumentId> taken;
    std::map<DocumentId, std::optional<std::string>> ends_at;
    for (const auto& member : members_) {
      if (const auto head = new_head(member)) ends_at[head->document] = head->path;
    }
    const auto stays = [&](const DocumentId& document) { return !ends_at.contains(document); };
    for (auto& member : members_) {
      const auto head = new_head(member);
      if (!head || !head->path) continue;
      const auto [other, first] = taken.emplace(sync::collision_key(*head->path), head->document);
      std::optional<std::string> occupant;
      if (!first && other->second != head->document) {
        occupant = ends_at.at(other->second);
      } else if (paths_.path_of(head->document) != head->path) {
        if (auto found = paths_.occupant(*head->path, stays)) occupant = std::move(found->path);
      }
      if (!occupant) continue;
      const std::string why =
          *occupant == *head->path
              ? "another document stands at " + *occupant + "; move one of the two"
              : "another document stands at " + *occupant +
                    ", which differs only in case or in how accents are written; rename one of the two";
      set_aside(member, *head, why);
      member.needs_alias = false;
    }
  }

  /// G04. While deletions of a machine wait for a person, its further ones wait with them.
  void hold_mass_deletion() {
    std::vector<std::pair<MemberPlan*, NewHead>> deleting;
    for (auto& member : members_) {
      auto head = new_head(member);
      if (head && !head->path && !member.push->approval && paths_.path_of(head->document))
        deleting.emplace_back(&member, *std::move(head));
    }
    const auto& origin = job_.origin;
    if (deleting.empty() ||
        (!paths_.held_deletions.contains(origin.machine) &&
         deletes_.allows(origin.branch, origin.machine, deleting.size(), paths_.documents(), accepted_at_)))
      return;
    for (auto& [member, head] : deleting) set_aside(*member, head, std::string(too_many_deletions));
  }

  void refuse_too_many() {
    std::uint64_t comes = 0;
    std::uint64_t goes = 0;
    for (const auto& member : members_) {
      const auto head = new_head(member);
      if (!head) continue;
      const bool lives = paths_.path_of(head->document).has_value();
      if (head->path && !lives) ++comes;
      if (!head->path && lives) ++goes;
    }
    if (comes == 0 ||
        paths_.documents() + comes - std::min<std::uint64_t>(goes, paths_.documents()) <= limits_.documents_max)
      return;
    for (auto& member : members_) {
      if (!new_head(member)) continue;
      member.result = rejected(*member.push, "the project holds " + std::to_string(limits_.documents_max) +
                                                 " documents, the most that it can; remove some or ignore a folder");
    }
  }

  /// All members or none: one that cannot go through holds back the others.
  void keep_together() {
    if (members_.size() < 2) return;
    const MemberPlan* refused = nullptr;
    const MemberPlan* incomplete = nullptr;
    const MemberPlan* aside = nullptr;
    std::string why_aside;
    for (const auto& member : members_) {
      if (member.recorded) continue;
      if (member.result && member.result->outcome == wire::PushOutcome::rejected && refused == nullptr)
        refused = &member;
      if (member.result && member.result->outcome == wire::PushOutcome::need_body) incomplete = &member;
      if (const auto* set_aside = std::get_if<sync::SetAside>(&member.integration);
          set_aside != nullptr && aside == nullptr) {
        aside = &member;
        why_aside = set_aside->why;
      }
    }
    for (auto& member : members_) {
      if (member.result) continue;
      if (refused != nullptr) {
        member.result = rejected(*member.push, "moves together with " + refused->push->path +
                                                   ", which was refused: " + refused->result->why);
      } else if (incomplete != nullptr) {
        wire::PushResult result;
        result.change = member.push->change;
        result.document = member.push->document;
        result.outcome = wire::PushOutcome::retry;
        result.why = "moves together with " + incomplete->push->path + ", whose text the hub still needs";
        member.result = std::move(result);
      } else if (aside != nullptr) {
        if (const auto head = new_head(member))
          set_aside(member, *head, "moves together with " + aside->push->path + ": " + why_aside);
      }
    }
  }

  /// The head that a member would make.
  struct NewHead {
    DocumentId document;
    std::optional<VersionId> parent;  ///< of the pushed text, if it is set aside after all
    std::optional<std::string> path;  ///< nothing: deleted
  };
  static std::optional<NewHead> new_head(const MemberPlan& member) {
    if (member.result) return std::nullopt;
    if (const auto* accept = std::get_if<sync::Accept>(&member.integration)) {
      return NewHead{accept->document, accept->parent, member.push->digest ? std::optional(member.path) : std::nullopt};
    }
    if (const auto* merge = std::get_if<sync::Merge>(&member.integration)) {
      return NewHead{merge->document, merge->parent, merge->path};
    }
    return std::nullopt;
  }

  static void set_aside(MemberPlan& member, const NewHead& head, std::string why) {
    member.integration = sync::SetAside{head.document, head.parent, std::move(why)};
    member.merged.reset();
  }

  const PushJob& job_;
  std::vector<MemberPlan>& members_;
  const BranchPaths& paths_;
  const DeleteWatch& deletes_;
  const SequencerLimits& limits_;
  const Instant accepted_at_;
};

}  // namespace

void apply_group_rules(const PushJob& job, std::vector<MemberPlan>& members, const BranchPaths& paths,
                       const DeleteWatch& deletes, const SequencerLimits& limits, Instant accepted_at) {
  GroupRules(job, members, paths, deletes, limits, accepted_at).apply();
}

}  // namespace leanspec::hub::engine
