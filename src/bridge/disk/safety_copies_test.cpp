#include "bridge/disk/safety_copies.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "digest/sha256.h"
#include "host/durable_file.h"
#include "host/entropy.h"
#include "tests/fakes/fixed_clock.h"

namespace leanspec::bridge::disk {
namespace {

constexpr std::chrono::hours day{24};
const auto nothing_is_only_here = [](const Digest&) { return false; };

class SafetyCopiesTest : public testing::Test {
 protected:
  SafetyCopiesTest() {
    char name[] = "/tmp/leanspec-copies-XXXXXX";
    folder_ = ::mkdtemp(name);
    file_ = folder_ + "/copies/one.db";
    begin_anew();
  }
  ~SafetyCopiesTest() override {
    copies_.reset();
    EXPECT_EQ(::system(("rm -rf '" + folder_ + "'").c_str()), 0);
  }

  void begin_anew() { copies_ = std::make_unique<SafetyCopies>(file_, clock_); }
  Status keep(const std::string& path, const std::string& bytes, bool only_here = false) {
    LeavingText text;
    text.path = path;
    text.digest = digest::sha256(bytes);
    text.only_here = only_here;
    return copies_->keep(text, bytes);
  }
  [[nodiscard]] std::vector<std::string> texts(const std::optional<std::string>& path = std::nullopt) {
    std::vector<std::string> all;
    const auto listed = copies_->list(path);
    EXPECT_TRUE(listed);
    if (listed) {
      for (const SafetyCopy& copy : *listed) all.push_back(copies_->text(copy.digest).value_or("(none)"));
    }
    return all;
  }

