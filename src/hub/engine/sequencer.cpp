#include "hub/engine/sequencer.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "hub/engine/branch_paths.h"
#include "hub/engine/job_plan.h"
#include "hub/engine/push_rules.h"
#include "wire/codec.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;

/// A busy database is free again soon; a full disk waits for a person.
constexpr std::chrono::milliseconds retry_when_busy = 250ms;
constexpr std::chrono::milliseconds retry_when_broken = 5s;
constexpr std::chrono::milliseconds retry_when_full = 10s;

wire::PushResult retry(const wire::Push& push, const Error& error) {
  wire::PushResult result;
  result.change = push.change;
  result.document = push.document;
  result.outcome = wire::PushOutcome::retry;
  result.why = error.what;
  switch (error.code) {
    case ErrorCode::no_space:
      result.retry_after = retry_when_full;
      result.why = "the hub's disk is full or read-only";
      break;
    case ErrorCode::corrupt:
    case ErrorCode::io:
      result.retry_after = retry_when_broken;
      break;
    case ErrorCode::invalid:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::conflict:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::too_large:
    case ErrorCode::exhausted:
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::cancelled:
    case ErrorCode::unsupported:
      result.retry_after = retry_when_busy;
      break;
  }
  return result;
}

PushDone retry_all(const PushJob& job, const Error& error) {
  PushDone done;
  for (const auto& push : job.members) done.results.push_back(retry(push, error));
  return done;
}

}  // namespace

/// One call of commit: what was decided for each job, and what that does to the paths in memory.
class Sequencer::Batch {
 public:
  Batch(Sequencer& owner, std::span<const PushJob> jobs, Instant now)
      : owner_(owner), jobs_(jobs), now_(now), done_(jobs.size()), decided_(jobs.size(), false) {}

