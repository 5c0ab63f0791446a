#include "merge/compare.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "merge/merge_documents.h"

namespace leanspec::merge {
namespace {

/// As a patch would show it; edited words in braces.
std::string patch(const Comparison& comparison) {
  std::string text;
  for (const ComparedStretch& stretch : comparison.stretches) {
    text += "@" + std::to_string(stretch.from.begin) + "," + std::to_string(stretch.from.size()) + " " +
            std::to_string(stretch.to.begin) + "," + std::to_string(stretch.to.size()) + "\n";
    for (const ComparedLine& line : stretch.lines) {
      text += line.fate == LineFate::same ? ' ' : line.fate == LineFate::removed ? '-' : '+';
      if (line.parts.empty()) text += line.text;
      for (const LinePart& part : line.parts) text += part.changed ? "{" + part.text + "}" : part.text;
      text += line.ends ? "\n" : "$\n";
    }
  }
  return text;
}

TEST(Compare, shows_differences_with_lines_around_them_and_edited_words) {
  const auto found = compare("a\nb\nc\nd\none small word here\nf\ng\nh\ni\n", "a\nb\nc\nd\none large word here\nf\ng\nh\ni\n");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(patch(*found), "@1,7 1,7\n b\n c\n d\n-one {small} word here\n+one {large} word here\n f\n g\n h\n");
  EXPECT_EQ(found->removed, 1U);
  EXPECT_EQ(found->added, 1U);
}

TEST(Compare, differences_that_are_close_together_are_one_stretch) {
  EXPECT_EQ(patch(*compare("1\n2\n3\n4\n5\n6\n7\n", "0\n1\n2\n3\n4\n5\n6\n", 1)), "@0,1 0,2\n+0\n 1\n@5,2 6,1\n 6\n-7\n");
  EXPECT_EQ(compare("1\n2\n3\n4\n5\n6\n7\n", "0\n1\n2\n3\n4\n5\n6\n")->stretches.size(), 1U);
}

TEST(Compare, a_missing_newline_at_the_end_is_seen_and_line_ends_are_not) {
  EXPECT_EQ(patch(*compare("a\nb", "a\nb\n")), "@0,2 0,2\n a\n-b$\n+b\n");
  EXPECT_TRUE(compare("a\r\nb\r\n", "\xEF\xBB\xBF" "a\nb\n")->stretches.empty());
  EXPECT_EQ(patch(*compare("", "a\n")), "@0,0 0,1\n+a\n");
  EXPECT_TRUE(compare("", "")->stretches.empty());
}

TEST(Compare, what_is_no_text_or_too_large_is_not_compared) {
  EXPECT_FALSE(compare("a\n", "a\xFF\n").has_value());
  EXPECT_FALSE(compare(std::string("a\0b", 3), "a\n").has_value());
  EXPECT_TRUE(compare("a\n", std::string(document_bytes_max, 'x')).has_value());
  EXPECT_FALSE(compare("a\n", std::string(document_bytes_max + 1, 'x')).has_value());
  EXPECT_FALSE(compare("a\n", std::string(document_lines_max + 1, '\n')).has_value());
}

TEST(Compare, texts_that_differ_too_much_are_one_removed_and_one_added_whole) {
  std::string from;
  std::string to;
  for (int i = 0; i < 6000; ++i) {
    from += std::to_string(i * 7 % 13) + "\n";
    to += std::to_string(i * 11 % 17) + "\n";
  }
  const auto found = compare(from, to);
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->stretches.empty());
}

RC_GTEST_PROP(Compare, the_columns_of_a_comparison_are_the_two_texts, ()) {
  const auto text = [] {
    return *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c', ' ', '\n', '\n'));
  };
  const std::string from = text();
  const std::string to = text();
  const auto found = compare(from, to, 100'000);
  RC_ASSERT(found.has_value());
  if (found->stretches.empty()) {
    RC_ASSERT(from == to);
    return;
  }
  std::string first;
  std::string second;
  for (const ComparedLine& line : found->stretches.at(0).lines) {
    std::string whole;
    for (const LinePart& part : line.parts) whole += part.text;
    RC_ASSERT(line.parts.empty() || whole == line.text);
    const std::string end = line.ends ? "\n" : "";
    if (line.fate != LineFate::added) first += line.text + end;
    if (line.fate != LineFate::removed) second += line.text + end;
  }
  RC_ASSERT(first == from);
  RC_ASSERT(second == to);
}

TEST(MergeWithoutBase, what_both_say_is_there_once_and_every_difference_is_a_place) {
  const auto outcome = merge_without_base("# T\n\nmine\n\nend\n", "# T\n\nyours\n\nend\nmore\n");
  ASSERT_EQ(outcome.conflicts.size(), 2U);
  EXPECT_EQ(outcome.conflicts[0].ours.text, "mine\n");
  EXPECT_EQ(outcome.conflicts[0].theirs.text, "yours\n");
  EXPECT_EQ(outcome.conflicts[0].ours.lines, (LineRange{2, 3}));
  EXPECT_EQ(outcome.conflicts[1].ours.text, "");
  Choice both;
  both.take = Choice::Take::both;
  Choice ours;
  EXPECT_EQ(decide(outcome, {both, ours}), "# T\n\nmine\nyours\n\nend\n");
}

TEST(MergeWithoutBase, a_difference_in_the_frontmatter_is_told_from_one_in_the_text) {
  const auto outcome =
      merge_without_base("---\nstatus: planned\n---\n\nmine\n", "---\nstatus: complete\n---\n\nyours\n");
  ASSERT_EQ(outcome.conflicts.size(), 2U);
  EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::frontmatter);
  EXPECT_EQ(outcome.conflicts[1].kind, ConflictKind::text);
}

TEST(MergeWithoutBase, keeps_the_line_ends_of_ours_and_chooses_whole_files_of_what_is_no_text) {
  const auto outcome = merge_without_base("a\r\nb\r\n", "a\nc\n");
  ASSERT_EQ(outcome.conflicts.size(), 1U);
  Choice theirs;
  theirs.take = Choice::Take::theirs;
  EXPECT_EQ(decide(outcome, {theirs}), "a\r\nc\r\n");
  const auto binary = merge_without_base("a\n", "\xFF\n");
  ASSERT_EQ(binary.conflicts.size(), 1U);
  EXPECT_EQ(binary.conflicts[0].kind, ConflictKind::document);
  EXPECT_EQ(decide(binary, {theirs}), "\xFF\n");
  EXPECT_EQ(merge_without_base("a\n", "a\r\n").text, "a\n");
}

RC_GTEST_PROP(MergeWithoutBase, choosing_one_side_everywhere_gives_that_side, ()) {
  const auto text = [] {
    return *rc::gen::container<std::string>(rc::gen::element('a', 'b', ' ', '-', '\n', '\n'));
  };
  const std::string ours = text();
  const std::string theirs = text();
  const auto outcome = merge_without_base(ours, theirs);
  Choice one;
  RC_ASSERT(decide(outcome, std::vector<Choice>(outcome.conflicts.size(), one)) == ours);
  one.take = Choice::Take::theirs;
  RC_ASSERT(decide(outcome, std::vector<Choice>(outcome.conflicts.size(), one)) == theirs);
}

}  // namespace
}  // namespace leanspec::merge
