#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace leanspec::net::server {

struct Service;

/// Whether a client's X-Request-Id may go into our log: short, and of letters, digits, '-', '_' and '.' only.
[[nodiscard]] bool is_sane_request_id(std::string_view id);

/// The client's X-Request-Id if it is sane, else one of ours.
void take_request_id(Service& service, Request& request);

/// Takes address and scheme from X-Forwarded-For and X-Forwarded-Proto. Only for requests that came from a trusted
/// proxy, which appends: all but the last address may be invented.
void believe_proxy(Request& request);

/// "OPTIONS, GET, HEAD": the value of Allow for a path with these methods.
[[nodiscard]] std::string allow_header(const std::vector<Method>& methods);

}  // namespace leanspec::net::server
