#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/byte_stream.h"
#include "net/http_message.h"
#include "net/websocket.h"

namespace leanspec::net {

/// The socket side of one WebSocket (RFC 6455), either role, over any byte stream; the session holds only a handle to
/// it that stays safe after the socket and its io_context are gone. Binary messages only. All calls on the stream's I/O
/// thread. Pings are answered, never sent: the protocol above has its own. Internal to net and net/server.
class WebSocketConnection {
 public:
  virtual ~WebSocketConnection() = default;
  /// Sends what is queued, then closes; the socket is dropped if the other side has not answered within 5 s.
  virtual void close(unsigned code, std::string_view reason) = 0;
  /// Cuts the connection at once; the session hears on_closed(1006).
  virtual void drop() = 0;
  /// Cuts the connection at once and calls nobody any more.
  virtual void forget() = 0;
};

/// What the other end answered instead of upgrading.
struct UpgradeRefusal {
  unsigned status = 0;
  Headers headers;
};

/// Server side: answers the upgrade `request`, which must have passed is_websocket_upgrade, with 101 and starts the
/// session. `on_ended` comes once, after everything else.
[[nodiscard]] std::shared_ptr<WebSocketConnection> accept_websocket(ByteStream stream, const Request& request,
                                                                    WebSocketAccept accept,
                                                                    std::function<void()> on_ended);

/// Client side: asks for the upgrade. `on_refused` comes instead of the session's on_open; then nothing more follows.
[[nodiscard]] std::shared_ptr<WebSocketConnection> open_websocket(
    ByteStream stream, std::string_view host, std::string_view path, Headers headers, WebSocketAccept accept,
    std::function<void(NetError, UpgradeRefusal)> on_refused);

}  // namespace leanspec::net
