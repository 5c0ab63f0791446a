#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/access/principal.h"
#include "hub/api/services.h"

namespace leanspec::hub::api {

/// A project as the API shows it, with its counts as of now.
[[nodiscard]] Result<boost::json::object> project_json(Services& services, const ListedProject& project);
/// Every project that `principal` may see, the last changed first.
[[nodiscard]] Result<boost::json::array> visible_projects_json(Services& services, const access::Principal& principal);

}  // namespace leanspec::hub::api
