#pragma once

#include "hub/serve/options.h"
#include "store/store.h"

namespace leanspec::hub::serve {

/// The commands that work on machines in the data folder; a running hub notices within a second (Store::outside_commits).
/// A machine goes by its id or its name; a name that several machines have is refused.
[[nodiscard]] Status list_machines(store::Store& store, const Options& options);
[[nodiscard]] Status rename_machine(store::Store& store, const Options& options, Instant now);
[[nodiscard]] Status revoke_machine(store::Store& store, const Options& options, Instant now);

}  // namespace leanspec::hub::serve
