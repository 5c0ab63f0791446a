#pragma once

#include <string_view>

#include "vocabulary/result.h"

namespace leanspec::host {

/// Whether a process that this user may look into, other than this one, has the open file `file` open for writing as
/// well: /proc/*/fd and fdinfo, for disks whose files cannot be asked (leases). Files are told by device and inode; of
/// descriptors only those are looked at whose link ends in `name`, so that a hanging mount elsewhere hangs nobody.
/// False where there is no /proc. Some milliseconds.
[[nodiscard]] Result<bool> is_open_for_writing(int file, std::string_view name);

}  // namespace leanspec::host