  Committed run() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) refuse_ill_formed(i);
    if (std::find(decided_.begin(), decided_.end(), false) == decided_.end()) return {std::move(done_), {}};
    const Status status = owner_.store_.write([this](store::Session& session) { return write(session); });
    if (!status) recover(status.error());
    Committed committed;
    committed.done = std::move(done_);
    committed.notices = std::move(notices_);
    return committed;
  }

 private:
  void refuse_ill_formed(std::size_t index) {
    const auto& job = jobs_[index];
    std::optional<Error> error;
    for (const auto& push : job.members) {
      if (auto status = check_push(push, owner_.limits_); !status && !error) error = std::move(status).error();
    }
    if (!error) return;
    for (const auto& push : job.members) done_[index].results.push_back(rejected(push, error->sentence()));
    decided_[index] = true;
  }

  Status write(store::Session& session) {
    forget_branches();  // of an earlier attempt at this transaction
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (decided_[i]) continue;
      Attempt attempt;
      const Status status = session.savepoint([&] { return run_job(session, jobs_[i], attempt); });
      if (status) {
        done_[i] = std::move(attempt.done);
        keep(jobs_[i].origin.branch, attempt);
      } else {
        done_[i] = retry_all(jobs_[i], status.error());
        owner_.paths_.erase(jobs_[i].origin.branch);
      }
    }
    notices_.clear();
    for (const auto& [id, sides] : touched_) {
      LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(id));
      if (branch) notices_.push_back(FeedNotice{id, branch->head, branch->head_digest, sides});
    }
    return {};
  }

  /// What a job did, to be remembered when its savepoint holds.
  struct Attempt {
    PushDone done;
    std::vector<store::Version> appended;
    std::vector<store::Version> sides;
    std::vector<std::pair<DocumentId, ReplicaId>> settled;
    Instant last_accepted;
  };

  Status run_job(store::Session& session, const PushJob& job, Attempt& attempt) {
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(job.origin.branch));
    if (!branch || branch->project != job.origin.project) {
      for (const auto& push : job.members)
        attempt.done.results.push_back(rejected(push, "the hub has no such branch any more"));
      return {};
    }
    auto& paths = owner_.paths_[branch->id];
    if (!paths) paths = std::make_unique<BranchPaths>();
    paths->last_used = ++owner_.uses_;
    LEANSPEC_TRY(paths->bring_to(session.versions(), *branch));
    attempt.last_accepted = paths->last_accepted;

    LEANSPEC_ASSIGN(auto members, plan_job(job, session, *paths, owner_.limits_));
    for (auto& member : members) {
      if (!member.result) {
        LEANSPEC_ASSIGN(member.result, carry_out(session, job, member, *paths, attempt));
        LEANSPEC_TRY(session.versions().record_change(
            store::ChangeOutcome{job.origin.replica, member.push->change, member.request,
                                 wire::encode(wire::ToBridge{*member.result}), now_}));
      }
      attempt.done.results.push_back(*member.result);
    }
    return {};
  }

  Result<std::optional<wire::PushResult>> carry_out(store::Session& session, const PushJob& job,
                                                    const MemberPlan& member, const BranchPaths& paths,
                                                    Attempt& attempt) {
    wire::PushResult result;
    result.change = member.push->change;
    if (const auto* accept = std::get_if<sync::Accept>(&member.integration)) {
      LEANSPEC_TRY(put_body(*member.push, member.body, session.bodies()));
      auto version = make_version(job, member, attempt);
      version.document = accept->document;
      version.parent = accept->parent;
      LEANSPEC_ASSIGN(auto appended, session.versions().append(std::move(version)));
      LEANSPEC_TRY(settle_held(session, accept->document, job.origin.replica, paths, attempt));
      result.outcome = wire::PushOutcome::accepted;
      result.document = accept->document;
      result.head_version = appended.id;
      result.seq = appended.seq;
      attempt.appended.push_back(std::move(appended));
    } else if (const auto* unchanged = std::get_if<sync::Unchanged>(&member.integration)) {
      LEANSPEC_TRY(settle_held(session, unchanged->document, job.origin.replica, paths, attempt));
      result.outcome = wire::PushOutcome::unchanged;
      result.document = unchanged->document;
      result.head_version = unchanged->head;
      result.seq = seq_of_head(member, unchanged->document);
    } else if (const auto* older = std::get_if<sync::KnownVersion>(&member.integration)) {
      result.outcome = wire::PushOutcome::known;
      result.document = older->document;
      result.head_version = older->head;
      result.known_version = older->version;
      result.seq = seq_of_head(member, older->document);
    } else {
      const auto& aside = std::get<sync::SetAside>(member.integration);
      LEANSPEC_TRY(put_body(*member.push, member.body, session.bodies()));
      auto version = make_version(job, member, attempt);
      version.kind = store::VersionKind::side;
      version.document = aside.document;
      version.parent = aside.parent;
      // A further edit takes the place of this replica's earlier one in what is shown; the earlier text stays in the
      // history.
      LEANSPEC_TRY(settle_held(session, aside.document, job.origin.replica, paths, attempt));
      LEANSPEC_TRY(session.versions().add_side(version, aside.why));
      result.outcome = wire::PushOutcome::held;
      result.document = aside.document;
      result.side_version = version.id;
      if (member.head && member.head->document == aside.document) result.head_version = member.head->id;
      result.why = aside.why;
      attempt.sides.push_back(std::move(version));
    }
    if (member.needs_alias) {
      LEANSPEC_TRY(session.versions().add_alias(job.origin.branch, member.push->document, result.document));
    }
    return std::optional(std::move(result));
  }

  /// So that who reads the answer late can tell whether it is older than what they have read of the feed.
  static Seq seq_of_head(const MemberPlan& member, const DocumentId& document) {
    return member.head && member.head->document == document ? member.head->seq : Seq{};
  }

  store::Version make_version(const PushJob& job, const MemberPlan& member, Attempt& attempt) {
    const auto& push = *member.push;
    // Equal times are told apart by seq; a step for each push would run ahead of the clock in a first sync.
    attempt.last_accepted = std::max(now_, attempt.last_accepted);
    store::Version version;
    version.id = VersionId{owner_.new_id_(attempt.last_accepted)};
    version.branch = job.origin.branch;
    version.path = member.path;
    version.digest = push.digest;
    version.size = push.digest ? push.size : 0;
    version.machine = job.origin.machine;
    version.replica = job.origin.replica;
    version.user = job.origin.user;
    version.change = push.change;
    version.group = push.group;
    version.commit = push.commit;
    version.accepted_at = attempt.last_accepted;
    auto not_before = job.origin.last_contact;
    if (member.base_time && (!not_before || *not_before < *member.base_time)) not_before = member.base_time;
    version.effective_at = effective_time(job.received_at, push.age, not_before, attempt.last_accepted);
    return version;
  }

  Status settle_held(store::Session& session, const DocumentId& document, const ReplicaId& replica,
                     const BranchPaths& paths, Attempt& attempt) {
    const auto held = paths.held.find({document, replica});
    if (held == paths.held.end()) return {};
    for (const auto& side : held->second) {
      // A person may have dealt with it meanwhile.
      if (auto status = session.versions().release_held(side); !status && status.error().code != ErrorCode::not_found)
        return status;
    }
    attempt.settled.emplace_back(document, replica);
    return {};
  }

  void keep(BranchId branch, const Attempt& attempt) {
    const auto found = owner_.paths_.find(branch);
    if (found == owner_.paths_.end() || !found->second) return;
    auto& paths = *found->second;
    for (const auto& version : attempt.appended) {
      paths.set(version.document, version.digest ? std::optional(version.path) : std::nullopt, version.seq);
    }
    for (const auto& settled : attempt.settled) paths.held.erase(settled);
    for (const auto& side : attempt.sides) paths.held[{side.document, *side.replica}].push_back(side.id);
    paths.last_accepted = std::max(paths.last_accepted, attempt.last_accepted);
    if (attempt.appended.empty() && attempt.sides.empty() && attempt.settled.empty()) return;
    auto& sides = touched_[branch];
    sides = sides || !attempt.sides.empty() || !attempt.settled.empty();
  }

  void forget_branches() {
    for (const auto& [branch, sides] : touched_) owner_.paths_.erase(branch);
    touched_.clear();
  }

  /// Nothing was committed, or nobody knows: then what the store remembers of each change decides.
  void recover(const Error& error) {
    std::set<BranchId> branches;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (decided_[i]) continue;
      branches.insert(jobs_[i].origin.branch);
      done_[i] = retry_all(jobs_[i], error);
    }
    for (const auto& branch : branches) owner_.paths_.erase(branch);
    notices_.clear();
    if (error.code != ErrorCode::unavailable || error.subject != "commit") return;

    std::vector<PushDone> remembered = done_;
    std::vector<FeedNotice> notices;
    const Status status = owner_.store_.read([&](store::Session& session) -> Status {
      remembered = done_;
      notices.clear();
      for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (!decided_[i]) LEANSPEC_TRY(look_up(session, jobs_[i], remembered[i]));
      }
      for (const auto& id : branches) {
        LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(id));
        if (branch) notices.push_back(FeedNotice{id, branch->head, branch->head_digest, true});
      }
      return {};
    });
    if (!status) return;  // everybody asks again, and is answered from what the store remembers
    done_ = std::move(remembered);
    notices_ = std::move(notices);
  }

  static Status look_up(store::Session& session, const PushJob& job, PushDone& done) {
    PushDone found;
    for (const auto& push : job.members) {
      LEANSPEC_ASSIGN(const auto outcome, session.versions().change_outcome(job.origin.replica, push.change));
      if (!outcome || outcome->request != request_digest(job.origin.branch, push)) return {};
      LEANSPEC_ASSIGN(const auto message, wire::decode_to_bridge(outcome->result));
      const auto* result = std::get_if<wire::PushResult>(&message);
      if (result == nullptr) return {};
      found.results.push_back(*result);
    }
    done = std::move(found);
    return {};
  }

  Sequencer& owner_;
  std::span<const PushJob> jobs_;
  const Instant now_;
  std::vector<PushDone> done_;
  std::vector<bool> decided_;
  std::map<BranchId, bool> touched_;  ///< true: side versions came or went
  std::vector<FeedNotice> notices_;
};

Sequencer::Sequencer(store::Store& store, NewId new_id, SequencerLimits limits)
    : store_(store), new_id_(std::move(new_id)), limits_(limits) {}

Sequencer::~Sequencer() = default;

Committed Sequencer::commit(std::span<const PushJob> jobs, Instant now) {
  if (jobs.empty()) return {};
  auto committed = Batch(*this, jobs, now).run();
  while (paths_.size() > limits_.branches_in_memory_max) {
    const auto oldest = std::min_element(paths_.begin(), paths_.end(), [](const auto& a, const auto& b) {
      return a.second->last_used < b.second->last_used;
    });
    paths_.erase(oldest);
  }
  return committed;
}

}  // namespace leanspec::hub::engine
