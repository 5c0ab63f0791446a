#pragma once

#include <string>

#include "bridge/control/control_message.h"
#include "host/descriptor.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::control {

/// The daemon's end: a listening unix socket at `path`, for its owner only (0600), not blocking. What a dead daemon
/// left there is replaced; the caller holds the lock of the state directory.
[[nodiscard]] Result<host::Descriptor> listen_on(const std::string& path);

/// The next connection of the same user (or root), not blocking; not_found if none waits, forbidden for others.
[[nodiscard]] Result<host::Descriptor> accept_from(int listening);

/// The command line's end: sends `words`, copies the replies to standard output and error as they come, and returns the
/// exit code. Errors: not_found (no daemon runs), io, corrupt.
[[nodiscard]] Result<int> ask_daemon(const std::string& path, const Words& words);

/// True if a daemon answers at `path`.
[[nodiscard]] bool daemon_runs(const std::string& path);

}  // namespace leanspec::bridge::control
