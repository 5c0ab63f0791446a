#include "spec/yaml_value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace leanspec::spec {
namespace {

YamlValue read(std::string_view text) {
  auto parsed = parse_yaml(text);
  if (const auto* const error = std::get_if<YamlError>(&parsed)) {
    ADD_FAILURE() << error->message << " in " << text;
    return {};
  }
  return std::get<YamlValue>(std::move(parsed));
}

std::string_view cut(std::string_view text, ByteRange range) {
  return text.substr(range.begin, range.end - range.begin);
}

TEST(YamlValue, every_value_knows_its_bytes_with_quotes_and_brackets) {
  const std::string_view text =
      "a: 'x'\n\"k\": \"y \\\" z\"\ne: ''\ntags:\n  - 'it''s'\n  - b\nn:\nt: [a, 'b']\nq: it # c\n\xE4\xB8\xAD: "
      "\xE6\x96\x87\n"
      "last: '''quoted'''\n";
  const auto map = read(text);
  ASSERT_EQ(map.kind, YamlKind::map);
  ASSERT_EQ(map.entries.size(), 9U);
  const auto value = [&](std::size_t i) { return cut(text, map.entries[i].value.range); };
  EXPECT_EQ(value(0), "'x'");
  EXPECT_EQ(cut(text, map.entries[1].key_range), "\"k\"");
  EXPECT_EQ(value(1), "\"y \\\" z\"");
  EXPECT_EQ(map.entries[1].value.text, "y \" z");
  EXPECT_EQ(value(2), "''");
  EXPECT_EQ(map.entries[2].value.kind, YamlKind::scalar);
  EXPECT_EQ(value(3), "- 'it''s'\n  - b");
  EXPECT_EQ(map.entries[3].value.items[0].text, "it's");
  EXPECT_EQ(map.entries[3].value.items[1].line, 5U);
  EXPECT_EQ(map.entries[4].value.kind, YamlKind::null);
  EXPECT_EQ(map.entries[4].value.range, (ByteRange{text.find("n:") + 2, text.find("n:") + 2}));
  EXPECT_EQ(value(5), "[a, 'b']");
  EXPECT_EQ(value(6), "it");
  EXPECT_EQ(value(7), "\xE6\x96\x87");
  EXPECT_EQ(value(8), "'''quoted'''");
  EXPECT_EQ(map.entries[8].value.text, "'quoted'");
}

TEST(YamlValue, carriage_returns_do_not_shift_the_places) {
  const std::string_view text = "status: planned\r\nn:\r\ntags:\r\n  - a\r\n";
  const auto map = read(text);
  ASSERT_EQ(map.entries.size(), 3U);
  EXPECT_EQ(cut(text, map.entries[0].value.range), "planned");
  EXPECT_EQ(map.entries[0].value.text, "planned");
  EXPECT_EQ(cut(text, map.entries[2].value.items[0].range), "a");
  EXPECT_EQ(map.entries[2].value.items[0].line, 3U);
}

TEST(YamlValue, what_specs_do_not_use_is_an_error_with_its_line) {
  struct Row {
    std::string text;
    std::uint32_t line;
    std::string part;
  };
  for (const auto& [text, line, part] : {
           Row{"a: 1\na: 2\n", 1, "twice"},
           Row{"b:\n  x: 1\n  y: 2\n  x: 3\n", 3, "twice"},
           Row{"a: &x 1\nb: *x\n", 1, "alias"},
           Row{"a: 1\nb: !!binary x\n", 1, "tag"},
           Row{"a: !ruby/object:X {}\n", 0, "tag"},
           Row{"completed: '2025-11-01'\n  - 082-web\nb: 1\n", 1, "not valid YAML"},
           Row{"\ta: 1\n", 0, "not with a tab"},
           Row{"a: [1, 2\n", 1, "']'"},
           Row{"a: @x\n", 0, "not valid YAML"},
           Row{"a: 1\n--- # two\nb: 2\n", 1, "second YAML document"},
           Row{"a: 1\n...\nb: 2\n", 2, "not valid YAML"},
           Row{"? [a]\n: b\n", 0, "plain word"},
           Row{"tags:\n- a\n: b\n", 2, "not valid YAML"},
           Row{"~: b\n", 0, "plain word"},
           Row{std::string(500, '['), 0, "nested more than 16"},
       }) {
    const auto parsed = parse_yaml(text);
    const auto* const error = std::get_if<YamlError>(&parsed);
    ASSERT_NE(error, nullptr) << text;
    EXPECT_EQ(error->line, line) << text << ": " << error->message;
    EXPECT_NE(error->message.find(part), std::string::npos) << text << ": " << error->message;
  }
}

TEST(YamlValue, as_many_values_as_allowed_are_read_and_one_more_is_an_error) {
  std::string text = "[";  // the list itself is one value
  for (std::size_t i = 0; i + 1 < yaml_values_max; ++i) text += "a,";
  EXPECT_EQ(read(text + "]").items.size(), yaml_values_max - 1);
  EXPECT_TRUE(std::holds_alternative<YamlError>(parse_yaml(text + "a]")));
}

TEST(YamlValue, as_deep_as_allowed_is_read_and_one_deeper_is_an_error) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(read(nested(yaml_depth_max + 1)).kind, YamlKind::list);
  EXPECT_TRUE(std::holds_alternative<YamlError>(parse_yaml(nested(yaml_depth_max + 2))));
}

