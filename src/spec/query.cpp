#include "spec/query.h"

#include <array>
#include <charconv>
#include <optional>

#include "spec/folded_text.h"
#include "spec/unicode.h"
#include "text/utf8.h"

namespace leanspec::spec {
namespace {

struct Token {
  std::size_t position = 0;  ///< byte offset in the query
  std::string_view field;    ///< before the colon, when has_field
  std::string_view value;
  bool has_field = false;
  bool quoted = false;  ///< the value stood in quotes
};

std::size_t characters_in(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); at += character_at(text, at).length) ++characters;
  return characters;
}

/// "at character 12": people count characters, not bytes.
std::string place(std::string_view query, std::size_t offset) {
  return "at character " + std::to_string(characters_in(query.substr(0, offset)) + 1);
}

Error wrong(std::string_view query, std::size_t offset, std::string what, std::string remedy = {}) {
  return {ErrorCode::invalid, std::move(what) + " " + place(query, offset), "query", std::move(remedy)};
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return fold(text) == lower;
}

class Tokens {
 public:
  explicit Tokens(std::string_view query) : query_(query) {}

  /// The next token, or one without value at the end.
  [[nodiscard]] Result<std::optional<Token>> next() {
    skip_space();
    if (at_ == query_.size()) return std::optional<Token>{};
    Token token;
    token.position = at_;
    if (query_[at_] == '"') {
      LEANSPEC_TRY(take_quoted(token));
      return std::optional<Token>(token);
    }
    token.value = take_word();
    const std::size_t colon = token.value.find(':');
    if (colon == std::string_view::npos) return std::optional<Token>(token);
    token.has_field = true;
    token.field = token.value.substr(0, colon);
    token.value.remove_prefix(colon + 1);
    if (token.value.empty() && at_ < query_.size() && query_[at_] == '"') LEANSPEC_TRY(take_quoted(token));
    return std::optional<Token>(token);
  }

 private:
  void skip_space() {
    while (at_ < query_.size()) {
      const Character character = character_at(query_, at_);
      if (character_class(character.value) != CharacterClass::space) return;
      at_ += character.length;
    }
  }

  std::string_view take_word() {
    const std::size_t begin = at_;
    while (at_ < query_.size() && query_[at_] != '"') {
      const Character character = character_at(query_, at_);
      if (character_class(character.value) == CharacterClass::space) break;
      at_ += character.length;
    }
    return query_.substr(begin, at_ - begin);
  }

  Status take_quoted(Token& token) {
    const std::size_t open = at_;
    const std::size_t close = query_.find('"', open + 1);
    if (close == std::string_view::npos) {
      return wrong(query_, open, "a quote never closes that opens", "Close it with another \".");
    }
    token.value = query_.substr(open + 1, close - open - 1);
    token.quoted = true;
    at_ = close + 1;
    while (token.value.starts_with(' ')) token.value.remove_prefix(1);
    while (token.value.ends_with(' ')) token.value.remove_suffix(1);
    if (token.value.empty()) return wrong(query_, open, "nothing stands in the quotes", "Put words between them.");
    return {};
  }

  std::string_view query_;
  std::size_t at_ = 0;
};

std::optional<int> number_of(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

struct Days {
  int first;
  int last;
};

/// The days that a year, a month or a day written as 2026, 2026-03, 2026-03-31 stands for.
std::optional<Days> parse_days(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t length, int low, int high) -> std::optional<int> {
    if (at > 0 && text[at - 1] != '-') return std::nullopt;
    const auto value = number_of(text.substr(at, length));
    return value && *value >= low && *value <= high ? value : std::nullopt;
  };
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  const auto year = part(0, 4, 0, 9999);
  if (!year) return std::nullopt;
  if (text.size() == 4) return Days{*year * 10000, *year * 10000 + 1231};
  const auto month = part(5, 2, 1, 12);
  if (!month) return std::nullopt;
  const int months = *year * 10000 + *month * 100;
  if (text.size() == 7) return Days{months, months + 31};
  const auto day = part(8, 2, 1, 31);
  if (!day) return std::nullopt;
  return Days{months + *day, months + *day};
}

Result<QueryTerm> created_term(std::string_view query, const Token& token) {
  std::string_view value = token.value;
  const auto take = [&](std::string_view prefix) {
    if (!value.starts_with(prefix)) return false;
    value.remove_prefix(prefix.size());
    return true;
  };
  enum class Compare { equal, greater, greater_equal, less, less_equal };
  const Compare compare = take(">=")   ? Compare::greater_equal
                          : take("<=") ? Compare::less_equal
                          : take(">")  ? Compare::greater
                          : take("<")  ? Compare::less
                                       : Compare::equal;
  if (compare == Compare::equal) take("=");
  const auto days = parse_days(value);
  if (!days) {
    return wrong(
        query, token.position, quoted(token.value) + " is no date for created:",
        "Write created:2026, created:2026-03 or created:2026-03-31, with >, >=, <, <= or = in front if you like.");
  }
  CreatedTerm term;
  switch (compare) {
    case Compare::equal:
      term = {days->first, days->last};
      break;
    case Compare::greater:
      term.first = days->last + 1;
      break;
    case Compare::greater_equal:
      term.first = days->first;
      break;
    case Compare::less:
      term.last = days->first - 1;
      break;
    case Compare::less_equal:
      term.last = days->last;
      break;
  }
  return QueryTerm(term);
}

