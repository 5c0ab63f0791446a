#include "hub/engine/job_plan.h"

#include <set>
#include <utility>
#include <variant>

#include "hub/engine/group_rules.h"
#include "hub/engine/lineage.h"
#include "hub/engine/merge_planner.h"
#include "hub/engine/push_rules.h"
#include "wire/codec.h"

namespace leanspec::hub::engine {

namespace {

sync::Known known(const store::Version& version) {
  return sync::Known{version.document, version.id, version.path, version.digest};
}

DocumentId canonical(const sync::Integration& integration) {
  return std::visit([](const auto& decided) { return decided.document; }, integration);
}

class JobPlanner {
 public:
  JobPlanner(const PushJob& job, store::Session& session, const BranchPaths& paths, const DeleteWatch& deletes,
             const SequencerLimits& limits, Instant accepted_at)
      : job_(job),
        session_(session),
        versions_(session.versions()),
        merges_(job, session, accepted_at),
        paths_(paths),
        deletes_(deletes),
        limits_(limits),
        accepted_at_(accepted_at) {}

  Result<JobPlan> plan() {
    for (const auto& push : job_.members) {
      MemberPlan member;
      member.push = &push;
      member.path = push.path;
      member.request = request_digest(job_.origin.branch, push);
      LEANSPEC_TRY(find_earlier_answer(member));
      members_.push_back(std::move(member));
    }
    refuse_twins();
    LEANSPEC_TRY(find_leaving());
    for (auto& member : members_) {
      if (!member.result) LEANSPEC_TRY(decide(member));
    }
    JobPlan plan;
    plan.unmerged = merges_.take_unmerged();
    if (plan.unmerged.empty()) apply_group_rules(job_, members_, paths_, deletes_, limits_, accepted_at_);
    plan.members = std::move(members_);
    return plan;
  }

 private:
  Status find_earlier_answer(MemberPlan& member) {
    LEANSPEC_ASSIGN(const auto outcome, versions_.change_outcome(job_.origin.replica, member.push->change));
    if (!outcome) return {};
    if (outcome->request != member.request) {
      member.result = rejected(
          *member.push, "this change was sent before with another content; send it under an identifier of its own");
      return {};
    }
    LEANSPEC_ASSIGN(const auto message, wire::decode_to_bridge(outcome->result));
    const auto* result = std::get_if<wire::PushResult>(&message);
    if (result == nullptr)
      return Error(ErrorCode::corrupt, "the remembered answer to a change is unreadable", member.push->path);
    member.result = *result;
    member.recorded = true;
    return {};
  }

  /// A group says one thing about a document.
  void refuse_twins() {
    std::set<DocumentId> documents;
    std::set<ChangeId> changes;
    for (auto& member : members_) {
      const bool first_change = changes.insert(member.push->change).second;
      const bool first_document = documents.insert(member.push->document).second;
      if (!member.result && !(first_change && first_document)) {
        member.result = rejected(*member.push, "two changes of one group speak of the same document");
      }
    }
  }

  /// Documents of this group that leave their path, so that another member may take it.
  Status find_leaving() {
    if (members_.size() < 2) return {};
    for (auto& member : members_) {
      if (member.result) continue;
      LEANSPEC_ASSIGN(const auto head, versions_.head(job_.origin.branch, member.push->document));
      if (head && head->digest && (!member.push->digest || head->path != member.push->path))
        leaving_.insert(head->document);
    }
    return {};
  }

  Status decide(MemberPlan& member) {
    const auto& push = *member.push;
    const auto branch = job_.origin.branch;
    sync::IntegrateRequest request;
    request.document = push.document;
    request.base = push.base;
    request.path = push.path;
    request.digest = push.digest;

    std::optional<store::Version> base;
    if (push.base) {
      LEANSPEC_ASSIGN(base, versions_.version(*push.base));
      if (base && base->branch != branch) LEANSPEC_TRY(find_here(base));
      if (base) request.base_version = known(*base);
      if (base && base->id != *push.base) request.base = base->id;
    }
    LEANSPEC_ASSIGN(member.head, versions_.head(branch, push.document));
    member.needs_alias = !member.head.has_value();
    if (push.former && member.head && member.head->document == push.document)
      LEANSPEC_TRY(find_former_base(*member.head, *push.former, base, request));
    if (!member.head && request.base_version) {
      LEANSPEC_ASSIGN(member.head, versions_.head(branch, request.base_version->document));
    }
    if (!member.head && push.digest) {
      LEANSPEC_ASSIGN(auto at_path, versions_.head_at_path(branch, push.path));
      if (at_path && !(at_path->digest && leaving_.contains(at_path->document))) {
        request.at_path = known(*at_path);
        member.head = std::move(at_path);
      }
    } else if (member.head) {
      request.head = known(*member.head);
    }
    if (member.head) {
      if (push.digest) {
        LEANSPEC_ASSIGN(const auto equal, versions_.version_with_digest(branch, member.head->document, *push.digest));
        if (equal) {
          request.equal_version = known(*equal);
          LEANSPEC_TRY(find_same_edit(member, base, request));
        }
      }
      request.knows_head = member.head->replica == job_.origin.replica || member.head->seq <= job_.origin.acknowledged;
    }
    std::optional<store::Version> common;
    if (base && member.head && base->id != member.head->id) {
      LEANSPEC_ASSIGN(common, common_version(versions_, *base));
      if (common) request.common = known(*common);
    }
    member.effective_at = effective_at(push, base);

    member.integration = sync::integrate(request);
    // Its first version here leads back to where it comes from.
    if (auto* accept = std::get_if<sync::Accept>(&member.integration);
        accept != nullptr && !accept->parent && base && base->document == accept->document)
      accept->parent = base->id;
    // A tombstone lies where the document stood. One that is set aside keeps the name that its author knew.
    if (!push.digest && std::holds_alternative<sync::Accept>(member.integration)) member.path = member.head->path;
    member.needs_alias = member.needs_alias && canonical(member.integration) != push.document;
    if (std::holds_alternative<sync::Unchanged>(member.integration) ||
        std::holds_alternative<sync::KnownVersion>(member.integration)) {
      return {};
    }
    LEANSPEC_TRY(open(member, request));
    if (member.result || !std::holds_alternative<sync::Merge>(member.integration)) return {};
    return merges_.merge(member, *common);
  }

