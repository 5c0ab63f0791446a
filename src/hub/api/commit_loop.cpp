#include "hub/api/commit_loop.h"

#include <memory>
#include <utility>

namespace leanspec::hub::api {

namespace {

/// A busy database asks for less patience than this and is no trouble.
constexpr std::chrono::seconds trouble_worth_a_word{2};

}  // namespace

CommitLoop::CommitLoop(engine::Sequencer& sequencer, engine::Views& views, engine::Feed& feed, WorkerPool& workers,
                       const host::Clock& clock, host::Log& log)
    : sequencer_(sequencer),
      views_(views),
      feed_(feed),
      workers_(workers),
      clock_(clock),
      log_(log),
      view_refresh_(views),
      thread_([this] { run(); }) {}

CommitLoop::~CommitLoop() { stop(); }

void CommitLoop::submit(engine::PushJob job, OnDone on_done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.add({std::move(job), std::move(on_done)}, clock_.since_boot());
    ++figures_.pushes;
  }
  changed_.notify_one();
}

Result<engine::HubEditDone> CommitLoop::edit(engine::HubEdit edit) {
  std::future<Result<engine::HubEditDone>> done;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      return Error(ErrorCode::unavailable, "the hub is stopping", {}, "Try again in a moment.");
    edits_.push_back({std::move(edit), {}});
    done = edits_.back().done.get_future();
    queue_.somebody_waits(clock_.since_boot());
    ++figures_.edits;
  }
  changed_.notify_one();
  return done.get();
}

Result<engine::MirrorRevisionDone> CommitLoop::revise(engine::MirrorRevision revision) {
  std::future<Result<engine::MirrorRevisionDone>> done;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error(ErrorCode::cancelled, "the hub is stopping");
    revisions_.push_back({std::move(revision), {}});
    done = revisions_.back().done.get_future();
  }
  changed_.notify_one();
  return done.get();
}

void CommitLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  view_refresh_.stop();
}

CommitLoop::Figures CommitLoop::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

/// Says once that nothing can be stored, and once that it can again.
void CommitLoop::note_trouble(const engine::Committed& committed) {
  std::string trouble;
  bool stored = false;
  for (const engine::PushDone& done : committed.done) {
    for (const wire::PushResult& result : done.results) {
      if (result.outcome != wire::PushOutcome::retry) {
        stored = true;
      } else if (result.retry_after >= trouble_worth_a_word) {
        trouble = result.why;
      }
    }
  }
  if (!trouble.empty() && trouble != trouble_) {
    log_.error("pushes cannot be stored", {{"why", trouble}, {"next", "bridges keep their work and send it again; free the hub's disk"}});
    trouble_ = trouble;
  } else if (trouble.empty() && stored && !trouble_.empty()) {
    log_.info("pushes are stored again");
    trouble_.clear();
  }
}

/// On a worker, or here if none has time.
void CommitLoop::merge(WaitingPush waiting, std::vector<engine::MergeWork> merges) {
  {
    const std::lock_guard lock(mutex_);
    ++merging_;
    ++figures_.merges;
  }
  // Shared, because the pool's jobs are copyable and a push is not to be copied.
  const auto shared = std::make_shared<WaitingPush>(std::move(waiting));
  const auto work = [this, shared, merges = std::make_shared<std::vector<engine::MergeWork>>(std::move(merges))] {
    engine::make_merges(shared->job, *merges);
    const std::lock_guard lock(mutex_);  // until it is told: the loop may end with the last one that comes back
    queue_.add(std::move(*shared), clock_.since_boot());
    --merging_;
    changed_.notify_one();
  };
  if (!workers_.post(work)) work();
}

void CommitLoop::make(WaitingEdit waiting) {
  std::vector<engine::FeedNotice> notices;
  auto done = sequencer_.edit(waiting.edit, clock_.now(), notices);
  views_.moved(notices);
  waiting.done.set_value(std::move(done));
  feed_.publish(notices);
  view_refresh_.moved(notices);
}

void CommitLoop::make(WaitingRevision waiting) {
  std::vector<engine::FeedNotice> notices;
  auto done = sequencer_.revise(waiting.revision, clock_.now(), notices);
  views_.moved(notices);
  waiting.done.set_value(std::move(done));
  feed_.publish(notices);
  view_refresh_.moved(notices);
}

void CommitLoop::run() {
  for (;;) {
    std::vector<WaitingPush> group;
    std::vector<WaitingEdit> edits;
    std::vector<WaitingRevision> revisions;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] {
        return !queue_.empty() || !edits_.empty() || !revisions_.empty() || (stopping_ && merging_ == 0);
      });
      if (queue_.empty() && edits_.empty() && revisions_.empty()) return;
      edits.swap(edits_);
      revisions.swap(revisions_);
      group = queue_.take(group_jobs_max, clock_.since_boot());
      if (!group.empty()) ++figures_.groups;
    }
    for (WaitingEdit& waiting : edits) make(std::move(waiting));
    for (WaitingRevision& waiting : revisions) make(std::move(waiting));
    if (group.empty()) continue;
    std::vector<engine::PushJob> jobs;
    jobs.reserve(group.size());
    for (WaitingPush& waiting : group) jobs.push_back(std::move(waiting.job));
    engine::Committed committed = sequencer_.commit(jobs, clock_.now());
    note_trouble(committed);
    views_.moved(committed.notices);
    for (auto& postponed : committed.postponed) {
      WaitingPush waiting = std::exchange(group[postponed.job], WaitingPush());
      waiting.job = std::move(jobs[postponed.job]);
      merge(std::move(waiting), std::move(postponed.merges));
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].on_done) group[i].on_done(std::move(committed.done[i]));
    }
    feed_.publish(committed.notices);
    view_refresh_.moved(committed.notices);
  }
}

}  // namespace leanspec::hub::api
