#include "hub/api/commit_loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace leanspec::hub::api {

CommitLoop::CommitLoop(engine::Sequencer& sequencer, engine::Views& views, engine::Feed& feed, const host::Clock& clock)
    : sequencer_(sequencer), views_(views), feed_(feed), clock_(clock), thread_([this] { run(); }) {}

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
}

CommitLoop::Figures CommitLoop::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
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
    views_.moved(committed.notices);
    for (std::size_t i = 0; i < group.size(); ++i) group[i].on_done(std::move(committed.done[i]));
    feed_.publish(committed.notices);
    views_.refresh(committed.notices);  // last: no bridge and no screen waits for the parse
  }
}

}  // namespace leanspec::hub::api
