#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "vocabulary/time.h"

namespace leanspec::net::server {

enum class BodyFraming { content_length, chunked, until_close };

struct ResponseHead {
  ResponseHead(const Response& shaped, std::string_view id, Instant time)
      : response(shaped), request_id(id), now(time) {}

  const Response& response;
  std::string_view request_id;
  Instant now;
  BodyFraming framing = BodyFraming::content_length;
  bool keep_alive = true;
};

/// Status line and header fields as they go over the wire, with Date, X-Request-Id, framing and Connection. Fields
/// whose name or value would break out of its line are left out: nothing that a handler quotes can add a header.
[[nodiscard]] std::string encode_head(const ResponseHead& head);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
[[nodiscard]] std::string http_date(Instant time);

/// One event as text (WHATWG HTML section 9.2.6): every line of `data` gets its own field; line ends in `id` and
/// `event` are dropped.
[[nodiscard]] std::string encode_event(std::string_view id, std::string_view event, std::string_view data);

}  // namespace leanspec::net::server
