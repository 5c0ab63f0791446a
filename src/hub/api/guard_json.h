#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hub/engine/bridge_roster.h"

namespace leanspec::hub::api {

/// What the guard of a connected folder holds; null: nothing.
[[nodiscard]] boost::json::value guard_json(const engine::OnlineBridge& bridge);

}  // namespace leanspec::hub::api
