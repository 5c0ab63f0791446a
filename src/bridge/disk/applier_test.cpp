#include "bridge/disk/applier.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "digest/sha256.h"
#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::bytes;
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

/// Keeps what it is given, or refuses.
class Copies final : public CopyKeeper {
 public:
  Status keep(const LeavingText& text, std::string_view bytes) override {
    if (full) return Error(ErrorCode::no_space, "the disk is full");
    kept.emplace_back(text, bytes);
    return {};
  }
  std::vector<std::pair<LeavingText, std::string>> kept;
  bool full = false;
};

TEST_F(ApplierTest, what_is_replaced_or_removed_is_copied_before_it_goes) {
  Copies copies;
  Applier applier(disk_, &copies);
  disk_.write("a.md", "old");
  disk_.write("b.md", "deleted");
  engine::ApplyRequest request;
  request.items.resize(2);
  request.items[0].name = "one";
  request.items[0].wanted = to_change("a.md", "old", "a.md", "new");
  Uuid version;
  version.bytes[15] = 7;
  request.items[0].wanted.version = VersionId{version};
  request.items[1].name = "two";
  request.items[1].wanted = to_go("b.md", "deleted");
  const auto result = applier.carry_out(request);
  ASSERT_EQ(copies.kept.size(), 2U);
  EXPECT_EQ(copies.kept[0].second, "old");
  EXPECT_EQ(copies.kept[0].first.path, "a.md");
  EXPECT_EQ(copies.kept[0].first.why, CopyReason::replaced);
  EXPECT_EQ(copies.kept[0].first.replaced_by, VersionId{version});
  EXPECT_EQ(copies.kept[1].second, "deleted");
  EXPECT_EQ(copies.kept[1].first.why, CopyReason::deleted);
  EXPECT_FALSE(result.results[0].left_over);
  EXPECT_TRUE(applier.left_overs()->empty());
}

TEST_F(ApplierTest, without_room_for_a_copy_a_text_goes_only_if_the_hub_has_it) {
  Copies copies;
  copies.full = true;
  Applier applier(disk_, &copies);
  for (const bool only_here : {false, true}) {
    disk_.write("a.md", "old");
    engine::ApplyRequest request;
    request.items.resize(1);
    request.items[0].name = name;
    request.items[0].wanted = to_change("a.md", "old", "a.md", "new");
    request.items[0].wanted.only_here = only_here;
    const auto result = applier.carry_out(request);
    EXPECT_EQ(result.results[0].outcome, ApplyOutcome::applied);
    EXPECT_EQ(result.results[0].left_over.has_value(), only_here);
    EXPECT_FALSE(result.results[0].displaced);
    EXPECT_EQ(disk_.content(staged), only_here ? std::optional<std::string>("old") : std::nullopt);
  }
  copies.full = false;
  auto waiting = was("old");
  waiting.only_here = true;
  EXPECT_TRUE(applier.look_at_left_over(name, waiting)->gone);
  ASSERT_EQ(copies.kept.size(), 1U);
  EXPECT_TRUE(copies.kept[0].first.only_here);
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
        for (int at = 0; at < 40; ++at) {
          fakes::MemoryFileTree disk;
          disk.write("d/a.md", "old");
          Applier applier(disk);
          int call = 0;
          bool saved = false;
          disk.set_interruption([&](std::string_view) {
            if (call++ != at) return;
            saved = true;
            atomically ? disk.replace(path, "typed") : disk.write(path, "typed");
          });
          const auto applied = applier.apply(kind.wanted, name);
          disk.set_interruption(nullptr);
          if (!saved) break;
          EXPECT_EQ(texts_on(disk).count("typed"), 1U) << kind.what << " " << path << " at call " << at;
          const bool came_out = disk.content(staged) == "typed";
          EXPECT_EQ(came_out, applied.displaced && *applied.displaced->bytes == "typed")
              << kind.what << " " << path << " at call " << at;
        }
      }
    }
  }
}

