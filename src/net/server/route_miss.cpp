#include "net/server/route_miss.h"

#include <optional>
#include <utility>

#include "net/server/handler_guard.h"
#include "net/server/request_origin.h"

namespace leanspec::net::server {

Response answer_miss(const Service& service, const Request& request, const Router::Miss& miss) {
  if (!miss.allowed.empty()) {
    Response response;
    response.status = 204;
    if (request.method != Method::options)
      response = service.router.refuse(405, "this address does not take this method");
    return response.with_header("Allow", allow_header(miss.allowed));
  }
  if (const auto& fallback = service.router.fallback()) {
    auto response = guard(service, request, [&] { return std::optional<Response>(fallback(request)); });
    if (response) return std::move(*response);
  }
  return service.router.refuse(404, "there is nothing at this address");
}

}  // namespace leanspec::net::server
