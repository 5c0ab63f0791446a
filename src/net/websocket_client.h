#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_message.h"
#include "net/websocket.h"
#include "vocabulary/result.h"

namespace boost::asio {
class io_context;
}

namespace leanspec::net {

struct WebSocketTarget {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
  std::string path = "/";
};

/// "https://", "wss://" (TLS), and "http://", "ws://" (plain, refused unless the host is loopback). Error: invalid,
/// saying which part.
[[nodiscard]] Result<WebSocketTarget> parse_hub_url(std::string_view url, std::string_view path);

/// "localhost", "::1" or four numbers of 127.0.0.0/8.
[[nodiscard]] bool is_loopback_host(std::string_view host);

struct WebSocketClientOptions {
  WebSocketTarget target;
  Headers headers;                                    ///< Authorization and the like
  std::optional<std::string> ca_file;                 ///< beside the system's roots
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the whole way, from the name to the upgrade
  std::size_t message_bytes_max = 0;
  std::size_t queued_bytes_max = 0;
};

/// At which step a connection attempt failed.
enum class ConnectStep {
  resolve,    ///< the name has no address
  connect,    ///< no address answers (refused, unreachable)
  tls,        ///< no trusted, encrypted channel
  upgrade,    ///< an HTTP answer that is no WebSocket
  timed_out,  ///< `connect_timeout` passed first
};

/// Why a connection did not come about, in the bridge's terms.
struct ConnectFailure {
  ConnectFailure(ConnectStep failed_step, Error why) : step(failed_step), error(std::move(why)) {}

  ConnectStep step;
  Error error;
  std::optional<unsigned> http_status;              ///< when the other end answered HTTP instead of upgrading
  std::optional<std::chrono::seconds> retry_after;  ///< the hub's wish
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
