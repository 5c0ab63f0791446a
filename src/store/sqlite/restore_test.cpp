#include "store/sqlite/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite/backup_for_test.h"
#include "store/sqlite/verify.h"

namespace leanspec::store::sqlite {
namespace {

using testing::HasSubstr;

using RestoreTest = BackupTest;

TEST_F(RestoreTest, restored_it_is_another_life_and_the_former_database_is_kept) {
  append(1, "one");
  ASSERT_TRUE(back_up_now());
  const Epoch before = store_->epoch();
  append(1, "two");
  store_.reset();
  const auto restored = restore();
  ASSERT_TRUE(restored) << restored.error().sentence();
  ASSERT_TRUE(restored->kept);
  EXPECT_EQ(restored->before, before);
  const auto kept = verify_database(*restored->kept, "kept");
  ASSERT_TRUE(kept) << kept.error().sentence();
  EXPECT_EQ(kept->branches[0].head, Seq{2});
  const auto again = restore();
  ASSERT_TRUE(again) << again.error().sentence();
  EXPECT_NE(*again->kept, *restored->kept) << "also within one second";
  store_ = open(folder_ / "data");
  ASSERT_TRUE(store_);
  EXPECT_NE(store_->epoch(), before);
  EXPECT_EQ(store_->epoch(), again->contents.epoch);
  EXPECT_LT(restored->contents.epoch.value(), again->contents.epoch.value());
  append(1, "three");
}

TEST_F(RestoreTest, a_folder_in_use_is_not_restored) {
  ASSERT_TRUE(back_up_now());
  const auto refused = restore();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(RestoreTest, a_damaged_database_with_its_log_is_kept_as_it_is_and_replaced) {
  append(1, "one");
  ASSERT_TRUE(back_up_now());
  store_.reset();
  const fs::path present = folder_ / "data/hub.db";
  std::ofstream(present) << std::string(5'000, 'x');
  std::ofstream(present.string() + "-wal") << std::string(6'000, 'y');
  const auto restored = restore();
  ASSERT_TRUE(restored) << restored.error().sentence();
  ASSERT_TRUE(restored->kept);
  EXPECT_EQ(fs::file_size(*restored->kept), 5'000U);
  EXPECT_EQ(fs::file_size(restored->kept->string() + "-wal"), 6'000U);
  EXPECT_FALSE(fs::exists(present.string() + "-wal")) << "it is not of the new one";
  store_ = open(folder_ / "data");
  append(1, "two");
}

TEST_F(RestoreTest, what_was_revoked_after_it_stays_so_sign_ins_end_and_unknown_keys_are_named) {
  const Instant now = host::system_clock().now();
  const auto key = [&](const std::string& name) {
    ApiKey made;
    made.token = digest::sha256(name);
    made.name = name;
    made.prefix = "lsk_" + name.substr(0, 2);
    made.created_at = now;
    EXPECT_TRUE(store_->write([&](Session& session) -> Status {
      LEANSPEC_ASSIGN(made.id, session.accounts().create_key(made));
      return {};
    }));
    return made;
  };
  ApiKey lost = key("lost laptop");
  (void)key("desk");
  ASSERT_TRUE(store_->write([&](Session& session) -> Status {
    User ada;
    ada.name = "ada";
    LEANSPEC_ASSIGN(ada.id, session.accounts().create_user(ada));
    WebSession signed_in;
    signed_in.token = digest::sha256("cookie");
    signed_in.user = ada.id;
    signed_in.expires_at = now + std::chrono::hours(1);
    return session.accounts().save_session(signed_in);
  }));
  ASSERT_TRUE(back_up_now());
  lost.revoked_at = now;
  ASSERT_TRUE(store_->write([&](Session& session) { return session.accounts().update_key(lost); }));
  (void)key("phone");
  store_.reset();
  const auto restored = restore();
  ASSERT_TRUE(restored) << restored.error().sentence();
  EXPECT_EQ(restored->keys_revoked, 1U);
  EXPECT_EQ(restored->sessions_ended, 1U);
  EXPECT_THAT(restored->unknown_keys, testing::ElementsAre(HasSubstr("phone")));
  store_ = open(folder_ / "data");
  ASSERT_TRUE(store_->read([&](Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto found, session.accounts().find_key(lost.token));
    EXPECT_TRUE(found && found->revoked_at);
    LEANSPEC_ASSIGN(const auto cookie, session.accounts().find_session(digest::sha256("cookie")));
    EXPECT_FALSE(cookie);
    LEANSPEC_ASSIGN(const auto audit, session.accounts().audit(1));
    EXPECT_EQ(audit.at(0).action, "restore");
    return {};
  }));
}

}  // namespace
}  // namespace leanspec::store::sqlite
