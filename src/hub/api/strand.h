#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "hub/api/worker_pool.h"

namespace leanspec::hub::api {

/// Jobs of one owner (a connection) run one after another, in order, on whichever thread of the pool is free. Safe from every
/// thread. Jobs that are queued keep the strand alive.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  explicit Strand(WorkerPool& pool) : pool_(pool) {}

  void post(WorkerPool::Job job);

 private:
  void run();

  WorkerPool& pool_;
  std::mutex mutex_;
  std::deque<WorkerPool::Job> queue_;
  bool running_ = false;
};

}  // namespace leanspec::hub::api
