#include "merge/markdown_lines.h"

#include <gtest/gtest.h>

#include <string>

#include "merge/structure.h"
#include "merge/text_lines.h"

namespace leanspec::merge {
namespace {

std::vector<LineTraits> scanned(std::string_view text) {
  return scan_markdown(split_lines(text).lines);
}

std::string headings(std::string_view text) {
  std::string levels;
  for (const LineTraits& line : scanned(text)) levels += std::to_string(line.heading);
  return levels;
}

TEST(MarkdownLines, headings_are_found_outside_of_code_and_comments) {
  EXPECT_EQ(headings("# a\n## b ##\n#c\n    # d\n###### e\n####### f\n"), "120060");
  EXPECT_EQ(headings("```\n# a\n```\n# b\n"), "0001");
  EXPECT_EQ(headings("````md\n```\n# a\n```\n````\n# b\n"), "000001");
  EXPECT_EQ(headings("<!--\n# a\n-->\n# b\n"), "0001");
  EXPECT_EQ(headings("a `<!--` b\n# c\n"), "01");
}

TEST(MarkdownLines, an_underline_makes_a_heading_of_the_paragraph_above) {
  EXPECT_EQ(headings("a\n===\nb\n---\n"), "1020");
  EXPECT_EQ(headings("\n---\n- a\n---\n| b |\n---\n"), "000000");
}

TEST(MarkdownLines, tables_lists_and_indents_are_measured) {
  const auto lines = scanned("| a | b |\n|---|:-:|\n| `x|y` | z\\| |\n10. ten\n\tx\n");
  EXPECT_EQ(lines[0].cells, 2);
  EXPECT_TRUE(lines[1].table_rule);
  EXPECT_EQ(lines[2].cells, 2);
  EXPECT_EQ(lines[3].ordinal, 10);
  EXPECT_EQ(lines[4].indent, 4);
}

TEST(MarkdownLines, checkboxes_markers_and_blocks_are_told_by_the_line_alone) {
  EXPECT_EQ(checkbox_in("  - [x] a").offset, 4U);
  EXPECT_EQ(checkbox_in("1. [ ] a").length, 3U);
  EXPECT_EQ(checkbox_in("- [y] a").length, 0U);
  EXPECT_EQ(checkbox_in("- [x](link)").length, 0U);
  EXPECT_TRUE(is_conflict_marker("<<<<<<< ours"));
  EXPECT_TRUE(is_conflict_marker("======="));
  EXPECT_FALSE(is_conflict_marker("========"));
  EXPECT_FALSE(is_conflict_marker("<<<<<<<x"));
  EXPECT_TRUE(begins_block("  - a"));
  EXPECT_FALSE(begins_block("and on"));
  EXPECT_TRUE(is_blank(" \t"));
  EXPECT_EQ(heading_level("## a"), 2);
  EXPECT_EQ(heading_level("no"), 0);
}

std::size_t defects(std::string_view text, Defect kind) {
  const auto lines = split_lines(text);
  return count_defects(lines.lines, scan_markdown(lines.lines))[static_cast<std::size_t>(kind)];
}

TEST(Structure, each_defect_is_counted) {
  EXPECT_EQ(defects("```\na\n", Defect::open_fence), 1U);
  EXPECT_EQ(defects("```\na\n```\n", Defect::open_fence), 0U);
  EXPECT_EQ(defects("<!-- a\n", Defect::open_comment), 1U);
  EXPECT_EQ(defects("| a | b |\n|---|---|\n| x |\n| y | z |\n", Defect::table_width), 1U);
  EXPECT_EQ(defects("1. a\n2. b\n2. c\n3. d\n", Defect::list_number), 1U);
  EXPECT_EQ(defects("1. a\n1. b\n1. c\n", Defect::list_number), 0U);
  EXPECT_EQ(defects("1. a\n   1. x\n   2. y\n2. b\n", Defect::list_number), 0U);
  EXPECT_EQ(defects("1. a\n\ntext\n\n5. b\n", Defect::list_number), 0U);
  EXPECT_EQ(defects("[a]: x\n[b]: y\n[a]: z\n", Defect::repeated_definition), 1U);
  for (const auto defect : {Defect::open_fence, Defect::open_comment, Defect::table_width, Defect::list_number,
                            Defect::repeated_definition})
    EXPECT_FALSE(to_string(defect).empty());
}

}  // namespace
}  // namespace leanspec::merge
