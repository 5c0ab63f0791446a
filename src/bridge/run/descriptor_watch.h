#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <functional>
#include <memory>

namespace leanspec::bridge::run {

/// Calls `act` on the context's thread whenever a file descriptor is ready, until destroyed or stopped. Works on a
/// duplicate, so that the descriptor's owner may close its own at any time. `act` may destroy the watch.
class DescriptorWatch {
 public:
  enum class For { reading, writing };

  DescriptorWatch(boost::asio::io_context& context, std::function<void()> act)
      : context_(context), act_(std::move(act)) {}
  ~DescriptorWatch() { stop(); }
  DescriptorWatch(const DescriptorWatch&) = delete;
  DescriptorWatch& operator=(const DescriptorWatch&) = delete;

  /// -1 stops. Watching the same descriptor again for reading changes nothing; for writing it asks once more.
  void watch(int descriptor, For what = For::reading);
  void stop();

 private:
  struct Registered;
  static void wait(const std::shared_ptr<Registered>& registered);

  boost::asio::io_context& context_;
  std::function<void()> act_;
  int watched_ = -1;
  std::shared_ptr<Registered> registered_;
};

}  // namespace leanspec::bridge::run
