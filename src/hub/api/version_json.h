#pragma once

#include <boost/json/object.hpp>
#include <map>

#include "hub/api/services.h"

namespace leanspec::hub::api {

/// What those who make versions are called by people.
struct VersionNames {
  std::map<MachineId, std::string> machines;
  std::map<UserId, std::string> users;
};

[[nodiscard]] Result<VersionNames> version_names(store::Store& store);
[[nodiscard]] boost::json::object version_json(const store::Version& version, const VersionNames& names);
/// A version with why it is held and which spec of the view it belongs to.
[[nodiscard]] boost::json::object held_json(const store::HeldVersion& held, const spec::ProjectView& view, const VersionNames& names);

}  // namespace leanspec::hub::api
