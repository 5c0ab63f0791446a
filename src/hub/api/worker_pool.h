#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace leanspec::hub::api {

/// Threads for work that waits for a disk or burns a processor for long (a password hash): never done on an I/O thread.
/// Bounded: a full queue refuses, and the caller answers 503. Safe from every thread.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  WorkerPool(std::size_t threads, std::size_t queued_max);
  /// Finishes what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: the queue is full or the pool is stopping.
  [[nodiscard]] bool post(Job job);
  /// Refuses new jobs, finishes the queued ones, joins. Idempotent; from the owner's thread only.
  void stop();

 private:
  void work();

  const std::size_t queued_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace leanspec::hub::api
