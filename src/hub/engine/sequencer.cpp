#include "hub/engine/sequencer.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "hub/engine/branch_paths.h"
#include "hub/engine/job_plan.h"
#include "hub/engine/mirror_revision.h"
#include "hub/engine/push_rules.h"
#include "hub/engine/version_writer.h"
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

/// When this life of the database began, as its epoch says (a UUID of version 7).
Instant beginning_of(const Epoch& epoch) {
  const auto& bytes = epoch.value().bytes;
  if (bytes[6] >> 4 != 7) return Instant{};
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + bytes[i];
  return Instant{std::chrono::milliseconds{milliseconds}};
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
    if (std::find(decided_.begin(), decided_.end(), false) == decided_.end()) return {std::move(done_), {}, {}};
    const Status status = owner_.store_.write([this](store::Session& session) { return write(session); });
    if (status)
      owner_.deletes_ = std::move(deletes_);
    else
      recover(status.error());
    Committed committed;
    committed.done = std::move(done_);
    committed.postponed = std::move(postponed_);
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
    deletes_ = owner_.deletes_;
    postponed_.clear();
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (decided_[i]) continue;
      Attempt attempt;
      const Status status = session.savepoint([&] { return run_job(session, jobs_[i], attempt); });
      if (status && !attempt.unmerged.empty()) {
        postponed_.push_back(PostponedJob{i, std::move(attempt.unmerged)});
      } else if (status) {
        done_[i] = std::move(attempt.done);
        keep(jobs_[i].origin.branch, attempt.trace);
        deletes_.deleted(jobs_[i].origin.branch, jobs_[i].origin.machine, attempt.trace.unapproved_deletions,
                         attempt.trace.accepted_at);
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
    JobTrace trace;
    std::vector<MergeWork> unmerged;  ///< not empty: it did nothing, and waits for these
  };

  Status run_job(store::Session& session, const PushJob& job, Attempt& attempt) {
    LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(job.origin.branch));
    if (!branch || branch->project != job.origin.project) {
      for (const auto& push : job.members)
        attempt.done.results.push_back(rejected(push, "the hub has no such branch any more"));
      return {};
    }
    LEANSPEC_ASSIGN(BranchPaths * paths, owner_.paths_of(session, *branch));
    // Equal times are told apart by seq; a step for each push would run ahead of the clock in a first sync.
    // Nor behind the beginning of this life: after a restore that tells what it inherited from what came since.
    attempt.trace.accepted_at = std::max({now_, paths->last_accepted, beginning_of(owner_.store_.epoch())});

    LEANSPEC_ASSIGN(auto plan, plan_job(job, session, *paths, deletes_, owner_.limits_, attempt.trace.accepted_at));
    attempt.unmerged = std::move(plan.unmerged);
    if (!attempt.unmerged.empty()) return {};
    VersionWriter writer(job, session, *paths, owner_.new_id_, attempt.trace);
    for (auto& member : plan.members) {
      hand_on(member);
      if (!member.result) {
        LEANSPEC_ASSIGN(member.result, writer.write(member));
        LEANSPEC_TRY(session.versions().record_change(
            store::ChangeOutcome{job.origin.replica, member.push->change, member.request,
                                 wire::encode(wire::ToBridge{*member.result}), now_}));
      }
      attempt.done.results.push_back(*member.result);
    }
    return {};
  }

  /// Who has what the writer had gets what the writer sent. That it gives the text was seen when it was opened.
  void hand_on(const MemberPlan& member) const {
    const auto* delta = std::get_if<wire::DeltaBody>(&member.push->content);
    if (owner_.deltas_ == nullptr || delta == nullptr || !member.body.opened) return;
    owner_.deltas_->remember(delta->base, *member.push->digest, member.push->size, delta->zstd);
  }

  void keep(BranchId branch, const JobTrace& trace) {
    const auto found = owner_.paths_.find(branch);
    if (found == owner_.paths_.end() || !found->second) return;
    auto& paths = *found->second;
    for (const auto& version : trace.appended) {
      paths.set(version.document, version.digest ? std::optional(version.path) : std::nullopt, version.seq);
    }
    for (const auto& settled : trace.settled) paths.settle_held(settled);
    for (const auto& side : trace.sides) paths.note_held(side);
    paths.last_accepted = std::max(paths.last_accepted, trace.accepted_at);
    if (trace.appended.empty() && trace.sides.empty() && trace.settled.empty()) return;
    auto& sides = touched_[branch];
    sides = sides || !trace.sides.empty() || !trace.settled.empty();
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
    postponed_.clear();
    if (!is_unknown(error)) return;

    owner_.untold_.merge(branches);
    std::vector<PushDone> remembered = done_;
    const Status status = owner_.store_.read([&](store::Session& session) -> Status {
      remembered = done_;
      for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (!decided_[i]) LEANSPEC_TRY(look_up(session, jobs_[i], remembered[i]));
      }
      return {};
    });
    if (status) done_ = std::move(remembered);  // else everybody asks again, and is answered from what it remembers
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
  DeleteWatch deletes_;               ///< with what this batch deletes; the owner's once it is committed
  std::map<BranchId, bool> touched_;  ///< true: side versions came or went
  std::vector<PostponedJob> postponed_;
  std::vector<FeedNotice> notices_;
};

