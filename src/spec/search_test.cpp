#include "spec/search.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>

#include "spec/excerpts.h"
#include "spec/unicode.h"
#include "text/utf8.h"

namespace leanspec::spec {
namespace {

struct Fixture {
  std::string id, title;
  std::vector<std::string> tags = {};
  std::string body = {};
  SpecStatus status = SpecStatus::planned;
  std::optional<Priority> priority = {};
  std::string created = "2025-11-03";
  std::string design = {};
};

SpecEntry make(const Fixture& from) {
  auto spec = std::make_shared<Spec>();
  spec->id = from.id;
  spec->title = from.title;
  spec->tags = from.tags;
  spec->status = from.status;
  spec->priority = from.priority;
  spec->created = from.created;
  spec->source.bytes = std::make_shared<const std::string>(from.body);
  SpecEntry entry;
  entry.spec = std::move(spec);
  if (!from.design.empty()) {
    entry.sub_specs.resize(1);
    entry.sub_specs[0].file = "DESIGN.md";
    entry.sub_specs[0].source.bytes = std::make_shared<const std::string>(from.design);
  }
  return entry;
}

std::optional<double> score(std::string_view query, const Fixture& fixture) {
  const SpecEntry entry = make(fixture);
  return PreparedQuery(parse_query(query).value()).score(*entry.spec, TextIndex(entry));
}

std::vector<Excerpt> excerpts_of(std::string_view query, const Fixture& fixture) {
  const SpecEntry entry = make(fixture);
  return excerpts(PreparedQuery(parse_query(query).value()), *entry.spec, TextIndex(entry));
}

std::vector<std::string> marked(const Excerpt& excerpt) {
  std::vector<std::string> all;
  for (const auto& [begin, end] : excerpt.highlights) all.push_back(excerpt.text.substr(begin, end - begin));
  return all;
}

const Fixture auth = {
    "001-auth-system",       "User Authentication", {"security", "api"}, "Implements login and token refresh.",
    SpecStatus::in_progress, Priority::high,        "2025-11-03",        ""};
const Fixture cli = {
    "002-cli-refactor",  "CLI Command Refactor", {"cli"},      "Improve command parsing and help output.",
    SpecStatus::planned, Priority::medium,       "2025-10-12", ""};

TEST(Needle, finds_each_place_that_a_plain_search_finds) {
  std::string haystack;
  for (int i = 0; i < 400; ++i) haystack += std::string("abcab")[static_cast<std::size_t>(i * i % 5)];
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t from = 0; from + length < haystack.size(); from += 7) {
      std::string term = haystack.substr(from, length);
      for (const bool spoiled : {false, true}) {
        if (spoiled) term[length / 3] = 'x';
        const Needle needle(term);
        for (std::size_t start = 0; start < haystack.size(); start += 31) {
          ASSERT_EQ(needle.find(haystack, start), haystack.find(term, start)) << term << " from " << start;
        }
      }
    }
  }
}

TEST(Search, queries_match_what_leanspec_matches) {
  struct Row {
    const char* query;
    bool matches_auth, matches_cli;
  };
  const Row rows[] = {
      {"auth AND security", true, false},
      {"frontend OR cli", false, true},
      {"auth NOT cli", true, false},
      {"NOT cli", true, false},
      {"status:in-progress", true, false},
      {"tag:cli", false, true},
      {"tag:secur", true, false},
      {"priority:high", true, false},
      {"title:refactor", false, true},
      {"created:>2025-10", true, false},
      {"created:<=2025-10-12", false, true},
      {"created:2025", true, true},
      {"\"token refresh\"", true, false},
      {"\"refresh token\"", false, false},
      {"authetication~", true, false},
      {"comand~ parsng~", false, true},
      {"xuthenticxtion~2", true, false},
      {"xuthenticxtion~", false, false},
      {"user auth", true, false},
      {"nowhere", false, false},
      {"a", true, true},
      {"NOT status:planned", true, false},
      {"ＡＵＴＨ", true, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(score(row.query, auth).has_value(), row.matches_auth) << row.query;
    EXPECT_EQ(score(row.query, cli).has_value(), row.matches_cli) << row.query;
  }
}

TEST(Search, scores_are_leanspecs) {
  const Fixture spec = {
      "010-sync", "Sync Bridge", {"sync", "web-sync"}, "sync sync sync sync sync sync\nthe sync bridge"};
  EXPECT_EQ(score("sync", spec), 10 + 5 + 8 + 6 + 3 + 5);  // title, whole word, path, tag, exact tag, body up to 5
  EXPECT_EQ(score("bridge", spec), 10 + 5 + 1);
  EXPECT_EQ(score("brid", spec), 10 + 1);              // no whole word
  EXPECT_EQ(score("sync bridge", spec), 37 + 16 + 4);  // two terms in the title
  EXPECT_EQ(score("\"sync bridge\"", spec), 14 + 2);
  EXPECT_EQ(score("tag:sync", spec), 2);
  EXPECT_EQ(score("NOT other", spec), 1);
  EXPECT_EQ(score("bridgee~", spec), 7 + 1.5);  // one slip: title 8-1, body 2-0.5
  EXPECT_EQ(score("other OR bridge", spec), 16);
}

TEST(Search, a_hit_in_a_sub_spec_counts_half) {
  Fixture spec = {"010-x", "X", {}, "body"};
  spec.design = "# Design\n\nreconcile the trees\nreconcile again";
  EXPECT_EQ(score("reconcile", spec), 1.0);
  const auto found = excerpts_of("reconcile trees", spec);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].file, "DESIGN.md");
  EXPECT_EQ(found[0].line, 3u);
  EXPECT_EQ(found[0].text, "reconcile the trees");
  EXPECT_EQ(marked(found[0]), (std::vector<std::string>{"reconcile", "trees"}));
}

