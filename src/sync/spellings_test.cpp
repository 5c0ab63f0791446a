#include "sync/spellings.h"

#include <gtest/gtest.h>

namespace leanspec::sync {
namespace {

Spellings knowing(std::initializer_list<std::string_view> paths, Folding folding = {true, true}) {
  Spellings spellings(folding);
  for (const auto path : paths) spellings.add(path);
  return spellings;
}

// FS09
TEST(spellings, a_file_is_the_one_that_is_known_however_the_disk_writes_its_accents) {
  EXPECT_EQ(knowing({"caf\u00E9.md"}).path_of("cafe\u0301.md"), "caf\u00E9.md");
  EXPECT_EQ(knowing({"cafe\u0301.md"}).path_of("caf\u00E9.md"), "cafe\u0301.md");
  EXPECT_EQ(knowing({"cafe\u0301/a.md"}).path_of("caf\u00E9/a.md"), "cafe\u0301/a.md");
}

TEST(spellings, the_case_of_folders_is_the_known_one_also_for_new_files) {
  const auto known = knowing({"Plan/a.md"});
  EXPECT_EQ(known.path_of("plan/a.md"), "Plan/a.md");
  EXPECT_EQ(known.path_of("plan/b.md"), "Plan/b.md");
  EXPECT_EQ(known.path_of("PLAN/New/b.md"), "Plan/New/b.md");
  EXPECT_EQ(known.folder_of("plan"), "Plan");
}

// FS07
TEST(spellings, the_case_of_a_files_own_name_is_the_users) {
  EXPECT_EQ(knowing({"d/Foo.md"}).path_of("D/foo.md"), "d/foo.md");
  EXPECT_EQ(knowing({"d/Foo.md"}).known_as("D/foo.md"), "d/Foo.md");
}

TEST(spellings, what_nobody_knows_is_composed) {
  EXPECT_EQ(knowing({}).path_of("e\u0301/e\u0301.md"), "\u00E9/\u00E9.md");
  EXPECT_EQ(knowing({}, {true, false}).path_of("e\u0301/e\u0301.md"), "e\u0301/e\u0301.md");
}

TEST(spellings, two_that_are_known_apart_stay_apart) {
  const auto known = knowing({"Plan/a.md", "plan/b.md"});
  EXPECT_EQ(known.path_of("plan/a.md"), "Plan/a.md");
  EXPECT_EQ(known.path_of("Plan/b.md"), "plan/b.md");
  EXPECT_EQ(known.path_of("Plan/a.md"), "Plan/a.md");
}

TEST(spellings, a_disk_that_folds_letters_alone_keeps_accents_apart) {
  const auto known = knowing({"\u00E9.md"}, {true, false});
  EXPECT_EQ(known.path_of("e\u0301.md"), "e\u0301.md");
  EXPECT_EQ(known.known_as("e\u0301.md"), std::nullopt);
  EXPECT_EQ(known.known_as("\u00C9.MD"), "\u00E9.md");
  const auto accents = knowing({"\u00E9.md"}, {false, true});
  EXPECT_EQ(accents.known_as("\u00C9.md"), std::nullopt);
  EXPECT_EQ(accents.known_as("e\u0301.md"), "\u00E9.md");
}

TEST(spellings, of_two_paths_that_fold_alike_only_the_first_is_known_also_under_its_own_spelling) {
  Spellings spellings(Folding{true, true});
  spellings.add("021-IDEA/README.md");
  spellings.add("021-idea/README.md");
  EXPECT_EQ(spellings.path_of("021-idea/README.md"), "021-IDEA/README.md");
  EXPECT_EQ(spellings.path_of("021-idea/readme.md"), "021-IDEA/readme.md");
}

}  // namespace
}  // namespace leanspec::sync
