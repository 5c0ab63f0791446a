// The applier on disks that cannot do all of its steps.
#include <gtest/gtest.h>

#include "bridge/disk/applier.h"
#include "sync/path_policy.h"
#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::for_each_moment_of_a_save;
using fakes::disk_kinds;
using fakes::DiskKind;
using fakes::kinds;
using fakes::name;
using fakes::staged;
using fakes::texts_on;
using fakes::to_change;
using fakes::to_come;
using fakes::was;

// I2, P01: killed between any two of our calls, the disk is whole and recover() knows what stands there.
class EveryDisk : public testing::TestWithParam<DiskKind> {};

TEST_P(EveryDisk, killed_at_any_moment_every_place_holds_the_old_state_or_the_new) {
  struct Killed {};
  for (const auto& kind : kinds) {
    for (int at = 0; at < 80; ++at) {
      fakes::MemoryFileTree disk;
      GetParam().set(disk);
      disk.write("d/a.md", "old");
      int call = 0;
      bool killed = false;
      disk.set_interruption([&](std::string_view) {
        if (call++ == at) throw Killed{};
      });
      try {
        (void)Applier(disk).apply(kind.wanted, name);
      } catch (const Killed&) {
        killed = true;
      }
      disk.set_interruption(nullptr);
      Applier applier(disk);
      const auto found = applier.recover(kind.wanted, name);
      ASSERT_NE(found.outcome, ApplyOutcome::failed) << kind.what;
      EXPECT_FALSE(found.displaced) << kind.what << ": nobody else wrote";
      const auto old_place = disk.content("d/a.md");
      const auto new_place = kind.wanted.to ? disk.content(*kind.wanted.to) : std::nullopt;
      if (found.outcome == ApplyOutcome::applied) {
        if (kind.wanted.to) {
          EXPECT_EQ(new_place, *kind.wanted.bytes) << kind.what << " at call " << at;
          EXPECT_EQ(disk.spelled(*kind.wanted.to), *kind.wanted.to) << kind.what << " at call " << at;
        } else {
          EXPECT_FALSE(old_place);
        }
      } else {
        // The old text stands where it was, or already where it moves to.
        const bool stands = old_place == "old" || (kind.wanted.from && new_place == "old");
        EXPECT_TRUE(stands) << kind.what << " at call " << at;
      }
      if (found.left_over) {
        EXPECT_TRUE(applier.look_at_left_over(name, was("old"))->gone);
      }
      EXPECT_TRUE(applier.left_overs()->empty()) << kind.what << " at call " << at;
      EXPECT_TRUE(applier.make_durable());
      const auto texts = texts_on(disk);
      const bool is_gone = found.outcome == ApplyOutcome::applied && !kind.wanted.to;
      if (kind.wanted.from)
        EXPECT_EQ(texts.size(), is_gone ? 0U : 1U)
            << kind.what << " at call " << at << ": nothing stands in two places";
      if (!killed) break;
    }
  }
}

TEST_P(EveryDisk, every_kind_of_application_ends_in_the_new_state) {
  for (const auto& kind : kinds) {
    fakes::MemoryFileTree disk;
    GetParam().set(disk);
    if (kind.wanted.from) ASSERT_TRUE(disk.make_folder("d") && disk.create("d/a.md", "old", 0750));
    Applier applier(disk);
    const auto applied = applier.apply(kind.wanted, name);
    ASSERT_EQ(applied.outcome, ApplyOutcome::applied) << kind.what;
    EXPECT_FALSE(applied.displaced) << kind.what;
    if (kind.wanted.to) {
      EXPECT_EQ(disk.content(*kind.wanted.to), *kind.wanted.bytes) << kind.what;
      EXPECT_EQ(disk.facts(*kind.wanted.to)->mode, kind.wanted.from ? 0750U : 0644U) << kind.what;
    }
    if (kind.wanted.to) EXPECT_EQ(disk.spelled(*kind.wanted.to), *kind.wanted.to) << kind.what;
    if (kind.wanted.from)
      EXPECT_EQ(texts_on(disk).size(), 1U + (applied.left_over ? 1U : 0U) - (kind.wanted.to ? 0U : 1U)) << kind.what;
    if (applied.left_over) EXPECT_TRUE(applier.look_at_left_over(name, was("old"))->gone) << kind.what;
    EXPECT_TRUE(applier.left_overs()->empty()) << kind.what;
    EXPECT_EQ(applier.apply(to_come("d/taken.md", "x"), "other").outcome, ApplyOutcome::applied);
    EXPECT_EQ(applier.apply(to_come("d/taken.md", "y"), "third").outcome, ApplyOutcome::moved_on) << "over nothing";
  }
}

