#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace leanspec::spec {

/// Fenced code blocks of Markdown, found line by line: what stands in one is no heading and no checkbox.
class CodeFence {
 public:
  /// True while `line` is part of a fenced block, its delimiters included. Lines are given in order, without line ends.
  bool covers(std::string_view line) {
    line = trimmed(line);
    const char mark = line.empty() ? '\0' : line.front();
    const std::size_t length = mark == '`' || mark == '~' ? std::min(line.find_first_not_of(mark), line.size()) : 0;
    if (length_ == 0) {
      const bool opens = length >= 3 && (mark == '~' || line.find('`', length) == std::string_view::npos);
      if (!opens) return false;
      mark_ = mark;
      length_ = length;
      return true;
    }
    if (mark == mark_ && length >= length_ && length == line.size()) length_ = 0;
    return true;
  }

 private:
  static std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    const auto begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
  }

  char mark_ = '\0';
  std::size_t length_ = 0;
};

}  // namespace leanspec::spec
