#include "spec/query.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

Query one(QueryTerm term) {
  return Query{{{{std::move(term), false}}}};
}
TextTerm word(std::string text) {
  return {std::move(text), false};
}
TextTerm phrase(std::string text) {
  return {std::move(text), true};
}

TEST(Query, what_leanspec_understands_is_understood) {
  struct Row {
    std::string text;
    Query query;
  };
  const Row rows[] = {
      {"Sync", one(word("sync"))},
      {"sync bridge", {{{{word("sync"), false}, {word("bridge"), false}}}}},
      {"sync and bridge", {{{{word("sync"), false}, {word("bridge"), false}}}}},
      {"sync OR bridge", {{{{word("sync"), false}}, {{word("bridge"), false}}}}},
      {"a b OR c d", {{{{word("a"), false}, {word("b"), false}}, {{word("c"), false}, {word("d"), false}}}}},
      {"auth NOT cli", {{{{word("auth"), false}, {word("cli"), true}}}}},
      {"NOT NOT cli", one(word("cli"))},
      {"a OR NOT b", {{{{word("a"), false}}, {{word("b"), true}}}}},
      {"\"token refresh\"", one(phrase("token refresh"))},
      {"\"and\"", one(phrase("and"))},
      {"x\"y z\"w", {{{{word("x"), false}, {phrase("y z"), false}, {word("w"), false}}}}},
      {"ＡＰＩ　Ｋｅｙ", {{{{word("api"), false}, {word("key"), false}}}}},
      {"实时", one(word("实时"))},
      {"Status:In_Progress", one(StatusTerm{SpecStatus::in_progress})},
      {"status:completed", one(StatusTerm{SpecStatus::complete})},
      {"priority:urgent", one(PriorityTerm{Priority::critical})},
      {"tag:API", one(TagTerm{"api"})},
      {"title:\"Sync Bridge\"", one(TitleTerm{"sync bridge"})},
      {"created:2026", one(CreatedTerm{20260000, 20261231})},
      {"created:=2026-03", one(CreatedTerm{20260300, 20260331})},
      {"created:2026-03-09", one(CreatedTerm{20260309, 20260309})},
      {"created:>2026-03", one(CreatedTerm{20260332, 99999999})},
      {"created:>=2026-03", one(CreatedTerm{20260300, 99999999})},
      {"created:<2026-03", one(CreatedTerm{0, 20260299})},
      {"created:<=2026", one(CreatedTerm{0, 20261231})},
      {"authetication~", one(FuzzyTerm{"authetication", 1})},
      {"word~2", one(FuzzyTerm{"word", 2})},
  };
  for (const Row& row : rows) {
    const auto query = parse_query(row.text);
    ASSERT_TRUE(query) << row.text << ": " << query.error().sentence();
    EXPECT_TRUE(*query == row.query) << row.text;
  }
}

TEST(Query, what_does_not_parse_says_where_and_what_is_allowed) {
  struct Row {
    std::string text;
    std::string what;
    std::string remedy;
  };
  const Row rows[] = {
      {"", "empty", "at least one word"},
      {"  \u3000 ", "empty", "at least one word"},
      {"foo:bar", "no field 'foo:' at character 1", "status:, tag:, priority:, created: and title:"},
      {"数 foo:bar", "no field 'foo:' at character 3", "in quotes"},
      {"http://x", "no field 'http:' at character 1", "in quotes"},
      {"a tag:", "'tag:' has no value at character 3", "behind the colon"},
      {"status:open", "'open' is no status at character 1", "draft, planned, in-progress, complete or archived"},
      {"priority:p1", "'p1' is no priority", "low, medium, high or critical"},
      {"created:yesterday", "no date", "created:2026-03"},
      {"created:>2026-13", "no date", "created:2026-03"},
      {"created:2026/03", "no date", "created:2026-03"},
      {"a \"b", "never closes that opens at character 3", "Close it"},
      {"a \"\"", "nothing stands in the quotes at character 3", "words"},
      {"auth AND", "'AND' has nothing behind it at character 6", "behind it"},
      {"auth NOT", "'NOT' has nothing behind it", "behind it"},
      {"AND", "'AND' has nothing to join at character 1", "before it"},
      {"a OR OR b", "'OR' has nothing to join at character 6", "before it"},
      {"~", "no fuzzy word", "word~"},
      {"word~9", "no fuzzy word", "word~2"},
      {"ab~2", "'ab~2' would match any word at character 1", "fewer slips"},
      {"字~", "would match any word", "fewer slips"},
      {"aa~ bb~ cc~ dd~ ee~", "more than 4 fuzzy words at character 17", "Leave out"},
      {"word~x", "no fuzzy word", "in quotes"},
      {"a \xff", "no UTF-8 stands at character 3", ""},
  };
  for (const Row& row : rows) {
    const auto query = parse_query(row.text);
    ASSERT_FALSE(query) << row.text;
    EXPECT_EQ(query.error().code, ErrorCode::invalid);
    EXPECT_NE(query.error().what.find(row.what), std::string::npos) << query.error().what;
    EXPECT_NE(query.error().remedy.find(row.remedy), std::string::npos) << query.error().remedy;
  }
}

TEST(Query, limits_hold_at_the_limit_and_refuse_above) {
  std::string terms;
  for (std::size_t i = 0; i < query_terms_max; ++i) terms += "a ";
  EXPECT_TRUE(parse_query(terms));
  EXPECT_FALSE(parse_query(terms + "a"));
  EXPECT_TRUE(parse_query(std::string(query_bytes_max, 'a')));
  const auto longer = parse_query(std::string(query_bytes_max + 1, 'a'));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::too_large);
  EXPECT_TRUE(parse_query(std::string(fuzzy_characters_max, 'a') + "~"));
  EXPECT_FALSE(parse_query(std::string(fuzzy_characters_max + 1, 'a') + "~"));
}

TEST(Query, days_are_read_from_dates_and_timestamps) {
  EXPECT_EQ(day_number("2026-03-31"), 20260331);
  EXPECT_EQ(day_number("2026-03-31T10:00:00Z"), 20260331);
  EXPECT_EQ(day_number("2026-03"), 0);
  EXPECT_EQ(day_number("2026"), 0);
  EXPECT_EQ(day_number("soon, maybe"), 0);
}

RC_GTEST_PROP(Query, any_text_gives_a_query_or_an_error, (const std::string& text)) {
  const auto query = parse_query(text);
  if (query) RC_ASSERT(!query->any_of.empty() && !query->any_of.back().empty());
}

}  // namespace
}  // namespace leanspec::spec
