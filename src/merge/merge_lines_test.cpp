#include "merge/merge_lines.h"

#include <gtest/gtest.h>

#include <string>

#include "merge/merge_body.h"

namespace leanspec::merge {
namespace {

/// The stretches as letters (u, o, l, w, c) after the text, or after why not.
std::string merged(std::string_view base, std::string_view ours, std::string_view theirs,
                   WordsInLines words = WordsInLines::merge) {
  const auto texts = read_bodies(base, ours, theirs);
  DiffBudget budget;
  const auto stretches = merge_lines(texts.base.lines(), texts.ours.lines(), texts.theirs.lines(), words, budget);
  if (!stretches) return "too much";
  std::string kinds;
  std::string text;
  LineRange place[3];
  for (const Stretch& stretch : *stretches) {
    kinds += std::string("uolwc")[static_cast<std::size_t>(stretch.kind)];
    EXPECT_EQ(stretch.base.begin, place[0].end);
    EXPECT_EQ(stretch.ours.begin, place[1].end);
    EXPECT_EQ(stretch.theirs.begin, place[2].end);
    place[0] = stretch.base;
    place[1] = stretch.ours;
    place[2] = stretch.theirs;
    for (const Row& row : stretch.rows)
      if (const auto line = row.merged()) text += std::string(*line) + "\n";
  }
  EXPECT_EQ(place[0].end, texts.base.split.lines.size());
  EXPECT_EQ(place[1].end, texts.ours.split.lines.size());
  EXPECT_EQ(place[2].end, texts.theirs.split.lines.size());
  return kinds.find('c') == std::string::npos ? text + kinds : kinds;
}

TEST(MergeLines, stretches_cover_all_three_texts_and_say_how_they_merged) {
  EXPECT_EQ(merged("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n"), "a\nb\nc\nu");
  EXPECT_EQ(merged("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n"), "A\nb\nc\nD\nouo");
  EXPECT_EQ(merged("a\nb\n", "A\nb\n", "a\nB\n"), "A\nB\nl");
  EXPECT_EQ(merged("a b c d e\n", "A b c d e\n", "a b c d E\n"), "A b c d E\nw");
  EXPECT_EQ(merged("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"), "ucu");
  EXPECT_EQ(merged("", "a\n", "b\n"), "c");
  EXPECT_EQ(merged("", "a\n", ""), "a\no");
}

TEST(MergeLines, words_decide_only_where_they_may) {
  EXPECT_EQ(merged("a b c d e\n", "A b c d e\n", "a b c d E\n", WordsInLines::never), "c");
}

TEST(MergeLines, deletions_add_up_and_protect_what_belongs_to_them) {
  EXPECT_EQ(merged("a\nb\nc\nd\ne\n", "a\nd\ne\n", "a\nb\ne\n"), "a\ne\nulu");
  EXPECT_EQ(merged("a\nb\nc\nd\n", "a\nd\n", "a\nb\nx\nc\nd\n"), "ucu");
  EXPECT_EQ(merged("- a\n- b\n- c\n", "- a\n- c\n", "- a\n- b\n- x\n- c\n"), "- a\n- x\n- c\nulu");
}

TEST(MergeLines, text_added_to_what_moved_far_away_does_not_stay_behind) {
  EXPECT_EQ(merged("- a\n- b\n- c\nm\nn\no\n- d\n- e\n", "- a\n- c\nm\nn\no\n- d\n- b\n- e\n",
                   "- a\n- b\n- new\n- c\nm\nn\no\n- d\n- e\n"),
            "ucuou");
}

TEST(MergeLines, a_rewritten_stretch_merges_with_its_neighbours_and_not_with_edits_in_it) {
  EXPECT_EQ(merged("a\nb\nc\nd\n", "x y\nz q\nw\nc\nd\n", "a\nb\nC\nd\n"), "x y\nz q\nw\nC\nd\nlu");
  EXPECT_EQ(merged("a\nb\nc\nd\n", "x y\nz q\nw\nc\nd\n", "a\nB\nc\nd\n"), "cu");
  EXPECT_EQ(merged("a\nb\nc\n", "p\nq\nr\nc\n", "p\nq\nr\nc\n"), "p\nq\nr\nc\nou");
}

TEST(MergeLines, an_insertion_between_blank_lines_stands_where_its_order_is_clear) {
  EXPECT_EQ(merged("- a\n\nend\n", "- a\n- b\n\nend\n", "- a\n\nnew words\n\nend\n"),
            "- a\n- b\n\nnew words\n\nend\nulu");
  EXPECT_EQ(merged("a\n\nend\n", "a\n\nx\n\nend\n", "a\n\ny\n\nend\n"), "ucu");
}

}  // namespace
}  // namespace leanspec::merge
