#pragma once

#include <boost/json/array.hpp>

#include "hub/api/services.h"

namespace leanspec::hub::api {

/// Who edits which document of the branch now. Error: the store's.
[[nodiscard]] Result<boost::json::array> presence_json(Services& services, BranchId branch);

}  // namespace leanspec::hub::api
