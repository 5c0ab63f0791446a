#include "store/sqlite/account_store.h"

#include "store/name_key.h"
#include "store/sql/account_store.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] std::string join(const std::vector<std::string>& scopes) {
  std::string joined;
  for (const std::string& scope : scopes) {
    if (!joined.empty()) joined += ' ';
    joined += scope;
  }
  return joined;
}

[[nodiscard]] std::vector<std::string> split(std::string_view joined) {
  std::vector<std::string> scopes;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(' '), joined.size());
    scopes.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return scopes;
}

[[nodiscard]] User read_user(Row& row) {
  User user;
  user.id = row.id<UserId>();
  user.name = row.text();
  user.password_hash = row.text();
  user.administrator = row.flag();
  user.generation = row.count();
  user.created_at = row.time();
  return user;
}

[[nodiscard]] Membership read_membership(Row& row) {
  Membership membership;
  membership.user = row.id<UserId>();
  membership.project = row.id<ProjectId>();
  membership.role = row.enumeration<Role>(3);
  return membership;
}

[[nodiscard]] WebSession read_session(Row& row) {
  WebSession session;
  session.token = row.digest();
  session.user = row.id<UserId>();
  session.generation = row.count();
  session.created_at = row.time();
  session.last_used_at = row.time();
  session.expires_at = row.time();
  session.user_agent = row.text();
  return session;
}

[[nodiscard]] ApiKey read_key(Row& row) {
  ApiKey key;
  key.id = row.id<KeyId>();
  key.token = row.digest();
  key.prefix = row.text();
  key.name = row.text();
  key.scopes = split(row.text());
  key.project = row.optional_id<ProjectId>();
  key.created_by = row.optional_id<UserId>();
  key.created_at = row.time();
  key.expires_at = row.optional_time();
  key.last_used_at = row.optional_time();
  key.last_used_address = row.text();
  key.revoked_at = row.optional_time();
  key.rotated_from = row.optional_id<KeyId>();
  return key;
}

[[nodiscard]] OneTimeLink read_link(Row& row) {
  OneTimeLink link;
  link.token = row.digest();
  link.purpose = row.text();
  link.user = row.optional_id<UserId>();
  link.expires_at = row.time();
  return link;
}

[[nodiscard]] AuditEntry read_audit(Row& row) {
  AuditEntry entry;
  entry.at = row.time();
  entry.actor = row.text();
  entry.action = row.text();
  entry.subject = row.text();
  entry.outcome = row.text();
  entry.address = row.text();
  return entry;
}

[[nodiscard]] UserId read_user_id(Row& row) {
  return row.id<UserId>();
}
[[nodiscard]] KeyId read_key_id(Row& row) {
  return row.id<KeyId>();
}

}  // namespace

Result<UserId> SqliteAccountStore::create_user(const User& user) {
  LEANSPEC_ASSIGN(const std::optional<UserId> id, database_.find(sql::create_user,
                                                                 {user.name, name_key(user.name), user.password_hash,
                                                                  user.administrator, user.generation, user.created_at},
                                                                 read_user_id));
  return id.value_or(UserId{});
}

Result<std::optional<User>> SqliteAccountStore::find_user(UserId id) {
  return database_.find(sql::find_user, {id}, read_user);
}

Result<std::optional<User>> SqliteAccountStore::find_user(std::string_view name) {
  return database_.find(sql::find_user_by_name, {name_key(name)}, read_user);
}

Result<std::vector<User>> SqliteAccountStore::users() {
  return database_.all(sql::list_users, {}, read_user);
}

Status SqliteAccountStore::update_user(const User& user) {
  return database_.change(sql::update_user,
                          {user.id, user.name, name_key(user.name), user.password_hash, user.administrator,
                           user.generation, user.created_at},
                          "no such user", user.name);
}

Status SqliteAccountStore::set_membership(const Membership& membership) {
  return database_.run(sql::set_membership, {membership.user, membership.project, static_cast<int>(membership.role)});
}

Result<std::vector<Membership>> SqliteAccountStore::memberships(UserId user) {
  return database_.all(sql::list_memberships, {user}, read_membership);
}

Status SqliteAccountStore::save_session(const WebSession& session) {
  return database_.run(sql::save_session, {session.token, session.user, session.generation, session.created_at,
                                           session.last_used_at, session.expires_at, session.user_agent});
}

Result<std::optional<WebSession>> SqliteAccountStore::find_session(const Digest& token) {
  return database_.find(sql::find_session, {token}, read_session);
}

Status SqliteAccountStore::drop_session(const Digest& token) {
  return database_.run(sql::drop_session, {token});
}

Status SqliteAccountStore::drop_expired_sessions(Instant now) {
  return database_.run(sql::drop_expired_sessions, {now});
}

Result<KeyId> SqliteAccountStore::create_key(const ApiKey& key) {
  LEANSPEC_ASSIGN(
      const std::optional<KeyId> id,
      database_.find(sql::create_key,
                     {key.token, key.prefix, key.name, join(key.scopes), key.project, key.created_by, key.created_at,
                      key.expires_at, key.last_used_at, key.last_used_address, key.revoked_at, key.rotated_from},
                     read_key_id));
  return id.value_or(KeyId{});
}

Result<std::optional<ApiKey>> SqliteAccountStore::find_key(const Digest& token) {
  return database_.find(sql::find_key_by_token, {token}, read_key);
}

Result<std::optional<ApiKey>> SqliteAccountStore::find_key(KeyId id) {
  return database_.find(sql::find_key, {id}, read_key);
}

Result<std::vector<ApiKey>> SqliteAccountStore::keys() {
  return database_.all(sql::list_keys, {}, read_key);
}

Status SqliteAccountStore::update_key(const ApiKey& key) {
  return database_.change(
      sql::update_key,
      {key.id, key.token, key.prefix, key.name, join(key.scopes), key.project, key.created_by, key.created_at,
       key.expires_at, key.last_used_at, key.last_used_address, key.revoked_at, key.rotated_from},
      "no such key", key.name);
}

Status SqliteAccountStore::save_link(const OneTimeLink& link) {
  return database_.run(sql::save_link, {link.token, link.purpose, link.user, link.expires_at});
}

Result<std::optional<OneTimeLink>> SqliteAccountStore::take_link(const Digest& token, Instant now) {
  LEANSPEC_ASSIGN(std::optional<OneTimeLink> link, database_.find(sql::take_link, {token}, read_link));
  if (link && link->expires_at <= now) link.reset();
  return link;
}

Status SqliteAccountStore::append_audit(const AuditEntry& entry) {
  return database_.run(sql::append_audit,
                       {entry.at, entry.actor, entry.action, entry.subject, entry.outcome, entry.address});
}

Result<std::vector<AuditEntry>> SqliteAccountStore::audit(std::size_t limit) {
  return database_.all(sql::list_audit, {limit}, read_audit);
}

}  // namespace leanspec::store::sqlite
