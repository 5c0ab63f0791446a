#include "spec/pieces.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leanspec::spec {
namespace {

std::vector<std::string> cut(std::string_view text) {
  std::vector<std::string> all;
  Pieces pieces(text);
  while (const auto piece = pieces.next()) all.emplace_back(*piece);
  return all;
}

TEST(Pieces, a_text_is_cut_as_the_pattern_of_the_encoding_says) {
  struct Row {
    std::string text;
    std::vector<std::string> pieces;
  };
  const Row rows[] = {
      {"", {}},
      {"Hello, world!", {"Hello", ",", " world", "!"}},
      {"don't WE'LL he'd o'x", {"don", "'t", " WE", "'LL", " he", "'d", " o", "'x"}},
      {"it'\u017f", {"it", "'\u017f"}},
      {"1234567", {"123", "456", "7"}},
      {" 12", {" ", "12"}},
      {"a  b", {"a", " ", " b"}},
      {"a\t\tb", {"a", "\t", "\tb"}},
      {"a \t1", {"a", " ", "\t", "1"}},
      {"a  ", {"a", "  "}},
      {"a\n\n  b", {"a", "\n\n", " ", " b"}},
      {"a \r\n b", {"a", " \r\n", " b"}},
      {"}\n\n\nx", {"}\n\n\n", "x"}},
      {" --\r\nx", {" --\r\n", "x"}},
      {"\u3000字符", {"\u3000字符"}},
      {"x\u00a0\u00a0!", {"x", "\u00a0", "\u00a0", "!"}},
      {"\xff\xfe", {"\xff\xfe"}},
      {"#字", {"#字"}},
      {"_a", {"_a"}},
      {"\u0301a", {"\u0301a"}},
  };
  for (const Row& row : rows) EXPECT_EQ(cut(row.text), row.pieces) << row.text;
}

}  // namespace
}  // namespace leanspec::spec