Result<QueryTerm> field_term(std::string_view query, const Token& token) {
  const std::string field = fold(token.field);
  const bool known =
      field == "status" || field == "tag" || field == "priority" || field == "created" || field == "title";
  if (!known) {
    return wrong(
        query, token.position, "there is no field " + quoted(std::string(token.field) + ":"),
        "Fields are status:, tag:, priority:, created: and title:. To find text with a colon, put it in quotes.");
  }
  if (token.value.empty()) {
    return wrong(query, token.position, quoted(field + ":") + " has no value",
                 "Write the value right behind the colon.");
  }
  if (field == "status") {
    if (const auto status = parse_status(token.value)) return QueryTerm(StatusTerm{*status});
    return wrong(query, token.position, quoted(token.value) + " is no status",
                 "A status is draft, planned, in-progress, complete or archived.");
  }
  if (field == "priority") {
    if (const auto priority = parse_priority(token.value)) return QueryTerm(PriorityTerm{*priority});
    return wrong(query, token.position, quoted(token.value) + " is no priority",
                 "A priority is low, medium, high or critical.");
  }
  if (field == "created") return created_term(query, token);
  if (field == "tag") return QueryTerm(TagTerm{fold(token.value)});
  return QueryTerm(TitleTerm{fold(token.value)});
}

Result<QueryTerm> word_term(std::string_view query, const Token& token) {
  const std::size_t tilde = token.value.rfind('~');
  if (tilde == std::string_view::npos) return QueryTerm(TextTerm{fold(token.value), false});
  FuzzyTerm term{fold(token.value.substr(0, tilde)), 1};
  const std::string_view distance = token.value.substr(tilde + 1);
  const auto number = distance.empty() ? std::optional<int>(1) : number_of(distance);
  if (term.folded.empty() || !number || *number < 0 || static_cast<std::size_t>(*number) > fuzzy_distance_max) {
    return wrong(query, token.position, quoted(token.value) + " is no fuzzy word",
                 "Write word~ for one slip, or word~2 or word~3 for more. To find a ~ itself, put it in quotes.");
  }
  if (term.folded.size() > fuzzy_characters_max) {
    return wrong(query, token.position, "the fuzzy word is too long",
                 "It may have " + std::to_string(fuzzy_characters_max) + " bytes.");
  }
  term.distance = static_cast<std::size_t>(*number);
  if (term.distance >= characters_in(term.folded)) {
    return wrong(query, token.position, quoted(token.value) + " would match any word",
                 "Allow fewer slips than the word has letters.");
  }
  return QueryTerm(std::move(term));
}

Result<QueryTerm> term_of(std::string_view query, const Token& token) {
  if (token.has_field) return field_term(query, token);
  if (token.quoted) return QueryTerm(TextTerm{fold(token.value), true});
  return word_term(query, token);
}

enum class Operator { none, conjunction, disjunction, negation };

Operator operator_of(const Token& token) {
  if (token.quoted || token.has_field) return Operator::none;
  if (equals_ignoring_case(token.value, "and")) return Operator::conjunction;
  if (equals_ignoring_case(token.value, "or")) return Operator::disjunction;
  if (equals_ignoring_case(token.value, "not")) return Operator::negation;
  return Operator::none;
}

}  // namespace

Result<Query> parse_query(std::string_view text) {
  if (text.size() > query_bytes_max) {
    return Error(ErrorCode::too_large, "the query is longer than " + std::to_string(query_bytes_max) + " bytes",
                 "query", "Search for fewer words.");
  }
  if (const auto invalid = text::first_invalid_utf8(text))
    return wrong(text, *invalid, "a byte that is no UTF-8 stands");
  Query query;
  query.any_of.emplace_back();
  std::size_t terms = 0;
  std::size_t fuzzy_terms = 0;
  bool negated = false;
  std::optional<Token> waiting;  // the operator that still needs a term behind it
  Tokens tokens(text);
  while (true) {
    LEANSPEC_ASSIGN(const std::optional<Token> token, tokens.next());
    if (!token) break;
    const Operator op = operator_of(*token);
    if (op == Operator::conjunction || op == Operator::disjunction) {
      if (terms == 0 || waiting) {
        return wrong(text, token->position, quoted(token->value) + " has nothing to join",
                     "Put a word before it, or put it in quotes to search for it.");
      }
      if (op == Operator::disjunction) query.any_of.emplace_back();
      waiting = token;
      continue;
    }
    if (op == Operator::negation) {
      negated = !negated;
      waiting = token;
      continue;
    }
    if (++terms > query_terms_max) {
      return wrong(text, token->position, "the query has more than " + std::to_string(query_terms_max) + " terms",
                   "Search for fewer words, or put those that stand together in quotes.");
    }
    LEANSPEC_ASSIGN(QueryTerm term, term_of(text, *token));
    if (std::holds_alternative<FuzzyTerm>(term) && ++fuzzy_terms > fuzzy_terms_max) {
      return wrong(text, token->position, "the query has more than " + std::to_string(fuzzy_terms_max) + " fuzzy words",
                   "Leave out the ~ where you are sure of the spelling.");
    }
    query.any_of.back().push_back({std::move(term), negated});
    negated = false;
    waiting.reset();
  }
  if (waiting) {
    return wrong(text, waiting->position, quoted(waiting->value) + " has nothing behind it",
                 "Put a word behind it, or put it in quotes to search for it.");
  }
  if (terms == 0) return Error(ErrorCode::invalid, "the query is empty", "query", "Type at least one word.");
  return query;
}

int day_number(std::string_view text) {
  const auto days = parse_days(text.substr(0, 10));
  return days && text.size() >= 10 ? days->first : 0;
}

}  // namespace leanspec::spec
