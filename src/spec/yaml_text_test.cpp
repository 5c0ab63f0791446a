#include "spec/yaml_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

YamlValue read(const std::string& text) {
  auto parsed = parse_yaml(text);
  if (auto* const error = std::get_if<YamlError>(&parsed)) throw std::runtime_error(error->message + " in: " + text);
  return std::get<YamlValue>(std::move(parsed));
}

TEST(YamlText, a_scalar_is_written_plain_where_every_reader_takes_it_for_this_text) {
  const auto plain = [](std::string_view text) { return to_yaml_scalar(text, ScalarStyle::plain, PlainTimes::quoted); };
  for (const char* text : {"a", "a b", "067-monorepo", "v0.2.0", "it's", "a:b", "a#b", "100%"})
    EXPECT_EQ(plain(text), text);
  for (const char* text :
       {"",     " a",  "a ", "true", "No", "null", "~",  "049", "1.5", "-3", "0x1F", "2025-11-03", "a: b",
        "a #b", "- a", "[a", "*a",   "&a", "!a",   "@a", "a,b", "{a",  "a:", "? a",  "12:30"})
    EXPECT_EQ(plain(text), "'" + std::string(text) + "'") << text;
  EXPECT_EQ(plain("a\nb"), "\"a\\nb\"");
  EXPECT_EQ(to_yaml_scalar("2025-11-03", ScalarStyle::plain, PlainTimes::allowed), "2025-11-03");
  EXPECT_EQ(to_yaml_scalar("it's", ScalarStyle::single_quoted, PlainTimes::quoted), "'it''s'");
  EXPECT_EQ(to_yaml_scalar("a\"\\", ScalarStyle::double_quoted, PlainTimes::quoted), "\"a\\\"\\\\\"");
}

TEST(YamlText, lists_and_maps_are_written_so_that_they_read_back) {
  for (const char* text : {"- a\n- 'b: c'\n", "a: 1\nb:\n- x\n- y: z\n  w: 'q'\n", "[]\n", "a: {}\nb: []\nc:\n"}) {
    const auto value = read(text);
    EXPECT_TRUE(same_yaml(read(to_yaml(value, 0) + "\n"), value)) << to_yaml(value, 0);
  }
  EXPECT_FALSE(same_yaml(read("[a, b]"), read("[b, a]")));
  EXPECT_FALSE(same_yaml(read("a: b"), read("a: c")));
  EXPECT_TRUE(same_yaml(read("'a'"), read("a")));
}

RC_GTEST_PROP(YamlText, any_text_reads_back_in_every_style, (std::vector<std::uint8_t> raw)) {
  std::string text;
  for (const auto byte : raw) {
    static constexpr const char* wide[] = {"\xC3\xA9", "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\xF0\x9F\x98\x80"};
    text += byte == 0 ? "0" : byte < 0x80 ? std::string(1, static_cast<char>(byte)) : std::string(wide[byte % 5]);
  }
  for (const auto style : {ScalarStyle::plain, ScalarStyle::single_quoted, ScalarStyle::double_quoted}) {
    const auto written = to_yaml_scalar(text, style, PlainTimes::quoted);
    RC_ASSERT(read("k: " + written + "\n").entries.at(0).value.text == text);
    RC_ASSERT(read("k: [" + written + ", " + written + "]\n").entries.at(0).value.items.at(1).text == text);
  }
}

}  // namespace
}  // namespace leanspec::spec
