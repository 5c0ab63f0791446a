#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/byte_stream.h"
#include "net/server/task.h"

namespace leanspec::net::server {

/// A byte stream on which every wait has a deadline, with the bytes that were read and not yet used. One owner, one
/// thread.
class TimedStream : public std::enable_shared_from_this<TimedStream> {
 public:
  using Clock = std::chrono::steady_clock;

  /// A peer that takes none of our bytes for `write_stall` is cut.
  TimedStream(TcpSocket socket, Clock::duration write_stall);

  [[nodiscard]] Executor executor() const { return stream_.get_executor(); }
  [[nodiscard]] bool is_open() const { return stream_.is_open(); }
  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] std::string& input() { return input_; }
  [[nodiscard]] std::string peer_address();

  /// Ends the read or write under way at that time; timed_out() tells it from other failures.
  void set_deadline(Clock::duration wait) { set_deadline_at(Clock::now() + wait); }
  void set_deadline_at(Clock::time_point due);
  void clear_deadline() { due_ = Clock::time_point::max(); }
  [[nodiscard]] Clock::time_point deadline() const { return due_; }

  Task<bool> encrypt(ssl_ctx_st* context);
  /// Appends up to `room` bytes to input(). False: the peer is gone, the deadline passed or cancel() was called.
  Task<bool> read_more(std::size_t room);
  /// Sends both parts. False: the connection is closed.
  Task<bool> write_all(std::string_view head, std::string_view body);
  /// Lets the peer read our last answer before the socket goes: closing with unread input would reset it.
  Task<void> linger(Clock::duration wait);

  void cancel() { stream_.cancel(); }
  void close();
  /// Gives the bytes away, unused input first; this object is then empty.
  [[nodiscard]] ByteStream hand_over();

  /// One read of its own beside a writing coroutine, to hear of the peer's goodbye: `on_end` is called once when it
  /// comes.
  void watch_for_goodbye(std::function<void()> on_end);

 private:
  void arm();

  ByteStream stream_;
  Timer timer_;
  Clock::duration write_stall_;
  std::string input_;
  Clock::time_point due_ = Clock::time_point::max();
  std::optional<Clock::time_point> armed_until_;
  std::size_t ignored_input_ = 0;
  bool timed_out_ = false, closed_ = false, handed_over_ = false;
};

}  // namespace leanspec::net::server