  fakes::FixedClock clock_;
  std::string folder_;
  std::string file_;
  std::unique_ptr<SafetyCopies> copies_;
};

using Texts = std::vector<std::string>;

TEST_F(SafetyCopiesTest, what_left_the_disk_comes_back_with_path_time_reason_and_version) {
  LeavingText text;
  text.path = "caf\xC3\xA9/README.md";
  text.digest = digest::sha256("old");
  text.why = CopyReason::deleted;
  text.replaced_by = VersionId{host::system_entropy().uuid7(clock_.now())};
  ASSERT_TRUE(copies_->keep(text, "old"));
  const auto listed = copies_->list(text.path);
  ASSERT_EQ(listed->size(), 1U);
  const SafetyCopy& copy = listed->front();
  EXPECT_EQ(copy.path, text.path);
  EXPECT_EQ(copy.kept_at, clock_.now());
  EXPECT_EQ(copy.why, CopyReason::deleted);
  EXPECT_EQ(copy.replaced_by, text.replaced_by);
  EXPECT_EQ(copy.size, 3U);
  EXPECT_EQ(*copies_->text(copy.digest), "old");
  EXPECT_EQ(copies_->find(copy.number)->digest, copy.digest);
  EXPECT_EQ(copies_->find(copy.number + 1).error().code, ErrorCode::not_found);
}

TEST_F(SafetyCopiesTest, copies_of_one_path_come_newest_first_and_are_there_after_a_restart) {
  ASSERT_TRUE(keep("a.md", "one"));
  ASSERT_TRUE(keep("b.md", "other"));
  ASSERT_TRUE(keep("a.md", ""));
  begin_anew();
  EXPECT_EQ(texts("a.md"), (Texts{"", "one"}));
  EXPECT_EQ(texts(), (Texts{"", "other", "one"}));
  struct stat facts {};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U) << "they are as private as the specs may be";
}

TEST_F(SafetyCopiesTest, one_text_is_stored_once_and_goes_with_its_last_line) {
  ASSERT_TRUE(keep("a.md", "same"));
  clock_.advance(day * 20);
  ASSERT_TRUE(keep("b.md", "same"));
  clock_.advance(day * 11);
  ASSERT_FALSE(*copies_->prune(nothing_is_only_here));
  EXPECT_EQ(texts(), (Texts{"same"})) << "of b.md";
  clock_.advance(day * 20);
  ASSERT_FALSE(*copies_->prune(nothing_is_only_here));
  EXPECT_EQ(texts(), Texts());
  EXPECT_EQ(copies_->text(digest::sha256("same")).error().code, ErrorCode::not_found);
}

TEST_F(SafetyCopiesTest, a_copy_is_kept_for_thirty_days_and_not_longer) {
  ASSERT_TRUE(keep("a.md", "old"));
  clock_.advance(SafetyCopies::copies_age_max);
  ASSERT_FALSE(*copies_->prune(nothing_is_only_here));
  EXPECT_EQ(texts(), (Texts{"old"}));
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_FALSE(*copies_->prune(nothing_is_only_here));
  EXPECT_EQ(texts(), Texts());
}

TEST_F(SafetyCopiesTest, beyond_the_bound_the_oldest_goes_first_and_never_a_text_that_is_nowhere_else) {
  copies_->set_bytes_max(4 * SafetyCopies::line_bytes);
  ASSERT_TRUE(keep("a.md", "only here", true));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(keep("b.md", "text " + std::to_string(i)));
  EXPECT_EQ(texts(), (Texts{"text 9", "text 8", "only here"}));
  clock_.advance(SafetyCopies::copies_age_max * 2);
  const auto is_on_its_way = [](const Digest& digest) { return digest == digest::sha256("only here"); };
  ASSERT_FALSE(*copies_->prune(is_on_its_way));
  EXPECT_EQ(texts(), (Texts{"only here"}));
  ASSERT_FALSE(*copies_->prune(nothing_is_only_here)) << "the hub has it now";
  EXPECT_EQ(texts(), Texts());
}

TEST_F(SafetyCopiesTest, pruning_goes_in_steps_and_gives_the_room_back) {
  for (int i = 0; i < SafetyCopies::step_max + 10; ++i) {
    std::string noise(2000, ' ');
    for (char& letter : noise) letter = static_cast<char>(::random());
    ASSERT_TRUE(keep("a.md", noise));
  }
  clock_.advance(SafetyCopies::copies_age_max * 2);
  EXPECT_TRUE(*copies_->prune(nothing_is_only_here)) << "there is more";
  EXPECT_EQ(texts().size(), 10U);
  EXPECT_FALSE(*copies_->prune(nothing_is_only_here));
  struct stat facts {};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  EXPECT_LT(facts.st_size, 200'000);
}

TEST_F(SafetyCopiesTest, what_cannot_be_written_is_an_error_that_is_remembered_until_it_works_again) {
  ASSERT_TRUE(host::make_private_folder(folder_));
  std::ofstream(folder_ + "/copies") << "a file where the folder should be";
  EXPECT_FALSE(keep("a.md", "old"));
  EXPECT_TRUE(copies_->problem());
  ASSERT_EQ(::system(("rm '" + folder_ + "/copies'").c_str()), 0);
  EXPECT_TRUE(keep("a.md", "old"));
  EXPECT_FALSE(copies_->problem());
  EXPECT_EQ(texts(), (Texts{"old"}));
}

TEST_F(SafetyCopiesTest, a_damaged_file_is_put_aside_and_new_copies_are_kept) {
  ASSERT_TRUE(keep("a.md", "old"));
  copies_.reset();
  std::ofstream(file_, std::ios::trunc) << "this is no database at all, but it is long enough to look at"
                                        << std::string(1000, 'x');
  begin_anew();
  ASSERT_TRUE(keep("a.md", "new"));
  EXPECT_EQ(texts(), (Texts{"new"}));
  EXPECT_EQ(::system(("ls '" + folder_ + "/copies/' | grep -q damaged").c_str()), 0);
}

TEST_F(SafetyCopiesTest, a_command_reads_while_the_daemon_writes) {
  ASSERT_TRUE(keep("a.md", "one"));
  SafetyCopies command(file_, clock_);
  EXPECT_EQ(command.list(std::nullopt)->size(), 1U);
  ASSERT_TRUE(keep("a.md", "two"));
  EXPECT_EQ(command.list(std::nullopt)->size(), 2U);
}

TEST_F(SafetyCopiesTest, without_any_copy_there_is_no_file) {
  EXPECT_EQ(texts(), Texts());
  EXPECT_FALSE(*copies_->prune(nothing_is_only_here));
  EXPECT_FALSE(host::path_exists(file_));
}

}  // namespace
}  // namespace leanspec::bridge::disk
