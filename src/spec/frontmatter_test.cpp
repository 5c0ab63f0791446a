#include "spec/frontmatter.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

using Shape = FrontmatterSplit::Shape;

std::string_view cut(std::string_view text, ByteRange range) {
  return text.substr(range.begin, range.end - range.begin);
}

struct SplitRow {
  std::string file;
  Shape shape;
  std::string yaml;
  std::string body;
  std::uint32_t body_line;
};

class FrontmatterSplitting : public testing::TestWithParam<SplitRow> {};

TEST_P(FrontmatterSplitting, finds_yaml_and_body) {
  const auto& row = GetParam();
  const auto split = split_frontmatter(row.file);
  EXPECT_EQ(split.shape, row.shape);
  EXPECT_EQ(cut(row.file, split.yaml), row.yaml);
  EXPECT_EQ(row.file.substr(split.body_offset), row.body);
  EXPECT_EQ(split.body_line, row.body_line);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FrontmatterSplitting,
    testing::Values(SplitRow{"---\na: 1\n---\n\n# T\n", Shape::closed, "a: 1\n", "# T\n", 5},
                    SplitRow{"---\r\na: 1\r\n---\r\n\r\n# T\r\n", Shape::closed, "a: 1\r\n", "# T\r\n", 5},
                    SplitRow{"\xEF\xBB\xBF---\na: 1\n---\nx", Shape::closed, "a: 1\n", "x", 4},
                    SplitRow{"\n \n---\na: 1\n---\nx", Shape::closed, "a: 1\n", "x", 6},
                    SplitRow{"---  \na: 1\n--- \nx", Shape::closed, "a: 1\n", "x", 4},
                    SplitRow{"---\n---\n", Shape::closed, "", "", 3},
                    SplitRow{"---\na: 1\n---", Shape::closed, "a: 1\n", "", 3},
                    SplitRow{"---\na: 1\n---\nbody\n\n---\n\nmore", Shape::closed, "a: 1\n", "body\n\n---\n\nmore", 4},
                    SplitRow{"---\na: |\n  ----\n---\nx", Shape::closed, "a: |\n  ----\n", "x", 5},
                    SplitRow{"---\na: 1\n", Shape::unclosed, "", "---\na: 1\n", 1},
                    SplitRow{"---", Shape::unclosed, "", "---", 1},
                    SplitRow{"----\na\n---\n", Shape::absent, "", "----\na\n---\n", 1},
                    SplitRow{"# T\n\n---\na: 1\n---\n", Shape::absent, "", "# T\n\n---\na: 1\n---\n", 1},
                    SplitRow{"\xEF\xBB\xBF# T", Shape::absent, "", "# T", 1}, SplitRow{"", Shape::absent, "", "", 1},
                    SplitRow{" \n", Shape::absent, "", " \n", 1}));

TEST(Frontmatter, each_field_knows_its_whole_lines) {
  const std::string file =
      "---\nstatus: planned # now\n# about tags\ntags:\n  - a\n  - b\n\nparent:\nnote: |\n  one\n  two\nlast: [x,\n  "
      "y]\n---\n# T\n";
  const auto frontmatter = parse_frontmatter(file);
  ASSERT_FALSE(frontmatter.error.has_value()) << frontmatter.error->message;
  ASSERT_EQ(frontmatter.fields.size(), 5U);
  EXPECT_EQ(cut(file, frontmatter.find("status")->lines), "status: planned # now\n");
  EXPECT_EQ(cut(file, frontmatter.find("status")->value.range), "planned");
  EXPECT_EQ(cut(file, frontmatter.find("tags")->lines), "tags:\n  - a\n  - b\n");
  EXPECT_EQ(frontmatter.find("tags")->line, 4U);
  EXPECT_EQ(frontmatter.find("tags")->value.items[1].line, 6U);
  EXPECT_EQ(cut(file, frontmatter.find("parent")->lines), "parent:\n");
  EXPECT_EQ(cut(file, frontmatter.find("note")->lines).substr(0, 20), "note: |\n  one\n  two\n");
  EXPECT_EQ(cut(file, frontmatter.find("last")->lines), "last: [x,\n  y]\n");
  EXPECT_EQ(frontmatter.find("nothing"), nullptr);
}

