#include "hub/access/principal.h"

#include "hub/access/api_key.h"
#include "hub/access/web_session.h"

namespace leanspec::hub::access {

std::optional<UserId> Principal::user() const {
  if (const auto* someone = person()) return someone->user.id;
  if (const auto* holder = key_holder()) return holder->key.created_by;
  return std::nullopt;
}

std::string Principal::name() const {
  if (const auto* someone = person()) return "user:" + someone->user.name;
  if (const auto* holder = key_holder()) return "key:" + holder->key.prefix;
  return "anonymous";
}

std::string Principal::rate_key() const {
  if (const auto* someone = person()) return "user " + std::to_string(someone->user.id.value());
  if (const auto* holder = key_holder()) return "key " + std::to_string(holder->key.id.value());
  return {};
}

Result<Principal> reload(store::Session& session, const Principal& principal, Instant now) {
  if (const auto* someone = principal.person()) return load_person(session, someone->session.token, now);
  if (const auto* holder = principal.key_holder()) {
    LEANSPEC_ASSIGN(const auto key, session.accounts().find_key(holder->key.id));
    return load_key_holder(session, key, now);
  }
  return principal;
}

}  // namespace leanspec::hub::access
