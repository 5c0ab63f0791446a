#include "tests/layering/source_tokens.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace leanspec::layering {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) {
      step();
    }
    return std::move(tokens_);
  }

 private:
  void step() {
    const char c = source_[at_];
    if (c == '\n') {
      ++line_;
      ++at_;
      line_is_blank_ = true;
      return;
    }
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
      return;
    }
    if (starts_with("//")) {
      at_ = std::min(source_.find('\n', at_), source_.size());
    } else if (starts_with("/*")) {
      skip_to("*/");
    } else if (c == '#' && line_is_blank_) {
      directive();
    } else if (c == '"') {
      quoted_literal('"');
    } else if (c == '\'') {
      quoted_literal('\'');
    } else if (is_word_character(c)) {
      word();
    } else {
      punctuation();
    }
    line_is_blank_ = false;
  }

  [[nodiscard]] bool starts_with(std::string_view prefix) const { return source_.substr(at_).starts_with(prefix); }

  void advance_to(std::size_t end) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    at_ = end;
  }

  void skip_to(std::string_view closing) {
    const auto end = source_.find(closing, at_ + 2);
    advance_to(end == std::string_view::npos ? source_.size() : end + closing.size());
  }

  void directive() {
    auto end = at_;
    do {
      end = std::min(source_.find('\n', end + 1), source_.size());
    } while (end < source_.size() && source_[end - 1] == '\\');
    const auto text = source_.substr(at_, end - at_);
    const auto keyword = text.find("include");
    if (keyword != std::string_view::npos && text.find_first_not_of("# \t") == keyword) {
      const auto open = text.find_first_of("\"<");
      const auto close = open == std::string_view::npos ? open : text.find_first_of("\">", open + 1);
      if (close != std::string_view::npos) {
        add(TokenKind::include, text.substr(open + 1, close - open - 1));
        tokens_.back().quoted = text[open] == '"';
      }
    }
    advance_to(end);
  }

  void quoted_literal(char quote) {
    auto end = at_ + 1;
    while (end < source_.size() && source_[end] != quote && source_[end] != '\n') {
      end += source_[end] == '\\' ? 2U : 1U;
    }
    end = std::min(end, source_.size());
    add(quote == '"' ? TokenKind::text : TokenKind::number, source_.substr(at_ + 1, end - at_ - 1));
    advance_to(std::min(end + 1, source_.size()));
  }

  void raw_literal() {
    const auto open = source_.find('(', at_);
    const auto delimiter = std::string(")") + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const auto close = source_.find(delimiter, open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
      at_ = source_.size();
      return;
    }
    add(TokenKind::text, source_.substr(open + 1, close - open - 1));
    advance_to(close + delimiter.size());
  }

  void word() {
    auto end = at_;
    const bool number = std::isdigit(static_cast<unsigned char>(source_[at_])) != 0;
    while (end < source_.size() && (is_word_character(source_[end]) || (number && source_[end] == '\''))) {
      ++end;
    }
    const auto text = source_.substr(at_, end - at_);
    at_ = end;
    if (at_ < source_.size() && source_[at_] == '"' && text.ends_with('R') && text.size() <= 3) {
      raw_literal();
      return;
    }
    add(number ? TokenKind::number : TokenKind::word, text);
  }

  void punctuation() {
    for (const std::string_view pair : {"::", "->", "&&", "||", "==", "!=", "<=", "<<"}) {
      if (starts_with(pair)) {
        add(TokenKind::punctuation, pair);
        at_ += 2;
        return;
      }
    }
    add(TokenKind::punctuation, source_.substr(at_, 1));
    ++at_;
  }

  void add(TokenKind kind, std::string_view value) { tokens_.push_back(Token{kind, std::string(value), line_}); }

  std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool line_is_blank_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
  return Scanner(source).run();
}

std::string to_string(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += "\n  " + finding.file + ":" + std::to_string(finding.line) + ": " + finding.message;
  }
  return text;
}

std::string read_source(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<std::string> files_below(const std::filesystem::path& root, std::string_view folder,
                                     const std::vector<std::string_view>& extensions) {
  std::vector<std::string> found;
  const auto top = root / folder;
  if (!std::filesystem::exists(top)) {
    return found;
  }
  auto walk = std::filesystem::recursive_directory_iterator(top);
  for (auto entry = begin(walk); entry != end(walk); ++entry) {
    if (entry->is_directory() && (entry->path().filename() == "node_modules" || entry->path().filename() == "dist")) {
      entry.disable_recursion_pending();
      continue;
    }
    const auto extension = entry->path().extension().string();
    const bool wanted =
        extensions.empty() || std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
    if (entry->is_regular_file() && wanted) {
      found.push_back(std::filesystem::relative(entry->path(), root).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::filesystem::path source_root() {
  return LEANSPEC_SOURCE_ROOT;
}

}  // namespace leanspec::layering
