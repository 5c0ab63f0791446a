#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteAccountStore final : public AccountStore {
 public:
  explicit SqliteAccountStore(Database& database) : database_(database) {}

  [[nodiscard]] Result<UserId> create_user(const User& user) override;
  [[nodiscard]] Result<std::optional<User>> find_user(UserId id) override;
  [[nodiscard]] Result<std::optional<User>> find_user(std::string_view name) override;
  [[nodiscard]] Result<std::vector<User>> users() override;
  [[nodiscard]] Status update_user(const User& user) override;
  [[nodiscard]] Status set_membership(const Membership& membership) override;
  [[nodiscard]] Result<std::vector<Membership>> memberships(UserId user) override;

  [[nodiscard]] Status save_session(const WebSession& session) override;
  [[nodiscard]] Result<std::optional<WebSession>> find_session(const Digest& token) override;
  [[nodiscard]] Status drop_session(const Digest& token) override;
  [[nodiscard]] Status drop_expired_sessions(Instant now) override;

  [[nodiscard]] Result<KeyId> create_key(const ApiKey& key) override;
  [[nodiscard]] Result<std::optional<ApiKey>> find_key(const Digest& token) override;
  [[nodiscard]] Result<std::optional<ApiKey>> find_key(KeyId id) override;
  [[nodiscard]] Result<std::vector<ApiKey>> keys() override;
  [[nodiscard]] Status update_key(const ApiKey& key) override;

  [[nodiscard]] Status save_link(const OneTimeLink& link) override;
  [[nodiscard]] Result<std::optional<OneTimeLink>> take_link(const Digest& token, Instant now) override;

  [[nodiscard]] Status append_audit(const AuditEntry& entry) override;
  [[nodiscard]] Result<std::vector<AuditEntry>> audit(std::size_t limit) override;

 private:
  Database& database_;
};

}  // namespace leanspec::store::sqlite
