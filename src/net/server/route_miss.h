#pragma once

#include "net/http_message.h"
#include "net/server/router.h"
#include "net/server/worker.h"

namespace leanspec::net::server {

/// The answer to a request that no route takes: which methods its address takes, the fallback's answer, or 404.
[[nodiscard]] Response answer_miss(const Service& service, const Request& request, const Router::Miss& miss);

}  // namespace leanspec::net::server
