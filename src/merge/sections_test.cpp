#include "merge/sections.h"

#include <gtest/gtest.h>

#include <string>

#include "merge/merge_body.h"
#include "merge/merge_sections.h"

namespace leanspec::merge {
namespace {

/// For each section of the side the number of the base's section that it is, or '-'.
std::string matches(std::string_view base, std::string_view side) {
  const auto texts = read_bodies(base, side, side);
  const auto of_base = split_sections(texts.base.lines());
  const auto of_side = split_sections(texts.ours.lines());
  std::string all;
  for (const auto& match : match_sections(texts.base.lines(), of_base, texts.ours.lines(), of_side))
    all += match ? std::to_string(*match) : "-";
  return all;
}

TEST(Sections, a_text_is_what_stands_above_all_headings_and_then_its_sections) {
  const auto texts = read_bodies("top\n\n# a\nx\n\n\n## b\n", "", "");
  const auto sections = split_sections(texts.base.lines());
  ASSERT_EQ(sections.size(), 3U);
  EXPECT_EQ(sections[0].lines, (LineRange{0, 1}));
  EXPECT_EQ(sections[0].blanks, 1U);
  EXPECT_EQ(sections[1].lines, (LineRange{2, 4}));
  EXPECT_EQ(sections[1].blanks, 2U);
  EXPECT_EQ(sections[2].path.size(), 2U);
}

TEST(Sections, they_are_known_by_heading_by_content_and_by_place) {
  EXPECT_EQ(matches("# a\n# b\n# c\n", "# c\n# a\n# b\n"), "0312");
  EXPECT_EQ(matches("# a\n# b\n", "# a\n# x\n# b\n"), "01-2");
  EXPECT_EQ(matches("# a\n## t\none\n# b\n## t\ntwo\n", "# b\n## t\ntwo\n# a\n## t\none\n"), "03412");
  EXPECT_EQ(matches("# t\none\n# t\ntwo\n", "# t\ntwo\n# t\none\n"), "021");
  EXPECT_EQ(matches("# a\nsame words\n# b\nx\n", "# renamed\nsame words\n# b\nx\n"), "012");
  EXPECT_EQ(matches("# a\n## t\n# b\n", "# a\n# b\n## t\n"), "0132");
}

TEST(Sections, moves_are_seen_and_additions_are_none) {
  EXPECT_TRUE(has_moves({0, 2, 1}));
  EXPECT_FALSE(has_moves({0, 1, std::nullopt, 2}));
}

std::string merged(std::string_view base, std::string_view ours, std::string_view theirs) {
  const auto texts = read_bodies(base, ours, theirs);
  DiffBudget budget;
  auto merge =
      merge_sections(texts.base.lines(), texts.ours.lines(), texts.theirs.lines(), WordsInLines::merge, budget);
  if (!merge) return "by lines";
  merge->final_newline = true;
  return merge->clean() ? merge->text() : "conflict";
}

TEST(MergeSections, additions_stand_behind_the_section_that_they_follow) {
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# c\n# a\n# b\n", "# a\n# b\n## b1\n# c\n"), "# c\n# a\n# b\n## b1\n");
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# c\n# a\n# b\n", "# a\n# x\n# b\n# c\n"), "# c\n# a\n# x\n# b\n");
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# a\n# c\n# b\n", "# a\n# x\n# b\n# c\n"), "by lines");
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# c\n# a\n# b\n# new\n", "# a\n# b\n# other\n# c\n"), "by lines");
}

TEST(MergeSections, deletions_are_respected_unless_the_other_side_edited) {
  EXPECT_EQ(merged("# a\n# b\nx\n# c\n", "# c\n# a\n# b\nx\n", "# a\n# c\n"), "# c\n# a\n");
  EXPECT_EQ(merged("# a\n# b\nx\n# c\n", "# c\n# a\n# b\ny\n", "# a\n# c\n"), "conflict");
  EXPECT_EQ(merged("# a\n# b\nx\n# c\n", "# c\n# a\n", "# a\n# b\ny\n# c\n"), "conflict");
}

TEST(MergeSections, both_may_have_moved_alike_and_not_otherwise) {
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# c\n# a\n# b\n", "# c\n# a\nx\n# b\n"), "# c\n# a\nx\n# b\n");
  EXPECT_EQ(merged("# a\n# b\n# c\n", "# c\n# a\n# b\n", "# b\n# a\n# c\n"), "by lines");
  EXPECT_EQ(merged("# a\n# b\n", "# a\n# b\nx\n", "# a\ny\n# b\n"), "by lines");
}

}  // namespace
}  // namespace leanspec::merge
