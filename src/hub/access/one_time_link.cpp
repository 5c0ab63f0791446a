#include "hub/access/one_time_link.h"

#include <algorithm>

#include "digest/sha256.h"
#include "hub/access/token_text.h"

namespace leanspec::hub::access {

namespace {

constexpr std::string_view purpose_setup = "setup";
constexpr std::string_view purpose_signin = "signin";

Error used_up() {
  return Error(ErrorCode::unauthenticated, "this link is unknown, used or expired", {},
               "Start the hub again for a new one.");
}

Result<store::OneTimeLink> take(store::Session& session, std::string_view token, std::string_view purpose,
                                Instant now) {
  if (token.size() != token_length) return used_up();
  LEANSPEC_ASSIGN(const auto link, session.accounts().take_link(digest::sha256(token), now));
  if (!link || link->purpose != purpose || link->expires_at <= now) return used_up();
  return *link;
}

Result<std::string> make_link(store::Session& session, std::string_view purpose, std::optional<UserId> user,
                              std::chrono::milliseconds life, const FillRandom& fill, Instant now) {
  std::string token = make_token(fill);
  store::OneTimeLink link;
  link.token = digest::sha256(token);
  link.purpose = purpose;
  link.user = user;
  link.expires_at = now + life;
  LEANSPEC_TRY(session.accounts().save_link(link));
  return token;
}

}  // namespace

Result<bool> setup_is_open(store::Session& session) {
  LEANSPEC_ASSIGN(const auto users, session.accounts().users());
  return users.empty();
}

Result<std::string> make_setup_link(store::Session& session, const FillRandom& fill, Instant now) {
  LEANSPEC_ASSIGN(const bool open, setup_is_open(session));
  if (!open) return Error(ErrorCode::conflict, "the hub has been set up already", {}, "Sign in.");
  return make_link(session, purpose_setup, std::nullopt, setup_link_life, fill, now);
}

Result<std::string> make_signin_link(store::Session& session, UserId user, const FillRandom& fill, Instant now) {
  LEANSPEC_ASSIGN(const auto found, session.accounts().find_user(user));
  if (!found) return Error(ErrorCode::not_found, "there is no such person");
  return make_link(session, purpose_signin, user, signin_link_life, fill, now);
}

Status check_user_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '@';
  };
  if (name.empty() || name.size() > user_name_bytes_max || !std::all_of(name.begin(), name.end(), allowed)) {
    return Error(ErrorCode::invalid, "a name has 1 to 100 letters, digits or . - _ @", "name");
  }
  return {};
}

Result<store::User> set_up(store::Session& session, const SetUp& request, Instant now) {
  LEANSPEC_TRY(check_user_name(request.user_name));
  LEANSPEC_ASSIGN(const bool open, setup_is_open(session));
  if (!open) return Error(ErrorCode::conflict, "the hub has been set up already", {}, "Sign in.");
  LEANSPEC_ASSIGN(const auto link, take(session, request.token, purpose_setup, now));
  static_cast<void>(link);
  store::User user;
  user.name = request.user_name;
  user.password_hash = request.password_hash;
  user.administrator = true;
  user.created_at = now;
  LEANSPEC_ASSIGN(user.id, session.accounts().create_user(user));
  return user;
}

Result<store::User> sign_in_by_link(store::Session& session, std::string_view token, Instant now) {
  LEANSPEC_ASSIGN(const auto link, take(session, token, purpose_signin, now));
  if (!link.user) return used_up();
  LEANSPEC_ASSIGN(const auto user, session.accounts().find_user(*link.user));
  if (!user) return used_up();
  return *user;
}

}  // namespace leanspec::hub::access
