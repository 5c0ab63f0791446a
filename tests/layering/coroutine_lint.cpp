#include "tests/layering/coroutine_lint.h"

#include <algorithm>
#include <optional>

namespace leanspec::layering {
namespace {

enum class Brace { block, lambda_body, value };

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Walks the tokens of one file statement by statement. A lambda's body is a place of its own: what it awaits is not
/// awaited by the statement around it.
class Walk {
 public:
  Walk(const std::string& path, const std::vector<Token>& tokens) : path_(path), tokens_(tokens) {}

  std::vector<Finding> run() {
    while (at_ < tokens_.size()) {
      block();
    }
    return std::move(findings_);
  }

 private:
  struct Statement {
    bool awaits = false;
    std::optional<int> brace_line;
    int depth = 0;
    std::size_t first = 0;
  };

  /// Statements up to the closing brace of this block; returns whether any of them, not counting inner lambdas, is a
  /// coroutine's.
  bool block() {
    bool is_coroutine = false;
    Statement statement;
    statement.first = at_;
    const auto finish = [&] {
      if (statement.awaits && statement.brace_line.has_value()) {
        findings_.push_back({path_, *statement.brace_line,
                             "braces inside an expression with co_await, which g++ 12 miscompiles: use a constructor "
                             "with parentheses, or name "
                             "the value first and move it in"});
      }
      statement = Statement{};
      statement.first = at_;
    };
    while (at_ < tokens_.size()) {
      const auto& token = tokens_[at_];
      const bool is_punctuation = token.kind == TokenKind::punctuation;
      if (token.kind == TokenKind::word && is_one_of(token.value, {"co_await", "co_return", "co_yield"})) {
        is_coroutine = true;
        statement.awaits = statement.awaits || token.value == "co_await";
      }
      if (is_punctuation && is_one_of(token.value, {"(", "["})) {
        ++statement.depth;
      } else if (is_punctuation && is_one_of(token.value, {")", "]"})) {
        --statement.depth;
      } else if (is_punctuation && token.value == "}") {
        ++at_;
        finish();
        return is_coroutine;
      } else if (is_punctuation && token.value == ";" && statement.depth <= 0) {
        ++at_;
        finish();
        continue;
      } else if (is_punctuation && token.value == "{") {
        switch (kind_of_brace(statement)) {
          case Brace::block:
            ++at_;
            finish();
            is_coroutine = block() || is_coroutine;
            statement.first = at_;
            break;
          case Brace::lambda_body:
            lambda_body();
            break;
          case Brace::value:
            if (!statement.brace_line.has_value()) {
              statement.brace_line = token.line;
            }
            value(statement, is_coroutine);
            break;
        }
        continue;
      }
      ++at_;
    }
    finish();
    return is_coroutine;
  }

  void lambda_body() {
    const auto introducer = introducer_before(at_);
    const int line = tokens_[at_].line;
    const bool captures = introducer.has_value() && tokens_[*introducer + 1].value != "]";
    ++at_;
    const bool is_coroutine = block();
    const bool called_here = at_ < tokens_.size() && tokens_[at_].value == "(";
    if (captures && is_coroutine && called_here) {
      findings_.push_back({path_, line,
                           "a capturing lambda coroutine called where it stands, which g++ 12 miscompiles: pass "
                           "arguments, or name the lambda and "
                           "keep it alive"});
    }
  }

  /// The inside of a braced value belongs to the statement around it.
  void value(Statement& statement, bool& is_coroutine) {
    int depth = 0;
    do {
      const auto& token = tokens_[at_];
      if (token.value == "{" && token.kind == TokenKind::punctuation) {
        if (depth > 0 && introducer_before(at_).has_value()) {
          lambda_body();
          continue;
        }
        ++depth;
      } else if (token.value == "}" && token.kind == TokenKind::punctuation) {
        --depth;
      } else if (token.kind == TokenKind::word && token.value == "co_await") {
        statement.awaits = true;
        is_coroutine = true;
      }
      ++at_;
    } while (depth > 0 && at_ < tokens_.size());
    value_ended_at_ = at_;
  }

