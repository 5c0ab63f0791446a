#include "store/sqlite/body_chains.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "digest/sha256.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/session.h"

namespace leanspec::store::sqlite {
namespace {

constexpr Instant day{std::chrono::hours{24}};

class BodyChainsTest : public testing::Test {
 protected:
  BodyChainsTest() {
    database_ = *Database::open(":memory:", Access::read_write);
    EXPECT_TRUE(migrate(*database_, migrations()).has_value());
    session_ = std::make_unique<SqliteSession>(*database_);
    Project project;
    project.id = ProjectId{"p"};
    EXPECT_TRUE(session_->projects().create(project).has_value());
    branch_ = session_->versions().create_branch(project.id, "main")->id;
    for (unsigned number = 7; text_.size() < 8'000; number = number * 1'664'525U + 1'013'904'223U)
      text_ += std::to_string(number) + "\n";
  }
  VersionId make(const std::string& text, std::optional<VersionId> parent, VersionKind kind = VersionKind::head) {
    Version version;
    version.id = VersionId{Uuid{{static_cast<std::uint8_t>(made_ / 250), static_cast<std::uint8_t>(++made_ % 250), 1}}};
    version.branch = branch_;
    version.document = DocumentId{Uuid{{1}}};
    version.kind = kind;
    version.parent = parent;
    version.path = "a.md";
    version.digest = digest::sha256(text);
    version.size = text.size();
    version.accepted_at = day;
    EXPECT_TRUE(session_->bodies().put(*version.digest, text).has_value());
    if (kind == VersionKind::side)
      EXPECT_TRUE(session_->versions().add_side(version).has_value());
    else
      EXPECT_TRUE(session_->versions().append(version).has_value());
    return version.id;
  }
  std::vector<std::string> edit_often(std::size_t times) {
    std::vector<std::string> texts;
    std::optional<VersionId> last;
    for (std::size_t edit = 0; edit < times; ++edit) {
      text_.insert(edit * 7, "edit " + std::to_string(edit) + "\n");
      texts.push_back(text_);
      last = make(text_, last);
    }
    return texts;
  }
  std::size_t chain(Instant before = day + std::chrono::hours(1), std::size_t limit = 10'000) {
    return session_->bodies().chain_old(before, limit).value();
  }
  std::int64_t ask(const char* sql) {
    return database_->find(sql, {}, +[](Row& row) { return row.integer(); }).value().value();
  }
  bool is_whole(const std::string& text) {
    return database_->find("SELECT base IS NULL FROM bodies WHERE digest = $1", {digest::sha256(text)},
                           +[](Row& row) { return row.integer(); })
               .value() == 1;
  }
  void expect_as_it_was(const std::string& text) {
    EXPECT_EQ(session_->bodies().get(digest::sha256(text)).value(), text);
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<SqliteSession> session_;
  BranchId branch_{};
  std::string text_;
  std::size_t made_ = 0;
};

TEST_F(BodyChainsTest, a_hundred_edits_take_little_more_than_their_key_frames) {
  const auto texts = edit_often(100);
  const auto before = ask("SELECT SUM(length(content)) FROM bodies");
  EXPECT_EQ(chain(), 100U);
  EXPECT_LT(ask("SELECT SUM(length(content)) FROM bodies"), before / 15);
  EXPECT_TRUE(is_whole(texts.back())) << "the head";
  EXPECT_EQ(ask("SELECT COUNT(*) FROM bodies WHERE base IS NULL"), 4) << "every 32nd stays whole";
  EXPECT_EQ(ask("SELECT MAX(chained) FROM bodies"), std::int64_t{BodyStore::chained_max});
  for (const auto& text : texts) expect_as_it_was(text);
}

TEST_F(BodyChainsTest, what_is_younger_than_asked_for_stays_whole) {
  edit_often(5);
  EXPECT_EQ(chain(day), 0U);
  EXPECT_EQ(ask("SELECT COUNT(*) FROM bodies WHERE base IS NOT NULL"), 0);
}

TEST_F(BodyChainsTest, heads_stay_whole_and_are_chained_when_they_are_replaced) {
  const auto first = make(text_, {});
  const auto side = make(text_ + "beside\n", first, VersionKind::side);
  chain();
  EXPECT_TRUE(is_whole(text_)) << "a side version came of it, and it is the head still";
  make(text_ + "after\n", first);
  chain();
  EXPECT_FALSE(is_whole(text_));
  static_cast<void>(side);
}

TEST_F(BodyChainsTest, a_text_that_is_small_or_of_another_kind_stays_as_it_is) {
  std::string noise;
  for (unsigned number = 99; noise.size() < 8'000; number = number * 1'103'515'245U + 12'345U)
    noise += static_cast<char>(number >> 16U);
  auto last = make("small", {});
  last = make(text_, last);
  last = make(noise, last);
  make("the head", last);
  chain();
  EXPECT_TRUE(is_whole("small"));
  EXPECT_TRUE(is_whole(noise));
  for (const auto& text : {text_, noise, std::string("small")}) expect_as_it_was(text);
}

TEST_F(BodyChainsTest, a_step_reads_no_more_than_its_share) {
  std::optional<VersionId> last;
  const std::string large = std::string(BodyStore::chain_step_bytes_max / 2, 'x');
  for (int edit = 0; edit < 6; ++edit) last = make(text_ + large + std::to_string(edit), last);
  EXPECT_LT(chain(), 6U);
  while (chain() > 0) {
  }
  for (int edit = 0; edit < 6; ++edit) expect_as_it_was(text_ + large + std::to_string(edit));
}

TEST_F(BodyChainsTest, a_damaged_link_is_told_and_never_read_as_something_else) {
  const auto texts = edit_often(3);
  chain();
  ASSERT_FALSE(is_whole(texts[0]));
  ASSERT_TRUE(database_->execute("UPDATE bodies SET content = x'00' WHERE base IS NULL").has_value());
  for (const auto& text : texts)
    EXPECT_EQ(session_->bodies().get(digest::sha256(text)).error().code, ErrorCode::corrupt);
}

TEST_F(BodyChainsTest, a_circle_made_by_another_program_is_damage_and_no_endless_loop) {
  const auto texts = edit_often(2);
  ASSERT_TRUE(database_
                  ->execute("UPDATE bodies SET base = (SELECT o.digest FROM bodies o WHERE o.rowid <> bodies.rowid)")
                  .has_value());
  EXPECT_EQ(session_->bodies().get(digest::sha256(texts[0])).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace leanspec::store::sqlite
