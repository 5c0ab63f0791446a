#pragma once

#include "host/entropy.h"
#include "hub/serve/options.h"
#include "store/store.h"

namespace leanspec::hub::serve {

/// The commands that work on accounts in the data folder, beside a running hub or without one. Each prints its answer on standard
/// output (as JSON with --json) and returns what went wrong.
[[nodiscard]] Status add_user(store::Store& store, host::Entropy& entropy, const Options& options, Instant now);
[[nodiscard]] Status list_users(store::Store& store, const Options& options);
[[nodiscard]] Status create_key(store::Store& store, host::Entropy& entropy, const Options& options, Instant now);
[[nodiscard]] Status list_keys(store::Store& store, const Options& options, Instant now);
[[nodiscard]] Status revoke_key(store::Store& store, const Options& options, Instant now);

/// For a hub without accounts: the person "local", who comes in by a printed link, or by `api_key` (as a program's key, or as
/// this person's password) when there is one.
[[nodiscard]] Status admit_local_person(store::Store& store, host::Entropy& entropy, std::string_view api_key, Instant now);

/// The path and fragment of a one-time link ("/setup#token=…" or "/login#token=…").
[[nodiscard]] Result<std::string> make_link(store::Store& store, host::Entropy& entropy, Instant now);

}  // namespace leanspec::hub::serve
