#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "hub/api/services.h"

namespace leanspec::hub::api {

/// Branches of a project as the API shows them, by name, as of now. `only`: null means all of them.
[[nodiscard]] Result<boost::json::array> branches_json(store::Store& store, const ProjectId& project,
                                                       const std::set<BranchId>* only = nullptr);

}  // namespace leanspec::hub::api