TEST(Search, excerpts_show_the_title_and_the_lines_with_most_terms) {
  const Fixture spec = {"010-x", "Live Sync", {}, "one sync\ntwo\nthree sync with the live view\nfour live\n"};
  const auto found = excerpts_of("live sync", spec);
  ASSERT_EQ(found.size(), excerpts_max);
  EXPECT_EQ(found[0].text, "Live Sync");
  EXPECT_EQ(found[0].line, 0u);
  EXPECT_EQ(marked(found[0]), (std::vector<std::string>{"Live", "Sync"}));
  EXPECT_EQ(found[1].text, "three sync with the live view");
  EXPECT_EQ(found[1].line, 3u);
  EXPECT_EQ(found[2].line, 1u);
}

TEST(Search, chinese_is_found_by_any_of_its_characters) {
  const Fixture spec = {"010-x", "实时同步架构", {"同步"}, "机器之间的实时同步，ＡＰＩ 说明"};
  EXPECT_TRUE(score("实时", spec));
  EXPECT_TRUE(score("步", spec));
  EXPECT_TRUE(score("api", spec));
  EXPECT_FALSE(score("时实", spec));
  const auto found = excerpts_of("同步 api", spec);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(marked(found[0]), (std::vector<std::string>{"同步"}));
  EXPECT_EQ(marked(found[1]), (std::vector<std::string>{"同步", "ＡＰＩ"}));
}

TEST(Search, a_long_line_is_cut_around_the_hit) {
  std::string body;
  for (int i = 0; i < 400; ++i) body += "字符 ";
  body += "needle";
  for (int i = 0; i < 400; ++i) body += " 字符";
  const auto found = excerpts_of("needle", {"010-x", "X", {}, body});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LE(found[0].text.size(), excerpt_bytes_max);
  EXPECT_TRUE(found[0].text.starts_with("…") && found[0].text.ends_with("…"));
  EXPECT_EQ(marked(found[0]), (std::vector<std::string>{"needle"}));
}

TEST(Search, bytes_that_are_no_text_are_shown_as_replacement_characters) {
  const auto found = excerpts_of("needle", {"010-x", "X", {}, "\xff\xfe needle \xe4\xb8"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text, "\uFFFD\uFFFD needle \uFFFD\uFFFD");
}

RC_GTEST_PROP(Search, highlights_lie_on_character_boundaries_and_hold_a_term, ()) {
  const std::vector<std::string> letters = {"a", "B", " ", "\n", "Ä", "Ａ", "中", "文", "🙂", "ſ", "\xff", "\xe4\xb8"};
  const auto join = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
  };
  Fixture spec = {"010-x", "Title", {}, ""};
  spec.body = join(*rc::gen::resize(400, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(letters))));
  const std::string term =
      join(*rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                                   rc::gen::elementOf(std::vector<std::string>{"A", "b", "ä", "中", "文", "🙂"})))));
  if (!score(term, spec)) {
    RC_ASSERT(fold(spec.body).find(fold(term)) == std::string::npos);
    return;
  }
  const auto all = excerpts_of(term, spec);
  RC_ASSERT(!all.empty() && all.size() <= excerpts_max);
  for (const Excerpt& excerpt : all) {
    RC_ASSERT(!text::first_invalid_utf8(excerpt.text).has_value());
    RC_ASSERT(excerpt.text.size() <= excerpt_bytes_max);
    RC_ASSERT(!excerpt.highlights.empty());
    std::size_t last = 0;
    for (const auto& [begin, end] : excerpt.highlights) {
      RC_ASSERT(begin < end && end <= excerpt.text.size() && (last == 0 || begin > last));
      RC_ASSERT(text::character_boundary(excerpt.text, begin) == begin &&
                text::character_boundary(excerpt.text, end) == end);
      RC_ASSERT(fold(excerpt.text.substr(begin, end - begin)).find(fold(term)) != std::string::npos);
      last = end;
    }
  }
}

}  // namespace
}  // namespace leanspec::spec
