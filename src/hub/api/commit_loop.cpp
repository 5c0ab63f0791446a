#include "hub/api/commit_loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace leanspec::hub::api {

namespace {

/// A busy database asks for less patience than this and is no trouble.
constexpr std::chrono::seconds trouble_worth_a_word{2};

}  // namespace

CommitLoop::CommitLoop(engine::Sequencer& sequencer, engine::Views& views, engine::Feed& feed, const host::Clock& clock,
                       host::Log& log)
    : sequencer_(sequencer), views_(views), feed_(feed), clock_(clock), log_(log), view_refresh_(views), thread_([this] { run(); }) {}

CommitLoop::~CommitLoop() { stop(); }

void CommitLoop::submit(engine::PushJob job, OnDone on_done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(job), std::move(on_done)});
  }
  changed_.notify_one();
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

void CommitLoop::run() {
  for (;;) {
    std::vector<Waiting> group;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto taken = static_cast<std::ptrdiff_t>(std::min(queue_.size(), group_jobs_max));
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.begin() + taken));
      queue_.erase(queue_.begin(), queue_.begin() + taken);
      figures_.pushes += group.size();
      ++figures_.groups;
    }
    std::vector<engine::PushJob> jobs;
    jobs.reserve(group.size());
    for (Waiting& waiting : group) jobs.push_back(std::move(waiting.job));
    engine::Committed committed = sequencer_.commit(jobs, clock_.now());
    note_trouble(committed);
    views_.moved(committed.notices);
    for (std::size_t i = 0; i < group.size(); ++i) group[i].on_done(std::move(committed.done[i]));
    feed_.publish(committed.notices);
    view_refresh_.moved(committed.notices);
  }
}

}  // namespace leanspec::hub::api
