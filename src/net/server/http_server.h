#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/server/router.h"
#include "vocabulary/result.h"

namespace leanspec::host {
class Log;
}

namespace leanspec::net::server {

struct TlsFiles {
  std::string certificate_chain;  ///< PEM
  std::string private_key;        ///< PEM
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  unsigned threads = 2;    ///< one io_context each
  std::optional<TlsFiles> tls;
  bool trust_proxy = false;                           ///< believe X-Forwarded-For and X-Forwarded-Proto
  std::size_t connections_max = 20'000;               ///< beyond: 503 and closed
  std::size_t header_bytes_max = 16 * 1024;           ///< 431 beyond
  std::chrono::milliseconds request_timeout{30'000};  ///< a request that has not arrived whole by then: 408
  std::chrono::milliseconds keep_alive{75'000};       ///< an idle connection lives so long
  std::chrono::milliseconds event_stream_heartbeat{15'000};
  std::size_t event_stream_queue_bytes_max = 1024 * 1024;  ///< beyond: closed, the client resumes by id
};

struct HttpServerFigures {
  std::uint64_t connections_open = 0;
  std::uint64_t websockets_open = 0;
  std::uint64_t event_streams_open = 0;
  std::uint64_t requests_total = 0;
};

/// HTTP/1.1, WebSocket and server-sent events over TCP or TLS 1.2+. Owns its threads; handlers run on them.
/// Every finished request is reported to `on_finished` for the log and the metrics.
class HttpServer {
 public:
  struct Finished {
    const Request& request;
    const Route* route;  ///< null when none matched
    unsigned status;
    std::size_t bytes;
    std::chrono::microseconds took;
  };
  using OnFinished = std::function<void(const Finished&)>;

  /// Binds and listens, so that "port taken" is known here. Errors: already_exists (port taken), invalid (TLS files),
  /// io.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(HttpServerOptions options, const Router& router,
                                                                  host::Log& log, OnFinished on_finished = {});
  virtual ~HttpServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual HttpServerFigures figures() const = 0;
  /// Starts the threads; returns at once.
  virtual void start() = 0;
  /// Refuses new work, closes sockets and streams politely (WebSocket 1001), lets requests under way finish until
  /// `deadline`, joins.
  virtual void stop(std::chrono::milliseconds deadline) = 0;
};

}  // namespace leanspec::net::server
