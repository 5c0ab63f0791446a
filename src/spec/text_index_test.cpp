#include "spec/text_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "spec/unicode.h"

namespace leanspec::spec {
namespace {

/// Texts of few different characters, so that terms are often found: case, width, several scripts.
rc::Gen<std::string> small_text() {
  const std::vector<std::string> letters = {"a",  "B",  "b",  " ",  "\n",   "-", "Ä",   "ß",
                                            "Ａ", "１", "中", "文", "🙂", "é", "\xff"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(letters)),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& part : parts) text += part;
                        return text;
                      });
}

RC_GTEST_PROP(TextSignature, never_rejects_a_text_that_contains_the_term, ()) {
  const std::string text = fold(*small_text());
  RC_PRE(!text.empty());
  const auto begin = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto length = *rc::gen::inRange<std::size_t>(1, text.size() - begin + 1);
  TextSignature signature(text.size());
  signature.add(text);
  RC_ASSERT(signature.may_contain(SignatureProbe(text.substr(begin, length))));
}

TEST(TextSignature, rejects_nearly_every_term_that_is_not_there) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "word" + std::to_string(i * 7919) + " ";
  TextSignature signature(text.size());
  signature.add(text);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) kept += signature.may_contain(SignatureProbe("xq" + std::to_string(i) + "zj")) ? 1 : 0;
  EXPECT_LE(kept, 5);
}

RC_GTEST_PROP(FoldedText, every_folded_character_finds_its_way_back, ()) {
  std::string text;
  const std::string part = *small_text();
  const auto times = *rc::gen::inRange(0, 400);
  for (int i = 0; i < times; ++i) text += part;
  const FoldedText folded(text);
  RC_ASSERT(folded.folded() == fold(text));
  std::size_t at = 0;
  for (std::size_t original = 0; original < text.size();) {
    const Character character = character_at(text, original);
    if (at % 97 == 0) RC_ASSERT(folded.original_offset(text, at) == original);
    at += fold(std::string_view(text).substr(original, character.length)).size();
    original += character.length;
  }
  RC_ASSERT(folded.original_offset(text, at) == text.size());
}

std::size_t distance_by_definition(const std::u32string& a, const std::u32string& b) {
  if (a.empty()) return b.size();
  if (b.empty()) return a.size();
  const std::size_t replaced = distance_by_definition(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1);
  return std::min({replaced, distance_by_definition(a.substr(1), b) + 1, distance_by_definition(a, b.substr(1)) + 1});
}

RC_GTEST_PROP(Vocabulary, finds_the_nearest_word_as_the_definition_does, ()) {
  const auto letters = rc::gen::elementOf(std::string("abc"));
  const auto wanted = *rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::string>(letters)));
  const auto words = *rc::gen::resize(
      6, rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(rc::gen::container<std::string>(letters))));
  const auto allowed = *rc::gen::inRange<std::size_t>(0, 4);
  std::string text;
  std::optional<std::size_t> best;
  for (const std::string& word : words) {
    text += word + " ";
    const std::size_t distance = distance_by_definition({wanted.begin(), wanted.end()}, {word.begin(), word.end()});
    if (distance <= allowed && (!best || distance < *best)) best = distance;
  }
  const auto match = Vocabulary(text).nearest(FuzzyWord(wanted, allowed), text);
  RC_ASSERT(match.has_value() == best.has_value());
  if (match) RC_ASSERT(match->distance == *best);
}

SourceFile file_of(std::string path, std::string bytes) {
  SourceFile file;
  file.path = std::move(path);
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

SpecEntry entry_of(std::string body) {
  auto spec = std::make_shared<Spec>();
  spec->id = "001-one";
  spec->title = "One";
  spec->source = file_of("001-one/README.md", std::move(body));
  SpecEntry entry;
  entry.spec = std::move(spec);
  return entry;
}

TEST(TextIndex, takes_sub_specs_that_are_text_and_leaves_binary_files) {
  SpecEntry entry = entry_of("body");
  entry.sub_specs.resize(2);
  entry.sub_specs[0].file = "DESIGN.md";
  entry.sub_specs[0].source = file_of("001-one/DESIGN.md", "Design\n");
  entry.sub_specs[1].file = "picture.png";
  entry.sub_specs[1].source = file_of("001-one/picture.png", std::string("\x89PNG\0\0", 6));
  const TextIndex index(entry);
  ASSERT_EQ(index.texts().size(), 2u);
  EXPECT_EQ(index.texts()[0]->file(), "");
  EXPECT_EQ(index.texts()[1]->file(), "DESIGN.md");
  EXPECT_TRUE(index.signature().may_contain(SignatureProbe("design")));
}

TEST(TextIndex, counts_lines_however_many_and_wherever_they_end) {
  std::string text;
  for (int i = 0; i < 9000; ++i) text += i % 3 == 0 ? "a long line of more than sixteen bytes\n" : "\n";
  const TextIndex::Text one("", std::make_shared<const std::string>(text), 0, 7, text.size());
  std::uint32_t line = 7;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at % 97 == 0 || at + 40 > text.size()) ASSERT_EQ(one.line_at(at), line) << at;
    if (text[at] == '\n') ++line;
  }
}

TEST(TextIndex, of_a_long_file_the_first_part_is_searched) {
  const TextIndex at_limit(entry_of(std::string(searched_file_bytes_max - 4, 'a') + "last"));
  EXPECT_TRUE(at_limit.texts()[0]->folded().ends_with("last"));
  const TextIndex over(entry_of(std::string(searched_file_bytes_max, 'a') + "last"));
  EXPECT_EQ(over.texts()[0]->folded().size(), searched_file_bytes_max);
}

}  // namespace
}  // namespace leanspec::spec
