#include "net/server/timed_stream.h"

#include <algorithm>
#include <array>

namespace leanspec::net::server {
namespace {

constexpr std::chrono::seconds tls_handshake_timeout{10};
constexpr std::size_t linger_bytes_max = 256 * 1024;  // of an unread body that we throw away meanwhile
constexpr std::size_t linger_read_bytes = 4096;
constexpr std::size_t goodbye_read_bytes = 256;
constexpr std::size_t goodbye_input_max = 4096;  // a client that only listens has nothing to say

}  // namespace

TimedStream::TimedStream(TcpSocket socket, Clock::duration write_stall)
    : stream_(std::move(socket)), timer_(stream_.get_executor()), write_stall_(write_stall) {
  NetError ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

std::string TimedStream::peer_address() {
  NetError gone;
  const auto peer = stream_.socket().remote_endpoint(gone);
  auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

void TimedStream::set_deadline_at(Clock::time_point due) {
  due_ = due;
  timed_out_ = false;
  // Moving the deadline further away, the usual case, leaves the timer alone: it looks again when it fires.
  if (!armed_until_ || due_ < *armed_until_) arm();
}

void TimedStream::arm() {
  armed_until_ = due_;
  timer_.expires_at(due_);
  timer_.async_wait([weak = weak_from_this()](NetError error) {
    const auto self = weak.lock();
    if (!self || error || self->handed_over_) return;
    self->armed_until_.reset();
    if (self->due_ == Clock::time_point::max()) return;
    if (Clock::now() < self->due_) return self->arm();
    self->timed_out_ = true;
    self->stream_.cancel();
  });
}

Task<bool> TimedStream::encrypt(ssl_ctx_st* context) {
  stream_.put_under_tls(context);
  set_deadline(tls_handshake_timeout);
  NetError error;
  co_await stream_.async_handshake(StreamRole::server, asio::redirect_error(awaiting, error));
  if (error) close();
  co_return !error;
}

Task<bool> TimedStream::read_more(std::size_t room) {
  const std::size_t had = input_.size();
  input_.resize(had + room);
  NetError error;
  const asio::mutable_buffer buffer(input_.data() + had, room);
  const std::size_t bytes = co_await stream_.async_read_some(buffer, asio::redirect_error(awaiting, error));
  input_.resize(had + bytes);
  co_return !error && bytes > 0;
}

Task<bool> TimedStream::write_all(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    set_deadline(write_stall_);
    const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(head.data(), head.size()),
                                                    asio::const_buffer(body.data(), body.size())};
    NetError error;
    const std::size_t bytes = co_await stream_.async_write_some(buffers, asio::redirect_error(awaiting, error));
    if (error) {
      close();
      co_return false;
    }
    const std::size_t of_head = std::min(bytes, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(bytes - of_head);
  }
  clear_deadline();
  co_return true;
}

Task<void> TimedStream::linger(Clock::duration wait) {
  if (closed_ || !stream_.is_open()) co_return;
  set_deadline(wait);
  NetError error;
  co_await stream_.async_shutdown(asio::redirect_error(awaiting, error));
  NetError ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::string unread(linger_read_bytes, '\0');
  std::size_t thrown_away = 0;
  while (!timed_out_ && !closed_ && thrown_away < linger_bytes_max) {
    const asio::mutable_buffer buffer(unread.data(), unread.size());
    const std::size_t bytes = co_await stream_.socket().async_read_some(buffer, asio::redirect_error(awaiting, error));
    if (error) break;
    thrown_away += bytes;
  }
  close();
}

void TimedStream::close() {
  closed_ = true;
  if (!handed_over_) stream_.close();
}

ByteStream TimedStream::hand_over() {
  handed_over_ = closed_ = true;
  timer_.cancel();
  stream_.unread(input_);
  return std::move(stream_);
}

void TimedStream::watch_for_goodbye(std::function<void()> on_end) {
  input_.resize(goodbye_read_bytes);
  const asio::mutable_buffer buffer(input_.data(), input_.size());
  stream_.async_read_some(
      buffer, [self = shared_from_this(), on_end = std::move(on_end)](NetError error, std::size_t bytes) mutable {
        self->ignored_input_ += bytes;
        if (!error && self->ignored_input_ <= goodbye_input_max) return self->watch_for_goodbye(std::move(on_end));
        on_end();
      });
}

}  // namespace leanspec::net::server
