#include <algorithm>

#include "store/name_key.h"
#include "tests/fakes/memory_session.h"

namespace leanspec::fakes {

using store::ApiKey;
using store::AuditEntry;
using store::Membership;
using store::OneTimeLink;
using store::User;
using store::WebSession;

Result<UserId> MemoryAccountStore::create_user(const User& user) {
  const std::string key = store::name_key(user.name);
  if (tables_.user_by_name.contains(key)) return already_there(user.name);
  User created = user;
  created.id = UserId{static_cast<std::int64_t>(tables_.users.size()) + 1};
  undo_.set(tables_.users, created.id, created);
  undo_.set(tables_.user_by_name, key, created.id);
  return created.id;
}

Result<std::optional<User>> MemoryAccountStore::find_user(UserId id) {
  return look_up(tables_.users, id);
}

Result<std::optional<User>> MemoryAccountStore::find_user(std::string_view name) {
  const auto id = look_up(tables_.user_by_name, store::name_key(name));
  return id ? look_up(tables_.users, *id) : std::nullopt;
}

Result<std::vector<User>> MemoryAccountStore::users() {
  std::vector<User> all;
  for (const auto& [name, id] : tables_.user_by_name) all.push_back(tables_.users.at(id));
  return all;
}

Status MemoryAccountStore::update_user(const User& user) {
  const auto known = look_up(tables_.users, user.id);
  if (!known) return Error(ErrorCode::not_found, "no such user", user.name);
  const std::string key = store::name_key(user.name);
  const auto holder = look_up(tables_.user_by_name, key);
  if (holder && *holder != user.id) return already_there(user.name);
  undo_.erase(tables_.user_by_name, store::name_key(known->name));
  undo_.set(tables_.user_by_name, key, user.id);
  undo_.set(tables_.users, user.id, user);
  return {};
}

Status MemoryAccountStore::set_membership(const Membership& membership) {
  if (!tables_.users.contains(membership.user) || !tables_.projects.contains(membership.project)) return not_stored();
  undo_.set(tables_.memberships, {membership.user, membership.project}, membership.role);
  return {};
}

Result<std::vector<Membership>> MemoryAccountStore::memberships(UserId user) {
  std::vector<Membership> found;
  for (const auto& [key, role] : tables_.memberships) {
    if (key.first == user) found.push_back({key.first, key.second, role});
  }
  return found;
}

Status MemoryAccountStore::save_session(const WebSession& session) {
  if (!tables_.users.contains(session.user)) return not_stored();
  undo_.set(tables_.sessions, session.token, session);
  return {};
}

Result<std::optional<WebSession>> MemoryAccountStore::find_session(const Digest& token) {
  return look_up(tables_.sessions, token);
}

Status MemoryAccountStore::drop_session(const Digest& token) {
  undo_.erase(tables_.sessions, token);
  return {};
}

Status MemoryAccountStore::drop_expired_sessions(Instant now) {
  std::vector<Digest> expired;
  for (const auto& [token, session] : tables_.sessions) {
    if (session.expires_at <= now) expired.push_back(token);
  }
  for (const Digest& token : expired) undo_.erase(tables_.sessions, token);
  return {};
}

Status MemoryAccountStore::check(const ApiKey& key) const {
  const auto holder = look_up(tables_.key_by_token, key.token);
  if (holder && *holder != key.id) return already_there(key.prefix);
  const bool known = (!key.project || tables_.projects.contains(*key.project)) &&
                     (!key.created_by || tables_.users.contains(*key.created_by)) &&
                     (!key.rotated_from || tables_.keys.contains(*key.rotated_from));
  if (!known) return not_stored();
  return {};
}

Result<KeyId> MemoryAccountStore::create_key(const ApiKey& key) {
  ApiKey created = key;
  created.id = KeyId{static_cast<std::int64_t>(tables_.keys.size()) + 1};
  LEANSPEC_TRY(check(created));
  undo_.set(tables_.keys, created.id, created);
  undo_.set(tables_.key_by_token, created.token, created.id);
  return created.id;
}

Result<std::optional<ApiKey>> MemoryAccountStore::find_key(const Digest& token) {
  const auto id = look_up(tables_.key_by_token, token);
  return id ? look_up(tables_.keys, *id) : std::nullopt;
}

Result<std::optional<ApiKey>> MemoryAccountStore::find_key(KeyId id) {
  return look_up(tables_.keys, id);
}

Result<std::vector<ApiKey>> MemoryAccountStore::keys() {
  return values(tables_.keys);
}

Status MemoryAccountStore::update_key(const ApiKey& key) {
  const auto known = look_up(tables_.keys, key.id);
  if (!known) return Error(ErrorCode::not_found, "no such key", key.name);
  LEANSPEC_TRY(check(key));
  undo_.erase(tables_.key_by_token, known->token);
  undo_.set(tables_.key_by_token, key.token, key.id);
  undo_.set(tables_.keys, key.id, key);
  return {};
}

Status MemoryAccountStore::save_link(const OneTimeLink& link) {
  if (link.user && !tables_.users.contains(*link.user)) return not_stored();
  undo_.set(tables_.links, link.token, link);
  return {};
}

Result<std::optional<OneTimeLink>> MemoryAccountStore::take_link(const Digest& token, Instant now) {
  std::optional<OneTimeLink> link = look_up(tables_.links, token);
  undo_.erase(tables_.links, token);
  if (link && link->expires_at <= now) link.reset();
  return link;
}

Status MemoryAccountStore::append_audit(const AuditEntry& entry) {
  undo_.push_back(tables_.audit, entry);
  return {};
}

Result<std::vector<AuditEntry>> MemoryAccountStore::audit(std::size_t limit) {
  const std::size_t count = std::min(limit, tables_.audit.size());
  return std::vector<AuditEntry>(tables_.audit.rbegin(), tables_.audit.rbegin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace leanspec::fakes