  [[nodiscard]] Brace kind_of_brace(const Statement& statement) const {
    if (introducer_before(at_).has_value()) {
      return Brace::lambda_body;
    }
    if (statement.depth > 0) {
      return Brace::value;
    }
    if (at_ == statement.first || value_ended_at_ == at_) {
      return Brace::block;
    }
    const auto& previous = tokens_[at_ - 1];
    if (previous.value == ")" ||
        is_one_of(previous.value, {"else", "do", "try", "const", "noexcept", "override", "final", ":", "\""})) {
      return Brace::block;
    }
    if (previous.kind == TokenKind::text) {
      return Brace::block;
    }
    const bool has_equals = contains(statement.first, "=");
    if (!has_equals && (contains(statement.first, "namespace") || contains(statement.first, "struct") ||
                        contains(statement.first, "class") || contains(statement.first, "enum") ||
                        contains(statement.first, "union") || contains(statement.first, "concept"))) {
      return Brace::block;
    }
    if (!has_equals && before_trailing_return(at_) < at_ && tokens_[before_trailing_return(at_)].value == ")") {
      return Brace::block;
    }
    return Brace::value;
  }

  [[nodiscard]] bool contains(std::size_t from, std::string_view word) const {
    return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(from),
                       tokens_.begin() + static_cast<std::ptrdiff_t>(at_),
                       [&](const Token& token) { return token.kind != TokenKind::text && token.value == word; });
  }

  /// The token before `-> type`, `mutable`, `noexcept` and the like that may stand between a parameter list and a body.
  [[nodiscard]] std::size_t before_trailing_return(std::size_t brace) const {
    auto at = brace - 1;
    auto scan = at;
    for (std::size_t steps = 0; steps < 40 && scan > 0; ++steps, --scan) {
      const auto& value = tokens_[scan].value;
      if (value == "->") {
        at = scan - 1;
        break;
      }
      if (is_one_of(value, {";", "{", "}", "(", ")", "="})) {
        break;
      }
    }
    while (at > 0 && is_one_of(tokens_[at].value, {"mutable", "noexcept", "constexpr"})) {
      --at;
    }
    return at;
  }

  /// Where the `[` of the lambda stands whose body begins at this brace, if it begins one.
  [[nodiscard]] std::optional<std::size_t> introducer_before(std::size_t brace) const {
    if (brace == 0) {
      return std::nullopt;
    }
    auto at = before_trailing_return(brace);
    if (tokens_[at].value == ")") {
      at = opening_of(at, "(", ")");
      if (at == 0) {
        return std::nullopt;
      }
      --at;
      if (tokens_[at].value == ">") {
        at = opening_of(at, "<", ">");
        if (at == 0) {
          return std::nullopt;
        }
        --at;
      }
    }
    if (tokens_[at].value != "]") {
      return std::nullopt;
    }
    const auto open = opening_of(at, "[", "]");
    const bool is_index =
        open > 0 && (tokens_[open - 1].kind == TokenKind::word || is_one_of(tokens_[open - 1].value, {")", "]"})) &&
        !is_one_of(tokens_[open - 1].value, {"return", "co_return", "co_await", "co_yield"});
    const bool is_attribute = open > 0 && tokens_[open - 1].value == "[";
    return is_index || is_attribute ? std::nullopt : std::optional(open);
  }

  [[nodiscard]] std::size_t opening_of(std::size_t close, std::string_view open_value,
                                       std::string_view close_value) const {
    int depth = 0;
    for (auto at = close;; --at) {
      if (tokens_[at].kind == TokenKind::punctuation) {
        depth += tokens_[at].value == close_value ? 1 : 0;
        depth -= tokens_[at].value == open_value ? 1 : 0;
      }
      if (depth == 0 || at == 0) {
        return at;
      }
    }
  }

  const std::string& path_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::size_t value_ended_at_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint_coroutines(const std::string& path, const std::vector<Token>& tokens) {
  const bool awaits = std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind == TokenKind::word && token.value == "co_await";
  });
  return awaits ? Walk(path, tokens).run() : std::vector<Finding>{};
}

}  // namespace leanspec::layering
