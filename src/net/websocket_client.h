#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/connect_failure.h"
#include "net/http_message.h"
#include "net/hub_url.h"
#include "net/websocket.h"

namespace boost::asio {
class io_context;
}

namespace leanspec::net {

struct WebSocketClientOptions {
  HubTarget target;
  Headers headers;                                    ///< Authorization and the like
  std::optional<std::string> ca_file;                 ///< beside the system's roots
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the whole way, from the name to the upgrade
  std::size_t message_bytes_max = 0;
  std::size_t queued_bytes_max = 0;
};

/// Called instead of WebSocketSession::on_open when no connection came about.
using OnConnectFailure = std::function<void(ConnectFailure)>;

/// One connection attempt on `context`'s thread. The certificate and host name are always verified. The session's
/// calls come from that thread. Destroying the returned object (on that thread, also from within a call) abandons the
/// attempt or drops the connection at once; no call follows.
class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  [[nodiscard]] static std::unique_ptr<WebSocketClient> connect(boost::asio::io_context& context,
                                                                WebSocketClientOptions options,
                                                                std::shared_ptr<WebSocketSession> session,
                                                                OnConnectFailure on_failure);
};

}  // namespace leanspec::net
