#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access/authorize.h"
#include "hub/access/entropy.h"

namespace leanspec::hub::access {

/// `lsk_`, 30 base62 characters of chance (178 bits) and 6 of CRC-32 over what stands before them (after GitHub's token
/// format of 2021). The underscore makes a double click select the whole; the checksum lets typos fail without asking
/// the database.
constexpr std::string_view api_key_prefix = "lsk_";
constexpr std::size_t api_key_length = 40;
/// So much of a key is stored in plain, to recognise it by.
constexpr std::size_t api_key_shown_length = 8;
constexpr std::chrono::days api_key_default_life{90};
constexpr std::chrono::days api_key_warning_before{14};
constexpr std::chrono::hours api_key_default_overlap{24};
/// Last use is written at most this often, so that reading does not become writing.
constexpr std::chrono::seconds api_key_last_use_interval{60};
constexpr std::size_t api_key_name_bytes_max = 200;

[[nodiscard]] std::string make_api_key(const FillRandom& fill);
/// Shape and checksum; no look-up.
[[nodiscard]] bool is_well_formed_api_key(std::string_view key);

struct KeyRequest {
  std::string name;
  std::vector<Scope> scopes;
  std::optional<ProjectId> project;
  std::optional<std::chrono::seconds> life = api_key_default_life;  ///< nothing: never expires
};

/// The one moment in which the key is known in plain.
struct MintedKey {
  store::ApiKey record;
  std::string secret;
};

/// Errors: invalid (no scope, empty or long name), forbidden (a key wider than its maker: more scopes, or another
/// project).
[[nodiscard]] Result<MintedKey> mint_key(store::Session& session, const Principal& maker, const KeyRequest& request,
                                         const FillRandom& fill, Instant now);
/// On the hub's own command line, where there is no maker.
[[nodiscard]] Result<MintedKey> mint_key_without_maker(store::Session& session, const KeyRequest& request,
                                                       const FillRandom& fill, Instant now);
/// A new secret with the same rights; the old one works on for `overlap`. Errors: not_found, conflict (revoked or
/// expired).
[[nodiscard]] Result<MintedKey> rotate_key(store::Session& session, KeyId key, std::chrono::seconds overlap,
                                           const FillRandom& fill, Instant now);
/// Idempotent. Raise AccessVersion after the commit. Error: not_found.
[[nodiscard]] Status revoke_key(store::Session& session, KeyId key, Instant now);

/// Who bears this key. Error: unauthenticated, in words that say whether it is malformed, unknown, expired or revoked.
/// A malformed one is refused without touching `session`: check is_well_formed_api_key before opening one.
[[nodiscard]] Result<Principal> authenticate_key(store::Session& session, std::string_view key, Instant now);

/// The same from its record; nothing: unknown. Error: unauthenticated.
[[nodiscard]] Result<Principal> load_key_holder(store::Session& session, const std::optional<store::ApiKey>& key,
                                                Instant now);

/// Whether this use is to be written (in a transaction of its own, when there is time).
[[nodiscard]] bool last_use_is_due(const store::ApiKey& key, Instant now);
[[nodiscard]] Status record_key_use(store::Session& session, KeyId key, std::string_view address, Instant now);

/// "the key expires in 6 days", from 14 days before; "" otherwise.
[[nodiscard]] std::string expiry_warning(const store::ApiKey& key, Instant now);

}  // namespace leanspec::hub::access
