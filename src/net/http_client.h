#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "net/connect_failure.h"
#include "net/http_message.h"
#include "net/hub_url.h"
#include "vocabulary/result.h"

namespace leanspec::net {

/// One request to a hub, of a command that a person waits for, or of a hub to a forge.
struct HttpClientRequest {
  HubTarget target;  ///< with the path and query that are asked for
  Method method = Method::get;
  Headers headers;
  std::string body;  ///< "": none; JSON, unless the headers name another Content-Type
  /// Changes nothing at the other end, so that it may be asked again on a new connection, as every GET.
  bool only_asks = false;
  std::optional<std::string> ca_file;
  std::chrono::milliseconds timeout{30'000};  ///< for all of it, from the name to the last byte
  std::size_t answer_bytes_max = std::size_t{64} * 1024 * 1024;
  /// The host was named by somebody who must not reach this machine and its network through us: addresses that are not
  /// public are refused, and the connection goes to the very address that was looked at.
  bool public_addresses_only = false;
};

/// What came back, whatever its status.
struct HttpClientAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
  Headers headers;
};

/// Asks and waits: makes a connection of its own and ends it. Certificate and host name are verified. Any thread.
/// Errors: those of the way (ConnectFailure), forbidden (no public address), timeout, too_large, unavailable (the
/// connection ended in between).
[[nodiscard]] Result<HttpClientAnswer> ask_http(HttpClientRequest request);

/// Asks one question after the other and keeps the connection for the next one to the same host. A question on
/// a kept connection that the host has closed meanwhile is asked again on a new one, if it only asks. Errors: as above. Not for several threads
/// at once.
class HttpConversation {
 public:
  HttpConversation();
  ~HttpConversation();
  HttpConversation(HttpConversation&&) noexcept;
  HttpConversation& operator=(HttpConversation&&) noexcept;

  [[nodiscard]] Result<HttpClientAnswer> ask(HttpClientRequest request);
  /// Connections made so far.
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Line;
  class Exchange;
  friend Result<HttpClientAnswer> ask_http(HttpClientRequest request);

  std::unique_ptr<Line> line_;
};

}  // namespace leanspec::net
