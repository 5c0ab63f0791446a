#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "hub/access/entropy.h"
#include "store/store.h"

namespace leanspec::hub::access {

/// A set-up link works while the hub has no users; a fresh one is printed at each start.
constexpr std::chrono::hours setup_link_life{24};
constexpr std::chrono::minutes signin_link_life{10};
constexpr std::size_t user_name_bytes_max = 100;

/// The token that goes into the link (256 bits, base64url); the store keeps its SHA-256. Error: conflict (there are
/// users already).
[[nodiscard]] Result<std::string> make_setup_link(store::Session& session, const FillRandom& fill, Instant now);
[[nodiscard]] Result<std::string> make_signin_link(store::Session& session, UserId user, const FillRandom& fill,
                                                   Instant now);

[[nodiscard]] Result<bool> setup_is_open(store::Session& session);

struct SetUp {
  std::string token;
  std::string user_name;
  std::string password_hash;  ///< made before the transaction, because it takes its time
};
/// Makes the first user, an administrator. Run it inside one Store::write: of two at once, one becomes the owner and
/// the other is told conflict. Errors: unauthenticated (link unknown, used or expired), conflict (set up already),
/// invalid (name).
[[nodiscard]] Result<store::User> set_up(store::Session& session, const SetUp& request, Instant now);
/// The person that the link is for; the link is used up. Error: unauthenticated.
[[nodiscard]] Result<store::User> sign_in_by_link(store::Session& session, std::string_view token, Instant now);

/// 1 to 100 bytes of letters, digits, '.', '-', '_' and '@'. Error: invalid.
[[nodiscard]] Status check_user_name(std::string_view name);

}  // namespace leanspec::hub::access