/// As many as a request has when the hub sends in a burst: what came out of their places is looked at later.
engine::ApplyRequest request_for(fakes::MemoryFileTree& disk, std::size_t count) {
  engine::ApplyRequest request;
  for (std::size_t number = 0; number < count; ++number) {
    const std::string path = "d/" + std::to_string(number) + ".md", old = "old " + path;
    disk.write(path, old);
    engine::ApplyItem item;
    item.name = "staged-" + std::to_string(number);
    item.wanted = to_change(path, old, path, "new " + path);
    request.items.push_back(std::move(item));
  }
  return request;
}

TEST_F(ApplierTest, what_comes_out_of_a_large_request_is_left_for_later_and_of_a_small_one_goes_at_once) {
  const std::size_t many = Applier::tidied_at_once_max + 1;
  const auto small = applier_.carry_out(request_for(disk_, many - 1));
  for (const auto& applied : small.results) EXPECT_FALSE(applied.left_over);
  const auto large = applier_.carry_out(request_for(disk_, many));
  for (std::size_t number = 0; number < many; ++number) {
    EXPECT_EQ(large.results[number].outcome, ApplyOutcome::applied);
    EXPECT_EQ(large.results[number].left_over, "staged-" + std::to_string(number));
  }
  auto later = request_for(disk_, many);
  for (auto& item : later.items) item.step = engine::ApplyStep::look_back;
  for (const auto& applied : applier_.carry_out(later).results) EXPECT_FALSE(applied.left_over);
  EXPECT_TRUE(applier_.left_overs()->empty());
}

TEST_F(ApplierTest, of_a_large_request_what_the_disk_objects_to_leaves_nothing_behind) {
  auto request = request_for(disk_, 8);
  disk_.replace("d/3.md", "typed");
  disk_.open_writer("d/5.md");
  const auto result = applier_.carry_out(request);
  EXPECT_EQ(result.results[3].outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(result.results[5].outcome, ApplyOutcome::writer_open);
  EXPECT_EQ(disk_.content("d/3.md"), "typed");
  EXPECT_EQ(texts_on(disk_).count("new d/3.md") + texts_on(disk_).count("new d/5.md"), 0U);
  EXPECT_EQ(disk_.content("d/7.md"), "new d/7.md");
}

TEST_F(ApplierTest, what_waits_for_another_to_make_room_is_not_carried_out_without_it) {
  disk_.write("b.md", "in the way");
  engine::ApplyRequest request;
  request.items.resize(3);
  request.items[0].name = "first";
  request.items[0].wanted = to_change("a.md", "gone", "c.md", "gone");
  request.items[1].name = "second";
  request.items[1].wanted = to_come("a.md", "new");
  request.items[1].after = "first";
  request.items[2].name = "third";
  request.items[2].wanted = to_come("d.md", "new");
  request.items[2].after = "second";
  for (const auto& applied : applier_.carry_out(request).results) EXPECT_EQ(applied.outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(texts_on(disk_), std::multiset<std::string>{"in the way"});
}

// I3, P04, as above: between any two steps of a request whose texts were written down before the first of them.
TEST(applier_law, whatever_a_user_saves_while_a_large_request_is_carried_out_is_kept) {
  for (const bool atomically : {false, true}) {
    for (int at = 0; at < 400; ++at) {
      fakes::MemoryFileTree disk;
      const auto request = request_for(disk, 5);
      Applier applier(disk);
      int call = 0;
      bool saved = false;
      disk.set_interruption([&](std::string_view) {
        if (call++ != at) return;
        saved = true;
        atomically ? disk.replace("d/2.md", "typed") : disk.write("d/2.md", "typed");
      });
      const auto result = applier.carry_out(request);
      disk.set_interruption(nullptr);
      if (!saved) break;
      EXPECT_EQ(texts_on(disk).count("typed"), 1U) << "at call " << at;
      const auto& applied = result.results[2];
      const bool came_out = disk.content(".leanspec-sync/staged-2") == "typed";
      EXPECT_TRUE(!came_out || applied.left_over) << "at call " << at;
      EXPECT_EQ(disk.content("d/4.md"), "new d/4.md") << "at call " << at;
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
