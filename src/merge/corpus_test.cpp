#include "tests/fakes/corpus.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <string>

#include "merge/merge_documents.h"
#include "tests/fakes/merge_cases.h"
#include "tests/fakes/merge_judge.h"

namespace leanspec::merge {
namespace {

using tests::MergeJudge;
using tests::Verdict;

std::string text_of(const boost::json::value& line, const char* key) {
  return std::string(line.as_object().at(key).as_string());
}

TEST(MergeCorpus, every_merge_of_two_real_edits_gives_what_was_written_in_the_end) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  std::ifstream file(*corpus / "merge-cases.jsonl");
  if (!file) GTEST_SKIP() << "the corpus has no merge-cases.jsonl";
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    const auto one = boost::json::parse(line);
    const auto base = text_of(one, "base");
    const auto ours = text_of(one, "ours");
    const auto theirs = text_of(one, "theirs");
    const Outcome outcome = merge_documents(base, ours, theirs, Side::theirs);
    ASSERT_TRUE(outcome.clean()) << text_of(one, "name") << ": " << outcome.conflicts[0].why;
    const auto verdict = MergeJudge::judge(text_of(one, "expected"), outcome.text);
    EXPECT_TRUE(verdict == Verdict::exact || verdict == Verdict::equivalent) << text_of(one, "name");
    EXPECT_EQ(merge_documents(base, theirs, ours, Side::ours).text, outcome.text) << text_of(one, "name");
    ++cases;
  }
  EXPECT_GT(cases, 100U);
}

constexpr const char* small_body = R"(# Plan

The hub keeps every version of a document for ever.
A person decides what cannot be merged.

## Tasks

- [ ] Write the scanner of the folder
- [ ] Write the watcher of the folder
- [x] Choose a name for the whole thing
- [ ] Tell everybody about it next week

## Limits

| what | how many |
|------|----------|
| documents | ten thousand |
| machines | twenty |

Nothing is sized by what a peer merely claims.

## Notes

- The first note is about the order of sections
- The second note is about words in a line
- The third note says nothing new at all

### Later

Some day this will be translated into other languages.

## End

That is all that there is to say here.
)";

/// Typed edits on real bodies, or on the small one without them: nothing merged may be wrong, and what must conflict
/// does.
TEST(MergeCorpus, typed_edits_of_two_people_are_merged_right_or_not_at_all) {
  std::vector<std::string> bodies = {small_body};
  if (const auto corpus = tests::corpus_folder()) {
    for (const auto& file : tests::corpus_files(*corpus))
      if (file.path.ends_with("README.md") && bodies.size() < 60)
        bodies.push_back(file.bytes.substr(file.bytes.find("\n---\n", 3) + 5));
  }
  tests::CaseMaker maker(bodies, 20261122);
  std::size_t conflicts = 0;
  std::size_t expected_conflicts = 0;
  for (int i = 0; i < 400; ++i) {
    const auto one = maker.next();
    const Outcome outcome = merge_documents(one.base, one.ours, one.theirs, Side::theirs);
    const Outcome exchanged = merge_documents(one.base, one.theirs, one.ours, Side::ours);
    EXPECT_EQ(outcome.text, exchanged.text) << one.kind << "\n" << one.base;
    if (!one.expected) {
      EXPECT_FALSE(outcome.clean()) << one.kind << "\n" << outcome.text;
      ++expected_conflicts;
    } else if (outcome.clean()) {
      EXPECT_NE(MergeJudge::judge(*one.expected, outcome.text), Verdict::wrong) << one.kind << "\n" << outcome.text;
    } else {
      ++conflicts;
    }
  }
  EXPECT_GT(expected_conflicts, 10U);
  EXPECT_LT(conflicts, 60U);
}

}  // namespace
}  // namespace leanspec::merge
