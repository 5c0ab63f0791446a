#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "hub/access/entropy.h"
#include "hub/access/principal.h"

namespace leanspec::hub::access {

/// A session ends when unused for this long, and in any case after the second figure.
constexpr std::chrono::days session_idle_max{7};
constexpr std::chrono::days session_life_max{30};
/// Last use is written at most this often.
constexpr std::chrono::minutes session_last_use_interval{5};

/// A session as the browser gets it, once.
struct OpenedSession {
  std::string cookie;      ///< 256 bits, base64url; the store keeps its SHA-256 only
  std::string csrf_token;  ///< goes into the X-CSRF-Token header of unsafe requests
  Instant expires_at;
};

[[nodiscard]] Result<OpenedSession> open_session(store::Session& session, const store::User& user,
                                                 std::string_view user_agent, const FillRandom& fill, Instant now);
/// Error: unauthenticated. Writes last use when due, so it may be called in a write or, with `may_write` false, in a
/// read.
[[nodiscard]] Result<Principal> authenticate_session(store::Session& session, std::string_view cookie, Instant now,
                                                     bool may_write);
/// The person behind a session whose token has this digest. Error: unauthenticated.
[[nodiscard]] Result<Principal> load_person(store::Session& session, const Digest& token, Instant now);
/// Whether authenticate_session should be given a write transaction the next time.
[[nodiscard]] bool session_use_is_due(const store::WebSession& session, Instant now);
[[nodiscard]] Status close_session(store::Session& session, std::string_view cookie);
/// Every session of the user, everywhere.
[[nodiscard]] Status close_all_sessions(store::Session& session, UserId user);

/// Derived from the cookie by one way (SHA-256 over a label and the cookie), so nothing more is stored.
[[nodiscard]] std::string csrf_token_of(std::string_view cookie);
/// In constant time.
[[nodiscard]] bool csrf_token_matches(std::string_view cookie, std::string_view token);

}  // namespace leanspec::hub::access
