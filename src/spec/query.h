#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "spec/spec.h"
#include "vocabulary/result.h"

namespace leanspec::spec {

/// A query is typed by a person; longer ones are mistakes or attacks, and the work of a search grows with each term.
inline constexpr std::size_t query_bytes_max = 1024;
inline constexpr std::size_t query_terms_max = 16;
/// A fuzzy word is held against every word of every spec.
inline constexpr std::size_t fuzzy_terms_max = 4;
/// More than three slips in a word are another word, and so are as many slips as it has letters.
inline constexpr std::size_t fuzzy_distance_max = 3;
inline constexpr std::size_t fuzzy_characters_max = 64;

/// Text that must stand somewhere, case and width folded. A phrase came in quotes: spaces inside it count, and it
/// scores more.
struct TextTerm {
  std::string folded;
  bool phrase = false;

  friend bool operator==(const TextTerm&, const TextTerm&) = default;
};

/// A word within so many single-character edits (Levenshtein) of this one, or containing it.
struct FuzzyTerm {
  std::string folded;
  std::size_t distance = 1;

  friend bool operator==(const FuzzyTerm&, const FuzzyTerm&) = default;
};

struct StatusTerm {
  SpecStatus status;

  friend bool operator==(const StatusTerm&, const StatusTerm&) = default;
};

struct PriorityTerm {
  Priority priority;

  friend bool operator==(const PriorityTerm&, const PriorityTerm&) = default;
};

/// A tag that contains the text.
struct TagTerm {
  std::string folded;

  friend bool operator==(const TagTerm&, const TagTerm&) = default;
};

/// A title that contains the text.
struct TitleTerm {
  std::string folded;

  friend bool operator==(const TitleTerm&, const TitleTerm&) = default;
};

/// A creation day within [first, last], days written as the number 20260331.
struct CreatedTerm {
  int first = 0;
  int last = 99'999'999;

  friend bool operator==(const CreatedTerm&, const CreatedTerm&) = default;
};

using QueryTerm = std::variant<TextTerm, FuzzyTerm, StatusTerm, PriorityTerm, TagTerm, TitleTerm, CreatedTerm>;

struct QueryClause {
  QueryTerm term;
  bool negated = false;

  friend bool operator==(const QueryClause&, const QueryClause&) = default;
};

/// Matches where every clause of at least one group matches.
struct Query {
  std::vector<std::vector<QueryClause>> any_of;

  friend bool operator==(const Query&, const Query&) = default;
};

/// LeanSpec's query language: words (all must be there), "phrases", AND, OR (which parts groups of ANDs), NOT,
/// status: tag: priority: title: created:, word~ and word~2. Operators in any case. A value with spaces is quoted:
/// title:"sync bridge". Unlike LeanSpec, a query that does not parse is an error that says where and what is allowed.
[[nodiscard]] Result<Query> parse_query(std::string_view text);

/// The day in "2026-03-31" or the start of a timestamp, as 20260331; nought when there is none.
[[nodiscard]] int day_number(std::string_view text);

}  // namespace leanspec::spec