TEST_P(EveryDisk, a_disk_that_becomes_full_in_the_middle_is_left_as_it_was) {
  for (const auto& kind : kinds) {
    for (int at = 0; at < 80; ++at) {
      fakes::MemoryFileTree disk;
      GetParam().set(disk);
      disk.write("d/a.md", "old");
      Applier applier(disk);
      int call = 0;
      disk.set_interruption([&](std::string_view) { disk.set_full(++call > at); });
      const auto applied = applier.apply(kind.wanted, name);
      disk.set_interruption(nullptr);
      if (applied.outcome == ApplyOutcome::applied) break;
      EXPECT_EQ(disk.content("d/a.md"), "old") << kind.what << " at call " << at;
      EXPECT_EQ(texts_on(disk).size(), 1U) << kind.what << " at call " << at;
    }
  }
}

// Law 11
TEST_P(EveryDisk, what_a_program_writes_into_the_file_that_it_had_open_is_found) {
  fakes::MemoryFileTree disk;
  GetParam().set(disk);
  disk.write("a.md", "old");
  Applier applier(disk);
  auto wanted = to_change("a.md", "old", "a.md", "new");
  wanted.despite_writer = true;
  disk.open_writer("a.md");
  ASSERT_TRUE(applier.probe());
  if (!GetParam().links) {
    EXPECT_EQ(applier.apply(wanted, name).outcome, ApplyOutcome::writer_open) << "it would be found nowhere";
    return;
  }
  ASSERT_EQ(applier.apply(wanted, name).outcome, ApplyOutcome::applied);
  disk.close_writer("a.md");
  disk.write(staged, "old and an edit");
  const auto left = applier.look_at_left_over(name, was("old"));
  ASSERT_TRUE(left->edited);
  EXPECT_EQ(*left->edited->bytes, "old and an edit");
}

INSTANTIATE_TEST_SUITE_P(Disks, EveryDisk, testing::ValuesIn(disk_kinds),
                         [](const auto& kind) { return std::string(kind.param.what); });

// Law 11: the price of a disk that cannot exchange two names, and no more than that.
TEST(applier_law, without_exchange_only_a_save_between_the_last_look_and_the_rename_is_lost) {
  for (const auto& disk_kind : disk_kinds) {
    if (disk_kind.one_step) continue;
    for (const auto& kind : kinds) {
      for (const std::string& path : {std::string("d/a.md"), std::string("n/a.md"), std::string("e/b.md")}) {
        for (const bool atomically : {false, true}) {
          int lost = 0;
          const int moments = for_each_moment_of_a_save(
              kind.wanted, {path, atomically}, [&](fakes::MemoryFileTree& disk) { disk_kind.set(disk); },
              [&](fakes::MemoryFileTree& disk, const Applier&, const Applied&, int) {
                if (texts_on(disk).count("typed") == 0) ++lost;
              });
          EXPECT_GT(moments, 0);
          const bool is_its_place =
              kind.wanted.to && (kind.wanted.to == path || (disk_kind.folds && sync::collision_key(*kind.wanted.to) ==
                                                                                   sync::collision_key(path)));
          const bool is_replaced = is_its_place || (!disk_kind.links && kind.wanted.to);
          // With second names, what is written in place is in the file that came out.
          const bool may_lose = is_replaced && (atomically || !disk_kind.links);
          EXPECT_LE(lost, may_lose ? 4 : 0) << disk_kind.what << " " << kind.what << " " << path << " " << atomically;
        }
      }
    }
  }
}

TEST_P(EveryDisk, it_knows_what_the_disk_can_do_and_says_it) {
  fakes::MemoryFileTree disk;
  GetParam().set(disk);
  Applier applier(disk);
  ASSERT_TRUE(applier.probe());
  EXPECT_EQ(applier.protection().one_step, GetParam().one_step);
  EXPECT_EQ(applier.protection().links, GetParam().links);
  EXPECT_EQ(applier.protection().sentence().empty(), GetParam().one_step);
  EXPECT_EQ(applier.protection().folding, (sync::Folding{GetParam().folds, GetParam().folds}));
  EXPECT_EQ(applier.protection().names_sentence().empty(), !GetParam().folds);
  EXPECT_TRUE(applier.left_overs()->empty());
  EXPECT_EQ(texts_on(disk).size(), 0U);
}

}  // namespace
}  // namespace leanspec::bridge::disk
