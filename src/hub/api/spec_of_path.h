#pragma once

#include <string>
#include <string_view>

#include "spec/project_view.h"

namespace leanspec::hub::api {

/// The spec that a path belongs to, by the folder names on its way; of one that is in no spec the nearest folder; "" none.
[[nodiscard]] std::string spec_of_path(const spec::ProjectView& view, std::string_view path);

}  // namespace leanspec::hub::api
