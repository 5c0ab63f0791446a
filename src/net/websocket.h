#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace leanspec::net {

/// The sending half of one WebSocket. All calls are safe from every thread and never block; after the socket closed
/// they do nothing.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// Queues one binary message. The frame is shared, so one encoding serves many receivers.
  virtual void send(std::shared_ptr<const std::string> frame) = 0;
  /// Bytes queued and not yet handed to the system: what a sender watches to drop content for a slow reader.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  /// Stops reading until resumed: back-pressure on a peer that sends faster than we take.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  /// Sends what is queued, then closes with `code` (RFC 6455 section 7.4; ours are 4400 to 4499) and `reason` (at most
  /// 123 bytes).
  virtual void close(unsigned code, std::string_view reason) = 0;
};

/// The receiving half: the session that owns the conversation. All calls come from the socket's own I/O thread, in
/// order; `on_closed` is the last, exactly once.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  virtual void on_open(std::shared_ptr<WebSocket> socket) = 0;
  virtual void on_message(std::string_view message) = 0;
  /// The send queue has drained below the low-water mark.
  virtual void on_drained() {}
  virtual void on_closed(unsigned code, std::string_view reason) = 0;
};

struct WebSocketAccept {
  std::shared_ptr<WebSocketSession> session;
  std::size_t message_bytes_max = 0;  ///< a larger message closes the socket with 1009 before it is buffered
  std::size_t queued_bytes_max = 0;   ///< a send beyond closes the socket: its reader is hopelessly slow
};

}  // namespace leanspec::net
