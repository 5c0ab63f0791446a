#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace leanspec::e2e {

/// Many bridges in one process, on one thread: each with the engine, the driver, the patience and the connection of the
/// real program, a memory of its own and an empty folder. They hear everything and save nothing, so that what a hub
/// feels of thousands of machines can be had on one.
class Herd {
 public:
  struct Hub {
    std::string url, key, project;
  };
  Herd(const Hub& hub, std::size_t count);
  ~Herd();
  Herd(const Herd&) = delete;
  Herd& operator=(const Herd&) = delete;

  /// Waits until so many are connected and have heard all that the hub told them of.
  [[nodiscard]] bool wait_until_live(std::size_t count, std::chrono::milliseconds within);
  /// Waits until each knows of a file of this path at the hub.
  [[nodiscard]] bool wait_until_all_know(const std::string& path, std::chrono::milliseconds within);
  [[nodiscard]] std::size_t live() const;
  /// Attempts to connect so far, of all together.
  [[nodiscard]] std::size_t attempts() const { return attempts_; }
  /// For each bridge that is live, when it became so last.
  [[nodiscard]] std::vector<std::chrono::steady_clock::time_point> live_since();
  /// The first attempt after `after` of each bridge that made one.
  [[nodiscard]] std::vector<std::chrono::steady_clock::time_point> first_attempts(
      std::chrono::steady_clock::time_point after);
  /// What the hub said when it let one not in, or "" (the last one).
  [[nodiscard]] std::string refusal();

 private:
  class Bridge;
  template <typename Ask>
  auto ask(Ask&& question);
  /// On the herd's thread: changes what others wait for.
  void change(const std::function<void()>& what);

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t live_ = 0, knowing_ = 0;  ///< under the lock
  std::atomic<std::size_t> attempts_ = 0;
  // The herd's thread alone has these.
  std::string awaited_;  ///< the path that is waited for; "" none
  std::string refusal_;
  std::vector<std::unique_ptr<Bridge>> bridges_;
  std::thread thread_;
};

}  // namespace leanspec::e2e
