#pragma once

#include <string>

#include "vocabulary/error.h"

namespace leanspec::host {

/// What the operating system refused (`number` is an errno), in the words and codes of Error: ENOENT and ENOTDIR are
/// not_found, EACCES and EPERM forbidden, a full or read-only disk no_space, everything else io.
[[nodiscard]] Error system_error(int number, std::string what, std::string subject);

}  // namespace leanspec::host
