#include "merge/merge_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leanspec::merge {
namespace {

struct Example {
  const char* says;
  const char* base;
  const char* ours;
  const char* theirs;
  const char* merged;  ///< null: a conflict
};

void check(const Example& example) {
  SCOPED_TRACE(example.says);
  const Outcome outcome = merge_documents(example.base, example.ours, example.theirs, Side::theirs);
  const Outcome exchanged = merge_documents(example.base, example.theirs, example.ours, Side::ours);
  EXPECT_EQ(outcome.clean(), example.merged != nullptr) << (outcome.clean() ? outcome.text : outcome.conflicts[0].why);
  EXPECT_EQ(exchanged.clean(), outcome.clean());
  if (example.merged == nullptr) {
    EXPECT_EQ(outcome.text, "");
    EXPECT_FALSE(outcome.conflicts.empty());
    return;
  }
  EXPECT_EQ(outcome.text, example.merged);
  EXPECT_EQ(exchanged.text, example.merged);
}

TEST(MergeDocuments, known_failures_of_text_merges) {
  const Example examples[] = {
      {"adjacent lines", "one a\ntwo b\nthree c\n", "one A\ntwo b\nthree c\n", "one a\ntwo B\nthree c\n",
       "one A\ntwo B\nthree c\n"},
      {"adjacent checkboxes", "- [ ] a\n- [ ] b\n", "- [x] a\n- [ ] b\n", "- [ ] a\n- [x] b\n", "- [x] a\n- [x] b\n"},
      {"both insert at one point", "a\nb\n", "a\nx\nb\n", "a\ny\nb\n", nullptr},
      {"both insert the same", "a\nb\n", "a\nx\nb\n", "a\nx\nb\n", "a\nx\nb\n"},
      {"both append at the end", "a\n", "a\nx\n", "a\ny\n", nullptr},
      {"both insert the same, one edits elsewhere too", "a\nb\nc\n", "a\nx\nb\nc\n", "a\nx\nb\nC\n", "a\nx\nb\nC\n"},
      {"delete against edit", "a\nlong line here\nc\n", "a\nc\n", "a\nlong line there\nc\n", nullptr},
      {"both delete, one more", "a\nb\nc\nd\n", "a\nd\n", "a\n", "a\n"},
      {"long line, far words", "The hub keeps every version of a document for ever.\n",
       "A hub keeps every version of a document for ever.\n", "The hub keeps every version of a document for good.\n",
       "A hub keeps every version of a document for good.\n"},
      {"long line, words side by side", "The hub keeps every version.\n", "A hub keeps every version.\n",
       "The node keeps every version.\n", nullptr},
      {"only punctuation between", "alpha, beta gamma delta epsilon\n", "ALPHA, beta gamma delta epsilon\n",
       "alpha; beta gamma delta epsilon\n", nullptr},
      {"checkbox and the whole text", "- [ ] write it\n", "- [x] write it\n", "- [ ] read that\n", "- [x] read that\n"},
      {"checkbox and word", "- [ ] write the scanner\n", "- [x] write the scanner\n", "- [ ] write the watcher\n",
       "- [x] write the watcher\n"},
      {"a line in a code block is one thing", "```\nlet total = first + second + third;\n```\n",
       "```\nlet sum = first + second + third;\n```\n", "```\nlet total = first + second + fourth;\n```\n", nullptr},
      {"lines in a code block", "```\na();\nb();\nc();\n```\n", "```\nA();\nb();\nc();\n```\n",
       "```\na();\nb();\nC();\n```\n", "```\nA();\nb();\nC();\n```\n"},
      {"a link's target is one thing", "see the [plan for all](http://host/a/b/c) of us today\n",
       "see the [plan for all](http://host/x/b/c) of us today\n",
       "see the [plan for all](http://host/a/b/z) of us today\n", nullptr},
      {"cells of a row", "| a | b |\n|---|---|\n| yes | no |\n", "| a | b |\n|---|---|\n| maybe | no |\n",
       "| a | b |\n|---|---|\n| yes | never |\n", "| a | b |\n|---|---|\n| maybe | never |\n"},
      {"the rule of a table", "| a | b |\n|---|---|\n| y | n |\n", "| a | b |\n|:--|---|\n| y | n |\n",
       "| a | b |\n|---|--:|\n| y | n |\n", nullptr},
      {"a column against a row", "| a | b |\n|---|---|\n| y | n |\n", "| a | b | c |\n|---|---|---|\n| y | n | m |\n",
       "| a | b |\n|---|---|\n| y | n |\n| q | r |\n", nullptr},
      {"an open fence above other edits", "a\n\nb\n\nc\n", "a\n```\n\nb\n\nc\n", "a\n\nb\n\nc\n\nd\n", nullptr},
      {"numbers of a list", "1. a\n2. b\n3. c\n", "1. a\n2. new\n3. b\n4. c\n", "1. a\n2. b\n3. c\n4. d\n", nullptr},
      {"a rule becomes an underline", "a\n\n---\n\nb\n", "a\n---\n\nb\n", "a\n\nnew words here\n\n---\n\nb\n", nullptr},
      {"one link defined twice", "a [x]\n\nb\n\nc\n", "a [x]\n\n[x]: http://one\n\nb\n\nc\n",
       "a [x]\n\nb\n\nc\n\n[x]: http://two\n", nullptr},
      {"text added to a section that goes", "# a\n\n## b\n\n- one\n", "# a\n", "# a\n\n## b\n\n- one\n- two\n",
       nullptr},
      {"a child of an item that goes", "- a\n- b\n- c\n", "- a\n- c\n", "- a\n- b\n  - child\n- c\n", nullptr},
      {"a part added to a chapter that goes", "# T\n\n## a\n\n### b\n\nx\n\n## c\n", "# T\n\n## c\n",
       "# T\n\n## a\n\n### b\n\nx\n\n### new\n\ny\n\n## c\n", nullptr},
      {"an item beside an item that goes", "- a\n- b\n- c\n", "- a\n- c\n", "- a\n- b\n- new\n- c\n",
       "- a\n- new\n- c\n"},
      {"beside a paragraph that was moved", "first words here\n\nsecond words\n\nthird words\n",
       "second words\n\nthird words\n\nfirst words here\n", "first words here\nand on\n\nsecond words\n\nthird words\n",
       nullptr},
      {"which of two equal lines", "x\nsame\nsame\ny\n", "x\nsame\ny\n", "x\nsame\nchanged a bit\ny\n", nullptr},
      {"no marker is made", "<<<<<<< a\n", "<<<<<<< a\nb\n", "c\n<<<<<<< a\n", "c\n<<<<<<< a\nb\n"},
      {"no final newline stays so", "a b c\nd", "A b c\nd", "a b C\nd", "A b C\nd"},
      {"one side adds the final newline", "a\nb\nc", "a\nb\nc\n", "A\nb\nc", "A\nb\nc\n"},
  };
  for (const Example& example : examples) check(example);
}

TEST(MergeDocuments, sections_that_moved_take_edits_with_them) {
  const std::string one = "## One\n\n- a of one\n- b of one\n\n";
  const std::string two = "## Two\n\nwords of two\n\n";
  const std::string three = "## Three\n\nwords of three\n";
  const std::string edited = "## One\n\n- a of one\n- new\n- b of one\n\n";
  const auto outcome = merge_documents("# T\n\n" + one + two + three, "# T\n\n" + two + one + three,
                                       "# T\n\n" + edited + two + three, Side::theirs);
  EXPECT_EQ(outcome.text, "# T\n\n" + two + edited + three);
  ASSERT_FALSE(outcome.merged.empty());
  EXPECT_EQ(outcome.merged.back().by, MergedBy::heading);

  // The last section has no blank line behind it; the mover gave it one.
  const auto last =
      merge_documents("# T\n\n" + one + two + three, "# T\n\n" + one + three + "\n" + "## Two\n\nwords of two\n",
                      "# T\n\n" + one + two + three + "- more\n", Side::theirs);
  EXPECT_EQ(last.text, "# T\n\n" + one + three + "- more\n\n" + "## Two\n\nwords of two\n");

  // What the other side took from its end leaves the blank lines as they would be in its place.
  const auto shorter = merge_documents("# T\n\n## One\n\na\n\n## Two\n\nb\n", "# T\n\n## Two\n\nb\n\n## One\n\na\n",
                                       "# T\n\n## One\n\na\n\n## Two\n\n", Side::theirs);
  EXPECT_EQ(shorter.text, "# T\n\n## Two\n\n\n## One\n\na\n");

  const auto renamed = merge_documents("# T\n\n" + one + two + three, "# T\n\n" + two + one + three,
                                       "# T\n\n## First\n\n- a of one\n- b of one\n\n" + two + three, Side::theirs);
  EXPECT_EQ(renamed.text, "# T\n\n" + two + "## First\n\n- a of one\n- b of one\n\n" + three);

  const auto both = merge_documents("# T\n\n" + one + two + three, "# T\n\n" + two + one + three,
                                    "# T\n\n" + one + three + "\n" + two, Side::theirs);
  EXPECT_FALSE(both.clean());
}

TEST(MergeDocuments, equal_and_one_sided_edits_are_taken_byte_for_byte) {
  EXPECT_EQ(merge_documents("a\r\n\xFF", "a\r\n\xFF", "b\xFE", Side::ours).text, "b\xFE");
  EXPECT_EQ(merge_documents("a", "b\r\n", "a", Side::theirs).text, "b\r\n");
  EXPECT_EQ(merge_documents("a", "b", "b", Side::theirs).text, "b");
}

TEST(MergeDocuments, what_is_no_text_is_a_conflict_of_the_whole_document) {
  for (const auto* bad : {"a\xFF", "a\xC3"}) {
    const auto outcome = merge_documents("a", bad, "b", Side::theirs);
    ASSERT_EQ(outcome.conflicts.size(), 1U);
    EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::document);
    EXPECT_EQ(decide(outcome, {{Choice::Take::ours, ""}}), bad);
    EXPECT_EQ(decide(outcome, {{Choice::Take::theirs, ""}}), "b");
  }
  EXPECT_FALSE(merge_documents("a", std::string("b\0", 2), "c", Side::theirs).clean());
}

