#pragma once

#include "host/clock.h"
#include "host/entropy.h"
#include "hub/serve/options.h"
#include "vocabulary/result.h"

namespace leanspec::hub::serve {

/// `backup FILE`: beside a running hub or without one. Prints what the backup holds.
[[nodiscard]] Status make_backup(const Options& options);

/// `restore FILE`: only without a running hub (error: conflict). `restore FILE --verify` checks the file and touches nothing else.
[[nodiscard]] Status restore_backup(const Options& options, const host::Clock& clock, host::Entropy& entropy);

}  // namespace leanspec::hub::serve
