#include "spec/list_text.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::spec {
namespace {

std::optional<ListText> apart(const std::string& yaml) {
  static std::string file;
  file = "---\n" + yaml + "---\n";
  static Frontmatter frontmatter;
  frontmatter = parse_frontmatter(file);
  return take_list_apart(file, frontmatter.fields.at(0));
}

TEST(ListText, a_list_taken_apart_is_its_own_bytes) {
  for (const char* yaml : {"tags:\n  - a\n  - 'b'  # two\n", "tags:\n- a\n# about b\n- b\n", "tags: [a, \"b\"] # c\n",
                           "tags: [\n  a,\n  b\n  ]\n", "tags: # names\n  - a\n",
                           "transitions:\n  - status: a\n    at: b\n  - stray\n", "tags:\n"}) {
    const auto list = apart(yaml);
    ASSERT_TRUE(list) << yaml;
    std::string all = list->head;
    for (std::size_t i = 0; i < list->items.size(); ++i)
      all += (i < list->gaps.size() ? list->gaps[i] : "") + list->items[i];
    EXPECT_EQ(all + list->tail, yaml);
  }
}

TEST(ListText, pieces_have_the_comments_above_them) {
  const auto list = apart("tags:\n  - a\n  # about b\n  - b\n");
  ASSERT_EQ(list->items.size(), 2U);
  EXPECT_EQ(list->items[1], "  # about b\n  - b\n");
  EXPECT_EQ(list->indent, 2U);
  EXPECT_EQ(apart("tags: [a, b]\n")->gaps, (std::vector<std::string>{"", ", "}));
}

TEST(ListText, what_is_no_list_or_written_oddly_is_left_alone) {
  EXPECT_FALSE(apart("tags: text\n"));
  EXPECT_FALSE(apart("tags: ~\n"));
  EXPECT_FALSE(apart("tags:\n  -\n    a\n"));
}

TEST(ListText, an_item_is_written_in_the_style_of_its_list) {
  YamlValue item;
  item.kind = YamlKind::map;
  for (const auto* key : {"status", "at"}) {
    item.entries.push_back({key, 0, {}, {}});
    item.entries.back().value.kind = YamlKind::scalar;
    item.entries.back().value.text = "x";
  }
  EXPECT_EQ(list_item(*apart("tags:\n  - a\n"), item), "  - status: x\n    at: x\n");
  EXPECT_EQ(list_item(*apart("tags: [a]\n"), item), "{ status: x, at: x }");
  auto fresh = new_list("tags", "\r\n");
  fresh.items.push_back(list_item(fresh, item));
  EXPECT_EQ(fresh.text(), "tags:\r\n  - status: x\r\n    at: x\r\n");
}

}  // namespace
}  // namespace leanspec::spec
