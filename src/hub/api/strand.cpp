#include "hub/api/strand.h"

#include <utility>

namespace leanspec::hub::api {

void Strand::post(WorkerPool::Job job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
    if (running_) return;
    running_ = true;
  }
  if (!pool_.post([self = shared_from_this()] { self->run(); })) run();  // a stopping pool: the caller's thread does it, in order still
}

void Strand::run() {
  for (;;) {
    WorkerPool::Job job;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) {
        running_ = false;
        return;
      }
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace leanspec::hub::api
