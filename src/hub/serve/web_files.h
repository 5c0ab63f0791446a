#pragma once

#include "hub/api/embedded_file.h"

namespace leanspec::hub::serve {

/// The web app as it was when this binary was built; empty in a build without it.
[[nodiscard]] api::EmbeddedFiles web_files();

}  // namespace leanspec::hub::serve
