#pragma once

#include <string_view>

#include "net/http_message.h"

namespace leanspec::net::server {

/// Whether `header` (If-None-Match or If-Match: a list of entity tags, or "*") names `etag`. Compared weakly (RFC 9110
/// section 8.8.3.2), for If-Match too: compression makes our tags weak on the way out, and the resource that they name
/// stays the same.
[[nodiscard]] bool names_etag(std::string_view header, std::string_view etag);

/// Turns a 200 with an ETag into a 304 if a GET or HEAD says that it has it already.
void apply_condition(const Request& request, Response& response);

}  // namespace leanspec::net::server
