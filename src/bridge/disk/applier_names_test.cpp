// The applier on disks that do not keep all names apart.
#include <gtest/gtest.h>

#include "bridge/disk/applier.h"
#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::for_each_moment_of_a_save;
using fakes::name;
using fakes::texts_on;
using fakes::to_change;
using fakes::to_come;

class FoldingDisk : public testing::Test {
 protected:
  FoldingDisk() {
    fakes::DiskFolding folding;
    folding.letters = folding.accents = true;
    disk_.set_folding(folding);
  }
  fakes::MemoryFileTree disk_;
  Applier applier_{disk_};
};

// FS08: neither is overwritten.
TEST_F(FoldingDisk, a_document_never_comes_over_one_that_the_disk_takes_for_the_same) {
  disk_.write("Readme.md", "mine");
  disk_.write("caf\u00E9.md", "mine too");
  EXPECT_EQ(applier_.apply(to_come("README.md", "theirs"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(applier_.apply(to_come("cafe\u0301.md", "theirs"), name).outcome, ApplyOutcome::moved_on);
  disk_.write("b.md", "b");
  EXPECT_EQ(applier_.apply(to_change("b.md", "b", "README.md", "b"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(texts_on(disk_), (std::multiset<std::string>{"b", "mine", "mine too"}));
}

// FS07, law 5
TEST_F(FoldingDisk, a_document_gets_the_case_that_it_has_at_the_hub) {
  disk_.write("d/Foo.md", "old");
  EXPECT_EQ(applier_.apply(to_change("d/Foo.md", "old", "d/foo.md", "old"), name).outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.spelled("d/FOO.md"), "d/foo.md");
  EXPECT_EQ(disk_.content("d/foo.md"), "old");
}

TEST_F(FoldingDisk, a_folder_keeps_the_case_that_it_has_here) {
  disk_.write("Plan/a.md", "old");
  disk_.write("Plan/b.md", "other");
  EXPECT_EQ(applier_.apply(to_change("Plan/a.md", "old", "plan/a.md", "new"), name).outcome, ApplyOutcome::applied);
  EXPECT_EQ(disk_.spelled("plan/a.md"), "Plan/a.md");
  EXPECT_EQ(disk_.content("plan/a.md"), "new");
}

// FS09
TEST_F(FoldingDisk, another_form_of_the_accents_is_no_move) {
  disk_.write("caf\u00E9.md", "old");
  EXPECT_EQ(applier_.apply(to_change("caf\u00E9.md", "old", "cafe\u0301.md", "new"), name).outcome,
            ApplyOutcome::applied);
  EXPECT_EQ(disk_.spelled("cafe\u0301.md"), "caf\u00E9.md");
  EXPECT_EQ(disk_.content("caf\u00E9.md"), "new");
}

TEST_F(FoldingDisk, whatever_a_user_saves_while_a_name_changes_its_case_is_kept) {
  const auto wanted = to_change("d/a.md", "old", "d/A.md", "new");
  for (const std::string& path : {std::string("d/a.md"), std::string("d/A.md")}) {
    for (const bool atomically : {false, true}) {
      const int moments = for_each_moment_of_a_save(
          wanted, {path, atomically}, [&](fakes::MemoryFileTree& disk) { disk.set_folding(disk_.folding()); },
          [&](fakes::MemoryFileTree& disk, Applier& applier, const Applied& applied, int moment) {
            EXPECT_EQ(texts_on(disk).count("typed"), 1U) << path << " at call " << moment;
            ASSERT_NE(applied.outcome, ApplyOutcome::failed) << path << " at call " << moment;
            // What lies in the staging folder is named, so that it is looked at.
            EXPECT_EQ(applier.left_overs()->empty(), !applied.left_over) << path << " at call " << moment;
          });
      EXPECT_GT(moments, 0);
    }
  }
}

// Two links to one file on a disk that keeps names apart are two files.
TEST(applier_law, two_links_to_one_file_are_two_names) {
  fakes::MemoryFileTree disk;
  disk.write("a.md", "old");
  ASSERT_TRUE(disk.link("a.md", "A.md"));
  Applier applier(disk);
  EXPECT_EQ(applier.apply(to_change("a.md", "old", "A.md", "old"), name).outcome, ApplyOutcome::moved_on);
  EXPECT_EQ(disk.content("a.md"), "old");
}

}  // namespace
}  // namespace leanspec::bridge::disk