TEST(MergeDocuments, line_ends_are_no_edit_and_the_documents_own_stay) {
  const auto outcome =
      merge_documents("a b c d\n\nx\ny\n", "A b c d\r\n\r\nx\r\ny\r\n", "a b c d\n\nx\nY\n", Side::theirs);
  EXPECT_EQ(outcome.text, "A b c d\n\nx\nY\n");
  const auto crlf = merge_documents("a b\r\n\r\nx\r\ny\r\n", "A b\r\n\r\nx\r\ny\r\n", "a b\n\nx\nY\n", Side::theirs);
  EXPECT_EQ(crlf.text, "A b\r\n\r\nx\r\nY\r\n");
  const auto only_ends = merge_documents("a\nb\n", "a\r\nb\r\n", "a\nc\n", Side::theirs);
  EXPECT_EQ(only_ends.text, "a\nc\n");
  const auto marked = merge_documents(
      "\xEF\xBB\xBF"
      "a\n\nb\n",
      "\xEF\xBB\xBF"
      "A\n\nb\n",
      "\xEF\xBB\xBF"
      "a\n\nB\n",
      Side::theirs);
  EXPECT_EQ(marked.text,
            "\xEF\xBB\xBF"
            "A\n\nB\n");
}

TEST(MergeDocuments, a_conflict_names_its_places_and_can_be_decided_one_by_one) {
  const std::string head = "---\nstatus: planned\n---\n";
  const auto outcome = merge_documents(head + "# T\n\na\n\nmid\n\nb\n", head + "# T\n\nour a\n\nmid\n\nour b\n\nmore\n",
                                       head + "# T\n\ntheir a\n\nmid\n\ntheir b\n", Side::theirs);
  ASSERT_EQ(outcome.conflicts.size(), 2U);
  EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::text);
  EXPECT_EQ(outcome.conflicts[0].base.lines, (LineRange{5, 6}));
  EXPECT_EQ(outcome.conflicts[0].ours.text, "our a\n");
  EXPECT_EQ(outcome.conflicts[0].theirs.text, "their a\n");
  EXPECT_FALSE(outcome.conflicts[0].why.empty());
  EXPECT_EQ(outcome.conflicts[1].base.text, "b\n");
  using Take = Choice::Take;
  EXPECT_EQ(decide(outcome, {{Take::ours, ""}, {Take::theirs, ""}}), head + "# T\n\nour a\n\nmid\n\ntheir b\n");
  EXPECT_EQ(decide(outcome, {{Take::both, ""}, {Take::text, "c\n"}}), head + "# T\n\nour a\ntheir a\n\nmid\n\nc\n");
  EXPECT_EQ(decide(outcome, {{Take::base, ""}, {Take::base, ""}}), head + "# T\n\na\n\nmid\n\nb\n");
}

