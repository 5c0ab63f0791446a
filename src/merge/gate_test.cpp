#include "merge/gate.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace leanspec::merge {
namespace {

const std::string base = "# T\n\none of the words\ntwo of the words\n\nthree\nfour\n";
const std::string ours = "# T\n\nONE of the words\ntwo of the words\n\nthree\nfour\nfive\n";
const std::string theirs = "# T\n\none of the WORDS\ntwo of the words\n\nfour\n";

struct Case {
  BodyTexts texts = read_bodies(base, ours, theirs);
  BodyMerge merge;

  Case() {
    DiffBudget budget;
    merge = merge_body(texts, WordsInLines::merge, budget);
  }
  /// The first row that fits.
  Row& row(const std::function<bool(const Row&)>& fits) {
    for (auto& section : merge.sections)
      for (auto& stretch : section.stretches)
        for (auto& one : stretch.rows)
          if (fits(one)) return one;
    throw std::logic_error("no such row");
  }
};

TEST(Gate, a_right_merge_passes) {
  Case one;
  ASSERT_TRUE(one.merge.clean());
  EXPECT_EQ(one.merge.text(), "# T\n\nONE of the WORDS\ntwo of the words\n\nfour\nfive\n");
  EXPECT_EQ(refuse(one.texts, one.merge), std::nullopt);
}

TEST(Gate, an_edit_that_is_missing_doubled_or_altered_does_not_pass) {
  const std::function<void(Case&)> spoilers[] = {
      [](Case& one) { one.row([](const Row& row) { return row.ours == "five"; }).ours.reset(); },
      [](Case& one) { one.row([](const Row& row) { return row.base == "three"; }).theirs = "three"; },
      [](Case& one) { one.row([](const Row& row) { return row.base == "three"; }).ours = "3"; },
      [](Case& one) { one.row([](const Row& row) { return row.base == "four"; }).ours = "4"; },
      [](Case& one) { one.row([](const Row& row) { return row.words.has_value(); }).words->text = "ONE of the words"; },
      [](Case& one) { one.row([](const Row& row) { return row.words.has_value(); }).words->rows.pop_back(); },
      [](Case& one) { one.row([](const Row& row) { return row.words.has_value(); }).words.reset(); },
      [](Case& one) { one.merge.sections[0].stretches.pop_back(); },
      [](Case& one) { one.merge.sections.push_back(one.merge.sections[0]); },
      [](Case& one) { std::swap(one.merge.sections[0].stretches.front(), one.merge.sections[0].stretches.back()); },
      [](Case& one) { one.merge.sections[0].ours.reset(); },
  };
  int number = 0;
  for (const auto& spoil : spoilers) {
    Case one;
    spoil(one);
    EXPECT_NE(refuse(one.texts, one.merge), std::nullopt) << "spoiler " << number;
    ++number;
  }
}

/// Merges by lines what the structure of the text forbids.
std::string refused(std::string_view of_base, std::string_view of_ours, std::string_view of_theirs) {
  const auto texts = read_bodies(of_base, of_ours, of_theirs);
  DiffBudget budget;
  const auto merge = merge_body(texts, WordsInLines::merge, budget);
  if (!merge.clean()) return "conflict before the gate";
  return refuse(texts, merge).value_or("");
}

TEST(Gate, structure_that_only_the_merge_would_break_does_not_pass) {
  EXPECT_NE(refused("a\n\nb\n\nc\n", "a\n```\n\nb\n\nc\n", "a\n\nb\n\nc\n\nd\n").find("code block"), std::string::npos);
  EXPECT_NE(
      refused("1. a\n2. b\n3. c\n", "1. a\n2. new\n3. b\n4. c\n", "1. a\n2. b\n3. c\n4. d\n").find("numbered list"),
      std::string::npos);
  EXPECT_NE(refused("a\n\nb\n", "a\n\n[x]: u\n\nb\n", "a\n\nb\n\n[x]: v\n").find("defined twice"), std::string::npos);
  EXPECT_NE(refused("a\n\nb\n\nc\n", "a\n\nc\n\nb\n", "a\n\nc\n"), "");
}

TEST(Gate, what_both_moved_is_not_there_twice) {
  EXPECT_NE(refused("one line\na\nb\nc\nd\ne\n", "a\nb\none line\nc\nd\ne\n", "a\nb\nc\nd\none line\ne\n"), "");
}

TEST(Gate, two_moves_that_cannot_both_be_had_do_not_pass) {
  EXPECT_NE(refused("a\nb\nc\n", "b\na\nc\n", "a\nc\nb\n"), "");
  EXPECT_EQ(refused("a\nb\n\nm\n\nc\nd\n", "b\na\n\nm\n\nc\nd\n", "a\nb\n\nm\n\nd\nc\n"), "");
}

}  // namespace
}  // namespace leanspec::merge