TEST(Frontmatter, the_lines_of_all_fields_are_apart_and_inside_the_block) {
  const std::string file = "\xEF\xBB\xBF\r\n---\r\na: 1\r\nb:\r\n- x\r\n- y\r\nc: 'z'\r\n---\r\nbody";
  const auto frontmatter = parse_frontmatter(file);
  ASSERT_EQ(frontmatter.fields.size(), 3U);
  std::size_t end = frontmatter.split.yaml.begin;
  for (const auto& field : frontmatter.fields) {
    EXPECT_EQ(field.lines.begin, end);
    end = field.lines.end;
  }
  EXPECT_EQ(end, frontmatter.split.yaml.end);
}

TEST(Frontmatter, what_cannot_be_read_says_why_and_where) {
  struct Row {
    std::string file;
    std::uint32_t line;
    std::string part;
  };
  const std::string nul("---\na: 1\nb: \0\n---\n", 18);
  for (const auto& [file, line, part] : {
           Row{"# Title\n", 1, "no frontmatter"},
           Row{"\n\n---\nstatus: planned\n", 3, "not closed"},
           Row{"---\nstatus: planned\nstatus: complete\n---\n", 3, "twice"},
           Row{"---\nstatus: planned\ncompleted: '2025-11-01'\n  - 082-web\n---\n", 4, "not valid YAML"},
           Row{"---\njust words\n---\n", 2, "not a list of fields"},
           Row{"---\n- a\n---\n", 2, "not a list of fields"},
           Row{"---\na: 1\nb: \xFF\n---\n", 3, "UTF-8"},
           Row{nul, 3, "UTF-8"},
       }) {
    const auto frontmatter = parse_frontmatter(file);
    ASSERT_TRUE(frontmatter.error.has_value()) << file;
    EXPECT_EQ(frontmatter.error->severity, Severity::error);
    EXPECT_EQ(frontmatter.error->line, line) << file << ": " << frontmatter.error->message;
    EXPECT_NE(frontmatter.error->message.find(part), std::string::npos) << file << ": " << frontmatter.error->message;
    EXPECT_TRUE(frontmatter.fields.empty());
  }
}

TEST(Frontmatter, an_empty_one_has_no_fields_and_no_error) {
  const auto frontmatter = parse_frontmatter("---\n\n---\n# T\n");
  EXPECT_FALSE(frontmatter.error.has_value());
  EXPECT_TRUE(frontmatter.fields.empty());
}

TEST(Frontmatter, the_largest_allowed_is_read_and_one_byte_more_is_not) {
  const std::string start = "---\na: ";
  const std::string rest = "\n---\n";
  const std::size_t fill = frontmatter_bytes_max - std::string("a: \n").size();
  EXPECT_FALSE(parse_frontmatter(start + std::string(fill, 'x') + rest).error.has_value());
  const auto larger = parse_frontmatter(start + std::string(fill + 1, 'x') + rest);
  ASSERT_TRUE(larger.error.has_value());
  EXPECT_NE(larger.error->message.find("65537 bytes"), std::string::npos);
}

TEST(Frontmatter, an_alias_bomb_is_refused_before_it_expands) {
  std::string file = "---\na: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'z'; ++name) {
    file += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 9; ++i) file += std::string("*") + static_cast<char>(name - 1) + ",";
    file += "]\n";
  }
  const auto frontmatter = parse_frontmatter(file + "---\n");
  ASSERT_TRUE(frontmatter.error.has_value());
  EXPECT_EQ(frontmatter.error->line, 3U);
}

}  // namespace
}  // namespace leanspec::spec