TEST(YamlValue, single_quoted_texts_are_unquoted_and_folded) {
  struct Row {
    const char* written;
    const char* text;
  };
  for (const auto& [written, text] :
       {Row{"''", ""}, Row{"' '", " "}, Row{"'it''s'", "it's"}, Row{"''''''", "''"}, Row{"'a\n  b'", "a b"},
        Row{"'a  \n\n  b'", "a\nb"}, Row{"'a\r\n\r\n\r\n  b'", "a\n\nb"}, Row{"'a\n  '", "a "}, Row{"'\n  a'", " a"}}) {
    const std::string file = std::string("k: ") + written + "\n";
    EXPECT_EQ(read(file).entries.at(0).value.text, text) << written;
    std::string twin = file;
    if (file.find("''") == std::string::npos) {
      std::replace(twin.begin(), twin.end(), '\'', '"');
      EXPECT_EQ(read(twin).entries.at(0).value.text, text) << twin;
    }
  }
}

TEST(YamlValue, a_value_of_which_nothing_is_written_stands_behind_the_one_before) {
  const std::string_view text = "a: 1\nlist:\n  - x\n  -\n  - y\n";
  const auto map = read(text);
  const auto& items = map.entries.at(1).value.items;
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[1].kind, YamlKind::null);
  EXPECT_GE(items[1].range.begin, items[0].range.end);
  EXPECT_LE(items[1].range.end, items[2].range.begin);
}

TEST(YamlValue, a_block_scalar_ends_with_its_text_unless_it_keeps_the_blank_lines) {
  struct Row {
    std::string_view header;
    std::string_view range;
    std::string_view text;
  };
  for (const auto& [header, range, text] : {Row{"|", "|\n  x\n", "x\n"}, Row{"|-", "|-\n  x\n", "x"},
                                            Row{">", ">\n  x\n", "x\n"}, Row{"|+", "|+\n  x\n\n\n", "x\n\n\n"}}) {
    const std::string file = "a: " + std::string(header) + "\n  x\n\n\nb: 1\n";
    const auto map = read(file);
    ASSERT_EQ(map.entries.size(), 2U) << file;
    EXPECT_EQ(cut(file, map.entries[0].value.range), range);
    EXPECT_EQ(map.entries[0].value.text, text);
    EXPECT_EQ(map.entries[1].line, 4U);
  }
}

TEST(YamlValue, only_line_feeds_end_lines_whatever_yaml_takes_for_a_line_end) {
  const std::string_view text = "a: 'x\xE2\x80\xA8 y'\nb: 1\nc: [\n";
  const auto parsed = parse_yaml(text);
  ASSERT_TRUE(std::holds_alternative<YamlError>(parsed));
  EXPECT_EQ(std::get<YamlError>(parsed).line, 3U);
  const auto map = read(text.substr(0, text.find("c:")));
  EXPECT_EQ(map.entries.at(1).line, 1U);
  EXPECT_EQ(cut(text, map.entries.at(1).value.range), "1");
}

TEST(YamlValue, control_characters_are_an_error_with_their_line) {
  const auto parsed = parse_yaml("\xE4\xB8\xAD: 1\nb: \x01\n");
  ASSERT_TRUE(std::holds_alternative<YamlError>(parsed));
  EXPECT_EQ(std::get<YamlError>(parsed).line, 1U);
}

TEST(YamlValue, nested_compact_lists_with_tabs_do_not_bring_the_reader_down) {
  // A file of this shape ended libfyaml 0.7.12 with a null pointer.
  const std::string text =
      "?\n-\t-<-:\t-\n-=d:\n-\t-<:\n-\t---:\n-\t-:\n-\t-<::\n-\t--=:\n-\t-<:\n-\t--=:?\n-\t-<:\n-\t---5:\n0:";
  EXPECT_TRUE(std::holds_alternative<YamlError>(parse_yaml(text)));
}

TEST(YamlValue, an_empty_text_or_only_comments_is_null) {
  EXPECT_EQ(read("").kind, YamlKind::null);
  EXPECT_EQ(read("# nothing here\n").kind, YamlKind::null);
  EXPECT_EQ(read("\n\n").kind, YamlKind::null);
}

}  // namespace
}  // namespace leanspec::spec
