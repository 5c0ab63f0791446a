#include "merge/words.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace leanspec::merge {
namespace {

std::string merged(std::string_view base, std::string_view ours, std::string_view theirs) {
  DiffBudget budget;
  const auto line = merge_words(base, ours, theirs, budget);
  const auto exchanged = merge_words(base, theirs, ours, budget);
  EXPECT_EQ(line.has_value(), exchanged.has_value());
  if (line && exchanged) EXPECT_EQ(line->text, exchanged->text);
  return line ? line->text : "conflict";
}

TEST(Words, a_line_is_words_blanks_marks_and_things_that_stay_whole) {
  std::vector<std::string> texts;
  for (const Token& token : tokenize("- [ ] see `a b` at [x](http://h/p q), caf\xC3\xA9"))
    texts.emplace_back(token.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"-", " ", "[ ]", " ", "see", " ", "`a b`", " ", "at", " ", "[", "x", "]",
                                             "(http://h/p q)", ",", " ", "caf\xC3\xA9"}));
  EXPECT_EQ(tokenize("- [ ] a")[2].kind, TokenKind::checkbox);
  EXPECT_EQ(tokenize("| a | b |")[0].kind, TokenKind::bar);
  EXPECT_EQ(tokenize("a | b")[2].kind, TokenKind::mark);
  EXPECT_EQ(tokenize("https://h/a?b=c rest")[0].text, "https://h/a?b=c");
  EXPECT_EQ(tokenize("\xE4\xB8\xAD\xE6\x96\x87").size(), 2U);
}

TEST(Words, edits_merge_when_an_unchanged_word_and_a_blank_stand_between) {
  EXPECT_EQ(merged("one two three four five", "ONE two three four five", "one two THREE four five"),
            "ONE two THREE four five");
  EXPECT_EQ(merged("one two three four five", "ONE two three four five", "one TWO three four five"), "conflict");
  EXPECT_EQ(merged("one, two three four five", "ONE, two three four five", "one; two three four five"), "conflict");
  EXPECT_EQ(merged("a/b/c d e f g h i", "x/b/c d e f g h i", "a/b/y d e f g h i"), "conflict");
  EXPECT_EQ(merged("one two three four", "one two three four and more", "ONE two three four"),
            "ONE two three four and more");
  EXPECT_EQ(merged("one two three four", "one two three four x", "one two three four y"), "conflict");
  EXPECT_EQ(merged("one two three four", "one two three four x", "one two three FOUR"), "conflict");
}

TEST(Words, the_same_edit_by_both_is_made_once) {
  EXPECT_EQ(merged("one two three four five six seven", "ONE two three four five six seven",
                   "ONE two three four five SIX seven"),
            "ONE two three four five SIX seven");
}

TEST(Words, a_checkbox_and_each_cell_are_fields_of_their_own) {
  EXPECT_EQ(merged("- [ ] one two", "- [x] one two", "- [ ] ONE two"), "- [x] ONE two");
  EXPECT_EQ(merged("| yes | no |", "| maybe | no |", "| yes | never |"), "| maybe | never |");
  EXPECT_EQ(merged("| yes | no | x |", "| maybe | no | x |", "| perhaps | no | x |"), "conflict");
}

TEST(Words, links_urls_and_code_are_never_merged_inside) {
  EXPECT_EQ(merged("run `git log one two three` on it now", "run `git log ONE two three` on it now",
                   "run `git log one two THREE` on it now"),
            "conflict");
  EXPECT_EQ(merged("at https://h/a/b/c/d/e today or so", "at https://h/X/b/c/d/e today or so",
                   "at https://h/a/b/c/d/Y today or so"),
            "conflict");
  EXPECT_EQ(merged("see [the plan](a b c d e) of all today", "see [the plan](X b c d e) of all today",
                   "see [the plan](a b c d Y) of all today"),
            "conflict");
  EXPECT_EQ(merged("see [the plan](a/b) of all today", "see [the plan](a/c) of all today",
                   "see [the plan](a/b) of all tomorrow"),
            "see [the plan](a/c) of all tomorrow");
}

TEST(Words, a_line_that_was_mostly_rewritten_is_a_conflict) {
  EXPECT_EQ(merged("a b c d e f", "A B C D e f", "a b c d e F"), "conflict");
  EXPECT_EQ(merged("a b c d e f", "A B C d e f", "a b c d e F"), "A B C d e F");
}

TEST(Words, repeated_words_leave_no_doubt_or_no_merge) {
  EXPECT_EQ(merged("very very good words here today", "very good words here today", "very very good words there today"),
            "very good words there today");
  EXPECT_EQ(merged("no no no yes it is so now", "no no yes it is so now", "no NO no yes it is so now"), "conflict");
}

TEST(Words, a_line_above_the_bound_is_not_taken_apart) {
  const std::string within(line_bytes_max - 12, 'a');
  EXPECT_EQ(merged("x y " + within + " z", "X y " + within + " z", "x y " + within + " Z"), "X y " + within + " Z");
  const std::string above(line_bytes_max, 'a');
  EXPECT_EQ(merged("x y " + above + " z", "X y " + above + " z", "x y " + above + " Z"), "conflict");
}

TEST(Words, ideographs_are_words_without_blanks) {
  EXPECT_EQ(merged("\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94",
                   "\xE5\x85\xAD\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94",
                   "\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xB8\x83"),
            "\xE5\x85\xAD\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xB8\x83");
}

RC_GTEST_PROP(Words, tokens_hold_every_byte_and_rows_give_back_the_three_lines,
              (std::string base, std::string ours, std::string theirs)) {
  std::string all;
  for (const Token& token : tokenize(base)) all += token.text;
  RC_ASSERT(all == base);
  DiffBudget budget;
  const auto line = merge_words(base, ours, theirs, budget);
  if (!line) return;
  std::string columns[3];
  for (const WordRow& row : line->rows) {
    columns[0] += row.base;
    columns[1] += row.ours;
    columns[2] += row.theirs;
  }
  RC_ASSERT(columns[0] == base);
  RC_ASSERT(columns[1] == ours);
  RC_ASSERT(columns[2] == theirs);
}

}  // namespace
}  // namespace leanspec::merge
