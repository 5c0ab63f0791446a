#include "hub/access/web_session.h"

#include <algorithm>
#include <utility>

#include "digest/hmac.h"
#include "digest/sha256.h"
#include "hub/access/token_text.h"
#include "text/base64.h"

namespace leanspec::hub::access {

namespace {

constexpr std::size_t user_agent_bytes_max = 300;

Error unauthenticated() {
  return Error(ErrorCode::unauthenticated, "you are not signed in", {}, "Sign in again.");
}

}  // namespace

Result<OpenedSession> open_session(store::Session& session, const store::User& user, std::string_view user_agent,
                                   const FillRandom& fill, Instant now) {
  OpenedSession opened;
  opened.cookie = make_token(fill);
  opened.csrf_token = csrf_token_of(opened.cookie);
  store::WebSession record;
  record.token = digest::sha256(opened.cookie);
  record.user = user.id;
  record.generation = user.generation;
  record.created_at = now;
  record.last_used_at = now;
  record.expires_at = now + session_life_max;
  record.user_agent = user_agent.substr(0, user_agent_bytes_max);
  opened.expires_at = record.expires_at;
  LEANSPEC_TRY(session.accounts().save_session(record));
  return opened;
}

Result<Principal> authenticate_session(store::Session& session, std::string_view cookie, Instant now, bool may_write) {
  if (cookie.size() != token_length) return unauthenticated();
  LEANSPEC_ASSIGN(auto principal, load_person(session, digest::sha256(cookie), now));
  auto record = principal.person()->session;
  if (may_write && session_use_is_due(record, now)) {
    record.last_used_at = now;
    LEANSPEC_TRY(session.accounts().save_session(record));
  }
  return principal;
}

Result<Principal> load_person(store::Session& session, const Digest& token, Instant now) {
  Person person;
  LEANSPEC_ASSIGN(const auto record, session.accounts().find_session(token));
  if (!record || record->expires_at <= now || now - record->last_used_at > session_idle_max) return unauthenticated();
  LEANSPEC_ASSIGN(const auto user, session.accounts().find_user(record->user));
  if (!user || user->generation != record->generation) return unauthenticated();
  LEANSPEC_ASSIGN(person.memberships, session.accounts().memberships(user->id));
  person.user = *user;
  person.session = *record;
  return Principal(std::move(person));
}

bool session_use_is_due(const store::WebSession& session, Instant now) {
  return now - session.last_used_at >= session_last_use_interval;
}

Status close_session(store::Session& session, std::string_view cookie) {
  return session.accounts().drop_session(digest::sha256(cookie));
}

Status close_all_sessions(store::Session& session, UserId id) {
  LEANSPEC_ASSIGN(auto user, session.accounts().find_user(id));
  if (!user) return Error(ErrorCode::not_found, "there is no such person");
  ++user->generation;
  return session.accounts().update_user(*user);
}

std::string csrf_token_of(std::string_view cookie) {
  const auto derived = digest::sha256("leanspec csrf 1\n" + std::string(cookie));
  return text::to_base64url(std::string(derived.bytes.begin(), derived.bytes.end()));
}

bool csrf_token_matches(std::string_view cookie, std::string_view token) {
  return digest::equal_in_constant_time(csrf_token_of(cookie), token);
}

}  // namespace leanspec::hub::access
