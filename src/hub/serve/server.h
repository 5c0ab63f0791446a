#pragma once

#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "hub/serve/options.h"

namespace leanspec::hub::serve {

/// Runs the hub until SIGTERM or SIGINT: opens the store, builds what serves, prints where it is and, while nobody has an account, the
/// set-up link; then stops in order (no new work, bridges sent away, what is under way finished) in under five seconds.
[[nodiscard]] Status serve(const ServeOptions& options, const host::Clock& clock, host::Entropy& entropy, host::Log& log);

}  // namespace leanspec::hub::serve
