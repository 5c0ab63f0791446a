// Many applications that share one request and its flushes.
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <utility>

#include "bridge/disk/applier.h"
#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::texts_on;
using fakes::to_change;
using fakes::to_come;

class ApplierRequest : public testing::Test {
 protected:
  fakes::MemoryFileTree disk_;
  Applier applier_{disk_};
};

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

TEST_F(ApplierRequest, what_comes_out_of_a_large_request_is_left_for_later_and_of_a_small_one_goes_at_once) {
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

TEST_F(ApplierRequest, of_a_large_request_what_the_disk_objects_to_leaves_nothing_behind) {
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

TEST_F(ApplierRequest, what_waits_for_another_to_make_room_is_not_carried_out_without_it) {
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

}  // namespace
}  // namespace leanspec::bridge::disk