void make_merges(PushJob& job, const std::vector<MergeWork>& merges) {
  for (const auto& work : merges) job.merges.push_back(merge_texts(work));
  ++job.postponed;
}

Sequencer::Sequencer(store::Store& store, NewId new_id, SequencerLimits limits, BodyDeltas* deltas)
    : store_(store), new_id_(std::move(new_id)), limits_(limits), deltas_(deltas) {}

Sequencer::~Sequencer() = default;

bool Sequencer::is_unknown(const Error& error) {
  return error.code == ErrorCode::unavailable && error.subject == "commit";
}

void Sequencer::tell_untold(std::vector<FeedNotice>& notices) {
  if (untold_.empty()) return;
  std::vector<FeedNotice> found;
  const Status status = store_.read([&](store::Session& session) -> Status {
    found.clear();
    for (const auto& id : untold_) {
      LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(id));
      if (branch) found.push_back(FeedNotice{id, branch->head, branch->head_digest, true});
    }
    return {};
  });
  if (!status) return;
  untold_.clear();
  notices.insert(notices.end(), found.begin(), found.end());
}

Result<BranchPaths*> Sequencer::paths_of(store::Session& session, const store::Branch& branch) {
  auto& paths = paths_[branch.id];
  if (!paths) paths = std::make_unique<BranchPaths>();
  paths->last_used = ++uses_;
  LEANSPEC_TRY(paths->bring_to(session.versions(), branch));
  return paths.get();
}

Result<MirrorRevisionDone> Sequencer::revise(const MirrorRevision& revision, Instant now,
                                             std::vector<FeedNotice>& notices) {
  MirrorRevisionDone done;
  std::optional<store::Branch> branch;
  const Status status = store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(branch, session.versions().find_branch(revision.branch));
    if (!branch || branch->project != revision.project)
      return Error(ErrorCode::not_found, "the hub has no such branch any more");
    LEANSPEC_ASSIGN(const BranchPaths* paths, paths_of(session, *branch));
    const Instant accepted_at = std::max({now, paths->last_accepted, beginning_of(store_.epoch())});
    LEANSPEC_ASSIGN(done, write_revision(revision, session, new_id_, accepted_at));
    LEANSPEC_ASSIGN(branch, session.versions().find_branch(revision.branch));
    return {};
  });
  paths_.erase(revision.branch);  // most of it may have moved; read again at the next push, of which a mirror has none
  if (!status && is_unknown(status.error())) untold_.insert(revision.branch);
  tell_untold(notices);
  if (!status) return status.error();
  if (done.changes() > 0) notices.push_back(FeedNotice{branch->id, branch->head, branch->head_digest, false});
  return done;
}

Committed Sequencer::commit(std::span<const PushJob> jobs, Instant now) {
  if (jobs.empty()) return {};
  auto committed = Batch(*this, jobs, now).run();
  tell_untold(committed.notices);
  while (paths_.size() > limits_.branches_in_memory_max) {
    const auto oldest = std::min_element(paths_.begin(), paths_.end(), [](const auto& a, const auto& b) {
      return a.second->last_used < b.second->last_used;
    });
    paths_.erase(oldest);
  }
  return committed;
}

}  // namespace leanspec::hub::engine
