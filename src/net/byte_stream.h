#pragma once

#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct ssl_st;
struct ssl_ctx_st;

namespace leanspec::net {

namespace asio = boost::asio;

/// Everything of one connection runs on one io_context with one thread, so the executor is the plain one: no strand, no
/// type erasure, 16 bytes less in every operation.
using Executor = asio::io_context::executor_type;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using NetError = boost::system::error_code;

/// A completion handler of any type behind one type, so that sockets, TLS and WebSocket are instantiated once. It runs
/// on the socket's own executor.
class Completion {
 public:
  template <typename Handler>
  explicit Completion(Handler&& handler) : handler_(std::forward<Handler>(handler)) {}
  void operator()(NetError error, std::size_t bytes) { std::move(handler_)(error, bytes); }

 private:
  asio::any_completion_handler<void(NetError, std::size_t)> handler_;
};

enum class StreamRole { client, server };

/// The bytes of one TCP connection, plain or under TLS, behind one type that fits Asio's AsyncReadStream and
/// AsyncWriteStream. Why: whatever is a template over its stream (WebSocket above all, 20 s to compile) then exists
/// once instead of four times. One owner, one thread. Internal to the folders net and net/server.
class ByteStream {
 public:
  using executor_type = Executor;

  explicit ByteStream(TcpSocket socket);
  ByteStream(ByteStream&&) noexcept;
  ByteStream& operator=(ByteStream&&) noexcept;
  ~ByteStream();

  [[nodiscard]] Executor get_executor() const noexcept;
  [[nodiscard]] TcpSocket& socket();
  /// From here on all bytes go through TLS with the settings of `context`, which is shared, not owned.
  void put_under_tls(ssl_ctx_st* context);
  /// Null for a plain stream.
  [[nodiscard]] ssl_st* tls() const;

  /// Bytes that were read too far; the next read gives them back first.
  void unread(std::string_view bytes);
  /// Aborts what is under way; the stream stays usable.
  void cancel();
  void close();
  [[nodiscard]] bool is_open() const;

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(NetError, std::size_t)>(
        [](auto handler, ByteStream* self, asio::mutable_buffer buffer) {
          self->start_read(buffer, Completion(std::move(handler)));
        },
        token, this, first_with_room(buffers));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(NetError, std::size_t)>(
        [](auto handler, ByteStream* self, const Gathered& gathered) {
          self->start_write(gathered, Completion(std::move(handler)));
        },
        token, this, Gathered(buffers));
  }

  template <typename Token>
  auto async_handshake(StreamRole role, Token&& token) {
    return asio::async_initiate<Token, void(NetError, std::size_t)>(
        [](auto handler, ByteStream* self, StreamRole chosen) {
          self->start_handshake(chosen, Completion(std::move(handler)));
        },
        token, this, role);
  }

  /// Says goodbye under TLS (close_notify) and waits for the other's; a plain stream shuts its sending side.
  template <typename Token>
  auto async_shutdown(Token&& token) {
    return asio::async_initiate<Token, void(NetError, std::size_t)>(
        [](auto handler, ByteStream* self) { self->start_shutdown(Completion(std::move(handler))); }, token, this);
  }

 private:
  /// Up to four buffers for one gathering write; what is beyond waits for the next write.
  class Gathered {
   public:
    using value_type = asio::const_buffer;
    using const_iterator = const asio::const_buffer*;

    template <typename Buffers>
    explicit Gathered(const Buffers& buffers) {
      const auto end = asio::buffer_sequence_end(buffers);
      for (auto it = asio::buffer_sequence_begin(buffers); it != end && count_ < buffers_.size(); ++it) {
        const asio::const_buffer buffer(*it);
        if (buffer.size() > 0) buffers_[count_++] = buffer;
      }
    }
    [[nodiscard]] const_iterator begin() const { return buffers_.data(); }
    [[nodiscard]] const_iterator end() const { return buffers_.data() + count_; }

   private:
    std::array<asio::const_buffer, 4> buffers_;
    std::size_t count_ = 0;
  };

  template <typename Buffers>
  static asio::mutable_buffer first_with_room(const Buffers& buffers) {
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto it = asio::buffer_sequence_begin(buffers); it != end; ++it) {
      const asio::mutable_buffer buffer(*it);
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  void start_read(asio::mutable_buffer buffer, Completion completion);
  void start_write(const Gathered& buffers, Completion completion);
  void start_handshake(StreamRole role, Completion completion);
  void start_shutdown(Completion completion);

  struct Layers;
  std::unique_ptr<Layers> layers_;
};

}  // namespace leanspec::net
