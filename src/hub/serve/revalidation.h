#pragma once

#include <functional>
#include <string>

#include "hub/api/services.h"
#include "net/server/router.h"

namespace leanspec::hub::serve {

/// POST /api/revalidate: whoever knows the secret makes the hub look at its local folder now. `look` may wait for the
/// disk.
[[nodiscard]] Status bind_revalidation(net::server::Router& router, api::Services& services, const std::string& secret,
                                       std::function<Status()> look);

}  // namespace leanspec::hub::serve
