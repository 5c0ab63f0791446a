#pragma once

#include <boost/json/object.hpp>
#include <map>

#include "hub/api/services.h"

namespace leanspec::hub::api {

/// The names that people gave their machines.
[[nodiscard]] Result<std::map<MachineId, std::string>> machine_names(store::Store& store);
[[nodiscard]] boost::json::object version_json(const store::Version& version, const std::map<MachineId, std::string>& names);
/// A version with why it is held and which spec of the view it belongs to.
[[nodiscard]] boost::json::object held_json(const store::HeldVersion& held, const std::map<MachineId, std::string>& names);

}  // namespace leanspec::hub::api