TEST(MergeDocuments, a_decided_text_has_the_documents_line_ends) {
  const auto outcome = merge_documents("a\r\nb\r\n", "x\r\nb\r\n", "y\r\nb\r\n", Side::theirs);
  ASSERT_EQ(outcome.conflicts.size(), 1U);
  EXPECT_EQ(decide(outcome, {{Choice::Take::text, "z\r\nq\n"}}), "z\r\nq\r\nb\r\n");
  EXPECT_EQ(decide(outcome, {{Choice::Take::both, ""}}), "x\r\ny\r\nb\r\n");
}

TEST(MergeDocuments, hostile_texts_are_a_conflict_and_never_a_hang) {
  std::string base;
  std::string ours;
  std::string theirs;
  for (int i = 0; i < 20000; ++i) {
    base += i % 3 == 0 ? "a\n" : "b\n";
    ours += i % 5 == 0 ? "a\n" : "b\n";
    theirs += i % 7 == 0 ? "a\n" : "b\n";
  }
  EXPECT_FALSE(merge_documents(base, ours, theirs, Side::theirs).clean());
  std::string line;
  for (int i = 0; i < 100000; ++i) line += i % 3 == 0 ? "a " : "b ";
  EXPECT_FALSE(merge_documents(line, "x " + line + "b a", line + "a a a b", Side::theirs).text.find("<<<<<<<") !=
               std::string::npos);
  std::string headings;
  for (std::size_t i = 0; i < 2 * document_lines_max / 3; ++i) headings += i % 2 == 0 ? "# a\n" : "# b\n";
  EXPECT_TRUE(merge_documents(headings, "# a\nx\n" + headings, headings + "y\n", Side::theirs).clean());
  EXPECT_FALSE(merge_documents(headings, "# b\n" + headings, headings + "# b\n# b\n", Side::theirs).text.empty());
  std::string fields = "---\n";
  for (int i = 0; i < 8000; ++i) fields += "k" + std::to_string(i) + ":\n";
  EXPECT_FALSE(
      merge_documents(fields + "a: 1\n---\n", fields + "a: 2\n---\n", fields + "a: 3\n---\n", Side::theirs).clean());
  EXPECT_TRUE(merge_documents(fields + "a: 1\n---\n", "---\nb: 2\n" + fields.substr(4) + "a: 1\n---\n",
                              fields + "a: 3\n---\n", Side::theirs)
                  .clean());
  std::string short_lines;
  for (std::size_t i = 0; i <= document_lines_max; ++i) short_lines += "\n";
  EXPECT_EQ(merge_documents(short_lines, short_lines + "a", "b" + short_lines, Side::theirs).conflicts.at(0).kind,
            ConflictKind::document);
  const std::string large(document_bytes_max + 1, 'a');
  EXPECT_EQ(merge_documents(large, large + "b", "c" + large, Side::theirs).conflicts.at(0).kind,
            ConflictKind::document);
}

TEST(merge_documents, line_ends_are_chosen_alike_whichever_side_is_called_ours) {
  const std::vector<std::string> texts{"one", "one\n", "one\r\n", "two\n", "two\r\n", "one\r\ntwo\r\n"};
  for (const auto& base : texts) {
    for (const auto& one : texts) {
      for (const auto& other : texts) {
        const auto there = merge_documents(base, one, other, Side::theirs);
        const auto back = merge_documents(base, other, one, Side::ours);
        EXPECT_EQ(there.text, back.text) << testing::PrintToString(base) << testing::PrintToString(one)
                                         << testing::PrintToString(other);
      }
    }
  }
  EXPECT_EQ(merge_documents("one", "\n", "\r\n", Side::theirs).text, "\n");
}

}  // namespace
}  // namespace leanspec::merge
