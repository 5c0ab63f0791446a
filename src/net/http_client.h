#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "net/connect_failure.h"
#include "net/http_message.h"
#include "net/hub_url.h"
#include "vocabulary/result.h"

namespace leanspec::net {

/// One request to a hub, of a command that a person waits for.
struct HttpClientRequest {
  HubTarget target;  ///< with the path and query that are asked for
  Method method = Method::get;
  Headers headers;
  std::string body;  ///< JSON; "": none
  std::optional<std::string> ca_file;
  std::chrono::milliseconds timeout{30'000};  ///< for all of it, from the name to the last byte
  std::size_t answer_bytes_max = std::size_t{64} * 1024 * 1024;
};

/// What came back, whatever its status.
struct HttpClientAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

/// Asks and waits: makes a connection of its own and ends it. Certificate and host name are verified. Any thread.
/// Errors: those of the way (ConnectFailure), timeout, too_large, unavailable (the connection ended in between).
[[nodiscard]] Result<HttpClientAnswer> ask_http(HttpClientRequest request);

}  // namespace leanspec::net
