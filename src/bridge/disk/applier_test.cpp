#include "bridge/disk/applier.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::for_each_moment_of_a_save;
using fakes::kinds;
using fakes::name;
using fakes::staged;
using fakes::texts_on;
using fakes::to_change;
using fakes::to_come;
using fakes::to_go;
using fakes::was;

class ApplierTest : public testing::Test {
 protected:
  fakes::MemoryFileTree disk_;
  Applier applier_{disk_};
};

TEST_F(ApplierTest, a_document_comes_with_its_folders) {
  const auto applied = applier_.apply(to_come("a/b/c.md", "text"), name);
  EXPECT_EQ(applied.outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.content("a/b/c.md"), "text");
  EXPECT_EQ(applied.facts.inode, disk_.facts("a/b/c.md")->inode);
  EXPECT_EQ(applied.facts.mode, 0644U);
  EXPECT_FALSE(applied.left_over);
  EXPECT_TRUE(applier_.left_overs()->empty());
  EXPECT_EQ(disk_.content(".leanspec-sync/.gitignore"), "*\n");
  EXPECT_TRUE(applier_.make_durable());
}

TEST_F(ApplierTest, a_place_that_is_taken_stays_as_it_is) {
  disk_.write("a.md", "mine");
  EXPECT_EQ(applier_.apply(to_come("a.md", "theirs"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(disk_.content("a.md"), "mine");
  disk_.make_symlink("link");
  EXPECT_EQ(applier_.apply(to_come("link", "theirs"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(applier_.apply(to_come("link/a.md", "theirs"), name).outcome, ApplyOutcome::failed);
  EXPECT_EQ(applier_.apply(to_come("a.md/b.md", "theirs"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_TRUE(applier_.left_overs()->empty());
}

TEST_F(ApplierTest, a_text_is_replaced_in_one_step_with_the_files_mode) {
  ASSERT_TRUE(disk_.create("a.md", "old", 0755));
  const auto applied = applier_.apply(to_change("a.md", "old", "a.md", "new"), name);
  EXPECT_EQ(applied.outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.content("a.md"), "new");
  EXPECT_EQ(disk_.facts("a.md")->mode, 0755U);
  EXPECT_FALSE(applied.displaced);
  EXPECT_EQ(applied.left_over, name);
  EXPECT_EQ(disk_.content(staged), "old");
  EXPECT_TRUE(applier_.look_at_left_over(name, was("old"))->gone);
  EXPECT_TRUE(applier_.left_overs()->empty());
}

TEST_F(ApplierTest, a_text_that_is_not_the_planned_one_is_not_touched) {
  disk_.write("a.md", "edited");
  EXPECT_EQ(applier_.apply(to_change("a.md", "old", "a.md", "new"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(applier_.apply(to_go("a.md", "old"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(applier_.apply(to_go("none.md", "old"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(disk_.content("a.md"), "edited");
  EXPECT_TRUE(applier_.left_overs()->empty());
}

// Law 8
TEST_F(ApplierTest, while_a_program_has_the_file_open_for_writing_nothing_happens) {
  disk_.write("a.md", "old");
  disk_.open_writer("a.md");
  EXPECT_EQ(applier_.apply(to_change("a.md", "old", "a.md", "new"), name).outcome, ApplyOutcome::writer_open);
  EXPECT_EQ(applier_.apply(to_go("a.md", "old"), name).outcome, ApplyOutcome::writer_open);
  EXPECT_EQ(disk_.content("a.md"), "old");
}

// Law 8
TEST_F(ApplierTest, what_is_written_into_the_swapped_out_file_afterwards_is_an_edit) {
  disk_.write("a.md", "old");
  ASSERT_EQ(applier_.apply(to_change("a.md", "old", "a.md", "new"), name).outcome, ApplyOutcome::applied);
  disk_.open_writer(staged);  // it had opened "a.md" just before the exchange
  disk_.write(staged, "old and an edit");
  EXPECT_FALSE(applier_.look_at_left_over(name, was("old"))->gone) << "it is not closed yet";
  disk_.close_writer(staged);
  const auto left = applier_.look_at_left_over(name, was("old"));
  EXPECT_FALSE(left->gone);
  ASSERT_TRUE(left->edited);
  EXPECT_EQ(*left->edited->bytes, "old and an edit");
  EXPECT_EQ(disk_.content(staged), "old and an edit") << "until its text is safe elsewhere";
  EXPECT_TRUE(applier_.look_at_left_over(name, was("old and an edit"))->gone);
  EXPECT_TRUE(applier_.left_overs()->empty());
}

// Law 8
TEST(applier_law, what_is_written_and_closed_while_the_left_over_is_looked_at_is_kept) {
  for (int at = 0; at < 4; ++at) {
    fakes::MemoryFileTree disk;
    disk.write("a.md", "old");
    Applier applier(disk);
    ASSERT_EQ(applier.apply(to_change("a.md", "old", "a.md", "new"), name).outcome, ApplyOutcome::applied);
    disk.open_writer(staged);
    int call = 0;
    bool wrote = false;
    disk.set_interruption([&](std::string_view) {
      if (call++ != at) return;
      wrote = true;
      disk.write(staged, "old and an edit");
      disk.close_writer(staged);
    });
    const auto left = applier.look_at_left_over(name, was("old"));
    disk.set_interruption(nullptr);
    if (!wrote) break;
    ASSERT_TRUE(left);
    EXPECT_EQ(disk.content(staged), "old and an edit") << "at call " << at;
  }
}

// Law 9
TEST_F(ApplierTest, what_came_out_and_cannot_be_looked_at_now_is_looked_at_later) {
  for (const auto& wanted : {to_change("a.md", "old", "a.md", "new"), to_go("a.md", "old")}) {
    disk_.write("a.md", "old");
    int calls_at_staged = 0;
    disk_.set_interruption([&](std::string_view path) {
      // From the moment on that it lies there.
      if (path == staged && disk_.content(staged) == "old" && calls_at_staged++ == 0)
        disk_.set_failing(staged, Error(ErrorCode::io, "the disk is broken", staged));
    });
    engine::ApplyRequest request;
    engine::ApplyItem item;
    item.name = name;
    item.wanted = wanted;
    request.items.push_back(item);
    const auto result = applier_.carry_out(request);
    disk_.set_interruption(nullptr);
    ASSERT_FALSE(result.not_durable);
    EXPECT_EQ(result.results[0].outcome, ApplyOutcome::applied);
    EXPECT_EQ(result.results[0].left_over, name) << "it is not forgotten";
    request.items[0].step = engine::ApplyStep::look_back;
    EXPECT_EQ(applier_.carry_out(request).results[0].outcome, ApplyOutcome::failed);
    disk_.set_failing(staged, std::nullopt);
    const auto later = applier_.carry_out(request).results[0];
    EXPECT_EQ(later.outcome, ApplyOutcome::applied);
    EXPECT_FALSE(later.left_over);
    EXPECT_TRUE(applier_.left_overs()->empty());
  }
}

TEST_F(ApplierTest, a_deleted_document_goes_with_its_empty_folders_and_no_others) {
  disk_.write("a/b/c.md", "old");
  disk_.write("a/other.md", "stays");
  EXPECT_EQ(applier_.apply(to_go("a/b/c.md", "old"), name).outcome, ApplyOutcome::applied);
  EXPECT_FALSE(disk_.facts("a/b"));
  EXPECT_EQ(disk_.content("a/other.md"), "stays");
  EXPECT_EQ(disk_.content(staged), "old");
}

TEST_F(ApplierTest, a_document_moves_with_and_without_another_text) {
  disk_.write("a/one.md", "old");
  const auto inode = disk_.facts("a/one.md")->inode;
  EXPECT_EQ(applier_.apply(to_change("a/one.md", "old", "b/two.md", "old"), name).outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.facts("b/two.md")->inode, inode);
  EXPECT_FALSE(disk_.facts("a"));
  EXPECT_EQ(applier_.apply(to_change("b/two.md", "old", "c/three.md", "new"), name).outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.content("c/three.md"), "new");
  EXPECT_EQ(disk_.content(staged), "old");
  disk_.write("taken.md", "mine");
  EXPECT_EQ(applier_.apply(to_change("c/three.md", "new", "taken.md", "new"), "other").outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(disk_.content("taken.md"), "mine");
}

// FS21
TEST_F(ApplierTest, a_full_disk_leaves_everything_as_it_was) {
  disk_.write("a.md", "old");
  ASSERT_EQ(applier_.apply(to_come("first.md", "x"), name).outcome, ApplyOutcome::applied);
  disk_.set_full(true);
  const auto applied = applier_.apply(to_change("a.md", "old", "a.md", "new"), name);
  EXPECT_EQ(applied.outcome, ApplyOutcome::failed);
  EXPECT_EQ(applied.error->code, ErrorCode::no_space);
  EXPECT_EQ(applier_.apply(to_come("b/b.md", "new"), name).outcome, ApplyOutcome::failed);
  EXPECT_EQ(disk_.content("a.md"), "old");
  EXPECT_FALSE(disk_.facts("b"));
  EXPECT_TRUE(applier_.left_overs()->empty());
  disk_.set_full(false);
  EXPECT_EQ(applier_.apply(to_change("a.md", "old", "a.md", "new"), name).outcome, ApplyOutcome::applied);
}

// I3, P04: the user saves between any two of our calls, in place or atomically, at the old place or the new.
TEST(applier_law, whatever_a_user_saves_in_between_is_kept) {
  for (const auto& kind : kinds) {
    for (const std::string& path : {std::string("d/a.md"), std::string("n/a.md"), std::string("e/b.md")}) {
      for (const bool atomically : {false, true}) {
        const int moments = for_each_moment_of_a_save(
            kind.wanted, {path, atomically}, [](fakes::MemoryFileTree&) {},
            [&](fakes::MemoryFileTree& disk, const Applier&, const Applied& applied, int moment) {
              EXPECT_EQ(texts_on(disk).count("typed"), 1U) << kind.what << " " << path << " at call " << moment;
              const bool came_out = disk.content(staged) == "typed";
              EXPECT_EQ(came_out, applied.displaced && *applied.displaced->bytes == "typed")
                  << kind.what << " " << path << " at call " << moment;
            });
        EXPECT_GT(moments, 0);
      }
    }
  }
}

// Law 9: what a kill leaves half written is nobody's edit, whatever the place of the text holds by then.
TEST_F(ApplierTest, a_text_that_was_half_staged_when_the_bridge_was_killed_is_no_edit) {
  struct Killed {};
  const auto wanted = to_change("a.md", "old", "a.md", "the new text");
  for (const std::string& in_place : {std::string("old"), std::string("typed since")}) {
    for (const std::string& half : {std::string(), std::string("the n")}) {
      disk_.write("a.md", "old");
      // The first that hears of the new file: only half of it is there by then, and that is where it ends.
      disk_.set_interruption([&](std::string_view path) {
        if (!path.starts_with(staged) || !disk_.content(path)) return;
        disk_.write(path, half);
        throw Killed{};
      });
      EXPECT_THROW((void)applier_.apply(wanted, name), Killed);
      disk_.set_interruption(nullptr);
      disk_.replace("a.md", in_place);
      const auto found = Applier(disk_).recover(wanted, name);
      EXPECT_EQ(found.outcome, ApplyOutcome::moved_on);
      EXPECT_FALSE(found.displaced) << "nobody wrote that";
      EXPECT_FALSE(found.left_over);
      EXPECT_EQ(texts_on(disk_), std::multiset<std::string>{in_place});
    }
  }
}

TEST_F(ApplierTest, what_was_half_staged_before_the_state_was_lost_goes_and_is_not_named) {
  disk_.write(staged + std::string(Applier::unfinished), "half of");
  EXPECT_TRUE(applier_.left_overs()->empty());
  EXPECT_TRUE(texts_on(disk_).empty());
}

}  // namespace
}  // namespace leanspec::bridge::disk
