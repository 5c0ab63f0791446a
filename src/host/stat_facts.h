#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "host/files.h"

namespace leanspec::host {

[[nodiscard]] FileKind kind_of_mode(std::uint32_t mode);
/// As a folder tells it (dirent::d_type).
[[nodiscard]] FileKind kind_of_entry(unsigned char type);
/// What statx(2) says of a file.
[[nodiscard]] FileFacts facts_of(const struct statx& raw);

}  // namespace leanspec::host
