#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class AccountStoreContract : public StoreContract {
 protected:
  [[nodiscard]] UserId make_user(const std::string& name) {
    User user;
    user.name = name;
    user.password_hash = "$argon2id$";
    user.created_at = now();
    UserId id;
    write([&](Session& session) { id = must(session.accounts().create_user(user)); });
    return id;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, AccountStoreContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(AccountStoreContract, users_are_found_by_id_and_by_name_without_case) {
  const UserId ada = make_user("Ada");
  const UserId bob = make_user("bob");
  EXPECT_NE(ada, bob);
  reopen();
  read([&](Session& session) {
    const User user = must(session.accounts().find_user("aDA")).value();
    EXPECT_EQ(user.id, ada);
    EXPECT_EQ(user.name, "Ada");
    EXPECT_EQ(user.password_hash, "$argon2id$");
    EXPECT_EQ(must(session.accounts().find_user(ada)), user);
    EXPECT_EQ(must(session.accounts().find_user("eve")), std::nullopt);
    EXPECT_EQ(must(session.accounts().find_user(UserId{99})), std::nullopt);
    EXPECT_EQ(must(session.accounts().users()).size(), 2U);
  });
}

TEST_P(AccountStoreContract, a_name_is_taken_once_also_by_renaming) {
  const UserId ada = make_user("Ada");
  const UserId bob = make_user("bob");
  write([&](Session& session) {
    User other;
    other.name = "ADA";
    EXPECT_EQ(code_of(session.accounts().create_user(other)), ErrorCode::already_exists);
    User user = must(session.accounts().find_user(bob)).value();
    user.name = "ada";
    EXPECT_EQ(code_of(session.accounts().update_user(user)), ErrorCode::already_exists);
    user.name = "robert";
    user.administrator = true;
    user.generation = 7;
    must(session.accounts().update_user(user));
    EXPECT_EQ(must(session.accounts().find_user("Robert")), user);
    EXPECT_EQ(must(session.accounts().find_user("bob")), std::nullopt);
    user.id = UserId{99};
    user.name = "nobody";
    EXPECT_EQ(code_of(session.accounts().update_user(user)), ErrorCode::not_found);
    EXPECT_TRUE(must(session.accounts().find_user(ada)).has_value());
  });
}

TEST_P(AccountStoreContract, a_membership_is_one_role_per_project) {
  const UserId ada = make_user("Ada");
  static_cast<void>(make_branch("alpha"));
  static_cast<void>(make_branch("beta"));
  write([&](Session& session) {
    must(session.accounts().set_membership({ada, ProjectId{"beta"}, Role::viewer}));
    must(session.accounts().set_membership({ada, ProjectId{"alpha"}, Role::owner}));
    must(session.accounts().set_membership({ada, ProjectId{"beta"}, Role::editor}));
    EXPECT_EQ(code_of(session.accounts().set_membership({UserId{99}, ProjectId{"beta"}, Role::owner})),
              ErrorCode::invalid);
    EXPECT_EQ(code_of(session.accounts().set_membership({ada, ProjectId{"none"}, Role::owner})), ErrorCode::invalid);
  });
  read([&](Session& session) {
    EXPECT_EQ(
        must(session.accounts().memberships(ada)),
        std::vector<Membership>({{ada, ProjectId{"alpha"}, Role::owner}, {ada, ProjectId{"beta"}, Role::editor}}));
  });
}

TEST_P(AccountStoreContract, web_sessions_live_until_dropped_or_expired) {
  WebSession session_record;
  session_record.user = make_user("Ada");
  session_record.token = digest::sha256("cookie");
  session_record.generation = 3;
  session_record.created_at = now();
  session_record.last_used_at = now();
  session_record.expires_at = now() + std::chrono::hours(1);
  session_record.user_agent = "Firefox";
  WebSession longer = session_record;
  longer.token = digest::sha256("other");
  longer.expires_at = now() + std::chrono::hours(2);
  write([&](Session& session) {
    must(session.accounts().save_session(session_record));
    must(session.accounts().save_session(longer));
    session_record.last_used_at = now() + std::chrono::minutes(1);
    must(session.accounts().save_session(session_record));
    EXPECT_EQ(must(session.accounts().find_session(session_record.token)), session_record);
    must(session.accounts().drop_expired_sessions(session_record.expires_at));
    EXPECT_EQ(must(session.accounts().find_session(session_record.token)), std::nullopt)
        << "expired at that very moment";
    EXPECT_EQ(must(session.accounts().find_session(longer.token)), longer);
    must(session.accounts().drop_session(longer.token));
    must(session.accounts().drop_session(longer.token));
    EXPECT_EQ(must(session.accounts().find_session(longer.token)), std::nullopt);
  });
}

TEST_P(AccountStoreContract, keys_come_back_with_every_field_and_their_tokens_are_unique) {
  static_cast<void>(make_branch("alpha"));
  ApiKey bare;
  bare.token = digest::sha256("one");
  bare.created_at = now();
  ApiKey full = bare;
  full.token = digest::sha256("two");
  full.prefix = "lsk_abcd";
  full.name = "ci";
  full.scopes = {"specs:read", "bridge:sync"};
  full.project = ProjectId{"alpha"};
  full.created_by = make_user("Ada");
  full.expires_at = now() + std::chrono::hours(24);
  full.last_used_at = now();
  full.last_used_address = "127.0.0.1";
  write([&](Session& session) {
    bare.id = must(session.accounts().create_key(bare));
    full.rotated_from = bare.id;
    full.id = must(session.accounts().create_key(full));
    EXPECT_EQ(code_of(session.accounts().create_key(full)), ErrorCode::already_exists);
    ApiKey stray = full;
    stray.token = digest::sha256("three");
    stray.project = ProjectId{"none"};
    EXPECT_EQ(code_of(session.accounts().create_key(stray)), ErrorCode::invalid);
  });
  reopen();
  write([&](Session& session) {
    EXPECT_EQ(must(session.accounts().find_key(full.token)), full);
    EXPECT_EQ(must(session.accounts().find_key(bare.id)), bare);
    EXPECT_EQ(must(session.accounts().find_key(digest::sha256("none"))), std::nullopt);
    EXPECT_EQ(must(session.accounts().keys()), std::vector<ApiKey>({bare, full}));
    bare.revoked_at = now();
    must(session.accounts().update_key(bare));
    EXPECT_EQ(must(session.accounts().find_key(bare.id)), bare);
    bare.id = KeyId{99};
    bare.token = digest::sha256("nobody's");
    EXPECT_EQ(code_of(session.accounts().update_key(bare)), ErrorCode::not_found);
  });
}

TEST_P(AccountStoreContract, a_link_works_once_and_not_after_its_time) {
  const OneTimeLink setup{digest::sha256("setup"), "setup", std::nullopt, now() + std::chrono::minutes(10)};
  const OneTimeLink signin{digest::sha256("signin"), "signin", make_user("Ada"), now() + std::chrono::minutes(10)};
  write([&](Session& session) {
    must(session.accounts().save_link(setup));
    must(session.accounts().save_link(signin));
    EXPECT_EQ(must(session.accounts().take_link(setup.token, now())), setup);
    EXPECT_EQ(must(session.accounts().take_link(setup.token, now())), std::nullopt);
    EXPECT_EQ(must(session.accounts().take_link(signin.token, signin.expires_at)), std::nullopt) << "too late";
    EXPECT_EQ(must(session.accounts().take_link(signin.token, now())), std::nullopt);
  });
}

TEST_P(AccountStoreContract, the_audit_trail_reads_newest_first) {
  write([&](Session& session) {
    for (int i = 0; i < 5; ++i) {
      must(session.accounts().append_audit(
          {now(), "user:ada", "keys.create", std::to_string(i), "allowed", "127.0.0.1"}));
    }
  });
  read([&](Session& session) {
    const std::vector<AuditEntry> last = must(session.accounts().audit(2));
    ASSERT_EQ(last.size(), 2U);
    EXPECT_EQ(last[0].subject, "4");
    EXPECT_EQ(last[1], (AuditEntry{now(), "user:ada", "keys.create", "3", "allowed", "127.0.0.1"}));
    EXPECT_EQ(must(session.accounts().audit(100)).size(), 5U);
  });
}

}  // namespace
}  // namespace leanspec::store
