#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "net/byte_stream.h"

namespace leanspec::net::server {

/// A coroutine on a worker's thread. Structs go into one only as named variables moved in (g++ 12 frees temporaries
/// twice).
template <typename T>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> awaiting;

/// Wakes one coroutine of the same thread. A wake that comes before the wait is not lost.
class Signal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Signal(Executor executor) : timer_(executor) {}
  void wake() {
    woken_ = true;
    timer_.cancel();
  }
  /// False: `until` came first.
  Task<bool> wait(Clock::time_point until) {
    if (!woken_) {
      timer_.expires_at(until);
      NetError ignored;
      co_await timer_.async_wait(asio::redirect_error(awaiting, ignored));
    }
    co_return std::exchange(woken_, false);
  }

 private:
  Timer timer_;
  bool woken_ = false;
};

}  // namespace leanspec::net::server