  /// A base of another branch of the project (law 3): where this branch began with it, its copy is the same state.
  Status find_here(std::optional<store::Version>& base) {
    LEANSPEC_ASSIGN(const auto elsewhere, versions_.find_branch(base->branch));
    if (!elsewhere || elsewhere->project != job_.origin.project) {
      base.reset();
      return {};
    }
    LEANSPEC_ASSIGN(auto copy, versions_.copy_of(job_.origin.branch, base->document));
    if (copy && copy->parent == base->id) base = std::move(copy);
    return {};
  }

  /// Law 20: after a restore two machines may offer texts of which one went on from the other. Not where the document
  /// goes by another one's name here (law 4): in that life they were two, and which version is the later says nothing.
  Status find_former_base(const store::Version& head, const FormerVersion& former, std::optional<store::Version>& base,
                          sync::IntegrateRequest& request) {
    LEANSPEC_ASSIGN(auto lineage, former_lineage(versions_, job_.origin.branch, head.document, former));
    if (lineage.base) {
      base = std::move(lineage.base);
    } else if (lineage.later) {
      request.is_superseded = true;
      if (!base && lineage.later->parent) {
        LEANSPEC_ASSIGN(base, versions_.version(*lineage.later->parent));
      }
    }
    if (!base) return {};
    request.base = base->id;
    request.base_version = known(*base);
    return {};
  }

  /// Sent before and set aside: the same text and place, on the same base.
  Status find_same_edit(MemberPlan& member, const std::optional<store::Version>& base,
                        sync::IntegrateRequest& request) {
    const auto& push = *member.push;
    LEANSPEC_ASSIGN(auto side, versions_.side_with_digest(job_.origin.branch, member.head->document, *push.digest,
                                                          job_.origin.replica));
    const auto parent = base ? std::optional(base->id) : std::nullopt;
    if (!side || side->parent != parent || side->path != push.path) return {};
    LEANSPEC_ASSIGN(const auto merged, versions_.merge_of(side->id));
    request.equal_version = known(*side);
    request.is_in_head = merged.has_value();
    request.is_beside_head = !merged.has_value();
    member.same_edit = std::move(side);
    return {};
  }

  /// Law 14: not before the later of the base and the replica's last contact. One that lies in the future is of before
  /// this hub's clock was set back, and says nothing: all that follows would seem to be of this moment.
  Instant effective_at(const wire::Push& push, const std::optional<store::Version>& base) const {
    std::optional<Instant> not_before;
    const auto seen_at = [&](Instant when) {
      if (when <= job_.received_at && (!not_before || *not_before < when)) not_before = when;
    };
    if (job_.origin.last_contact) seen_at(*job_.origin.last_contact);
    if (base) seen_at(base->accepted_at);
    return effective_time(job_.received_at, push.age, not_before, accepted_at_);
  }

  Status open(MemberPlan& member, const sync::IntegrateRequest& request) {
    const bool moves_only = std::holds_alternative<wire::UnchangedBody>(member.push->content);
    LEANSPEC_ASSIGN(member.body, open_body(*member.push, session_.bodies()));
    if (moves_only && (!request.base_version || request.base_version->digest != member.push->digest))
      member.body.missing = true;
    if (member.body.missing) {
      wire::PushResult result;
      result.change = member.push->change;
      result.document = member.push->document;
      result.outcome = wire::PushOutcome::need_body;
      result.why = "the hub needs the whole text";
      member.result = std::move(result);
    }
    return {};
  }

  const PushJob& job_;
  store::Session& session_;
  store::VersionLog& versions_;
  MergePlanner merges_;
  const BranchPaths& paths_;
  const DeleteWatch& deletes_;
  const SequencerLimits& limits_;
  const Instant accepted_at_;
  std::vector<MemberPlan> members_;
  std::set<DocumentId> leaving_;
};

}  // namespace

wire::PushResult rejected(const wire::Push& push, std::string why) {
  wire::PushResult result;
  result.change = push.change;
  result.document = push.document;
  result.outcome = wire::PushOutcome::rejected;
  result.why = std::move(why);
  return result;
}

Result<JobPlan> plan_job(const PushJob& job, store::Session& session, const BranchPaths& paths,
                         const DeleteWatch& deletes, const SequencerLimits& limits, Instant accepted_at) {
  return JobPlanner(job, session, paths, deletes, limits, accepted_at).plan();
}

}  // namespace leanspec::hub::engine
