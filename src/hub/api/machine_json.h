#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/access/principal.h"
#include "hub/api/services.h"

namespace leanspec::hub::api {

/// Every machine with its folders, online ones first; folders of projects that `principal` cannot see are left out.
[[nodiscard]] Result<boost::json::array> machines_json(Services& services, const access::Principal& principal);

}  // namespace leanspec::hub::api
