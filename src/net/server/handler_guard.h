#pragma once

#include <exception>
#include <optional>
#include <string_view>

#include "host/log.h"
#include "net/http_message.h"
#include "net/server/worker.h"

namespace leanspec::net::server {

/// The answer to a request that failed by our own fault. The reason is for the log, under the request's id.
[[nodiscard]] inline Response internal_error(const Service& service) {
  return service.router.refuse(500, "this went wrong inside; the log has more under the request id");
}

/// Runs code of a handler, which returns void or a response of its own; what it throws becomes a log line and a 500.
template <typename Call>
std::optional<Response> guard(const Service& service, const Request& request, Call&& call) {
  const auto report = [&](std::string_view error) {
    service.log.error("a handler failed with an exception",
                      {{"request", request.request_id}, {"path", request.path}, {"error", error}});
  };
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return std::nullopt;
    } else {
      return call();
    }
  } catch (const std::exception& error) {
    report(error.what());
  } catch (...) {
    report("of unknown type");
  }
  return internal_error(service);
}

}  // namespace leanspec::net::server
