#include "tests/layering/house_rules.h"

#include <algorithm>
#include <regex>

namespace leanspec::layering {

std::string empty_word_in(const std::string& path) {
  static const std::regex word("(^|[/_.-])(utils?|helpers?|common|managers?|misc|stuff)([/_.-]|$)", std::regex::icase);
  std::smatch match;
  return std::regex_search(path, match, word) ? match[2].str() : std::string();
}

std::vector<Finding> lint_sql_casts(const std::string& path, const std::vector<Token>& tokens) {
  static const std::regex statement(R"(\b(SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|VALUES|RETURNING)\b)");
  std::vector<Finding> findings;
  for (const auto& token : tokens) {
    if (token.kind == TokenKind::text && token.value.find("::") != std::string::npos &&
        std::regex_search(token.value, statement)) {
      findings.push_back({path, token.line,
                          "a `::` cast in SQL, which SQLite reads as part of a parameter's name: write CAST(… AS …)"});
    }
  }
  return findings;
}

int count_lines(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace leanspec::layering
