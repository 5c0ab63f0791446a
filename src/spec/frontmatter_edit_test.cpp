#include "spec/frontmatter_edit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

using Names = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string with(const std::string& yaml) {
  return "---\n" + yaml + "---\n\n# T\n\nstatus: no field\n";
}

std::string got(const Result<std::string>& result) {
  return result ? *result : "ERROR " + result.error().sentence();
}

TEST(FrontmatterEdit, a_scalar_keeps_its_quotes_its_comment_and_everything_else) {
  struct Row {
    const char* before;
    const char* text;
    const char* after;
  };
  const Row rows[] = {
      {"status: planned\n", "complete", "status: complete\n"},
      {"a: 1\nstatus:   planned  # why\nb: 2\n", "complete", "a: 1\nstatus:   complete  # why\nb: 2\n"},
      {"status: 'planned'\n", "it's", "status: 'it''s'\n"},
      {"status: \"planned\"\n", "a\"b", "status: \"a\\\"b\"\n"},
      {"status:\n", "complete", "status: complete\n"},
      {"status: # none yet\n", "complete", "status: complete # none yet\n"},
      {"status: ~\n", "complete", "status: complete\n"},
      {"status: planned\n", "", "status: ''\n"},
      {"status: planned\n", "null", "status: 'null'\n"},
      {"status: planned\n", "a: b", "status: 'a: b'\n"},
      {"status: planned\n", "- a", "status: '- a'\n"},
      {"status: planned\n", "# a", "status: '# a'\n"},
      {"status: planned\n", "a\nb", "status: \"a\\nb\"\n"},
      {"status: 2025-11-03T10:00:00Z\n", "2025-11-04T10:00:00Z", "status: 2025-11-04T10:00:00Z\n"},
      {"status: '2025-11-03'\n", "2025-11-04", "status: '2025-11-04'\n"},
      {"status: |\n  long\n  text\nb: 2\n", "short", "status: short\nb: 2\n"},
      {"status: planned\n", "planned", "status: planned\n"},
      {"# top\nstatus: planned\n# end\n", "done", "# top\nstatus: done\n# end\n"},
      {"status: planned\ntags:\n- a\n", "done", "status: done\ntags:\n- a\n"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(got(set_field(with(row.before), "status", row.text)), with(row.after)) << row.before;
}

TEST(FrontmatterEdit, a_new_field_comes_behind_the_one_that_is_named_or_last) {
  EXPECT_EQ(got(set_field(with("status: a\ntags:\n  - x\nz: 1\n"), "priority", "high", "tags")),
            with("status: a\ntags:\n  - x\npriority: high\nz: 1\n"));
  EXPECT_EQ(got(set_field(with("status: a\n"), "updated_at", "2025-11-03T10:00:00Z")),
            with("status: a\nupdated_at: '2025-11-03T10:00:00Z'\n"));
  EXPECT_EQ(got(set_field("# T\n", "status", "planned")), "---\nstatus: planned\n---\n\n# T\n");
  EXPECT_EQ(got(set_field("", "status", "planned")), "---\nstatus: planned\n---\n");
  EXPECT_EQ(got(set_field("\xEF\xBB\xBF# T\r\n", "status", "planned")),
            "\xEF\xBB\xBF---\r\nstatus: planned\r\n---\r\n\r\n# T\r\n");
}

TEST(FrontmatterEdit, line_ends_of_the_file_are_kept) {
  EXPECT_EQ(got(set_field("---\r\nstatus: a\r\n---\r\nx\r\n", "priority", "low")),
            "---\r\nstatus: a\r\npriority: low\r\n---\r\nx\r\n");
  EXPECT_EQ(got(change_list("---\r\ntags:\r\n  - a\r\n---\r\nx\r\n", "tags", Names{"b"}, {})),
            "---\r\ntags:\r\n  - a\r\n  - b\r\n---\r\nx\r\n");
}

TEST(FrontmatterEdit, a_field_goes_with_its_lines) {
  EXPECT_EQ(got(remove_field(with("status: a\ntags:\n  - x\n  - y\nz: 1\n"), "tags")), with("status: a\nz: 1\n"));
  EXPECT_EQ(got(remove_field(with("status: a\n"), "none")), with("status: a\n"));
  EXPECT_EQ(got(remove_field("# T\n", "none")), "# T\n");
}

TEST(FrontmatterEdit, list_items_come_and_go_in_the_way_that_the_list_is_written) {
  struct Row {
    const char* before;
    Names added;
    Names removed;
    const char* after;
  };
  const Row rows[] = {
      {"tags:\n  - a\n  - b\nz: 1\n", {"c"}, {}, "tags:\n  - a\n  - b\n  - c\nz: 1\n"},
      {"tags:\n- a\n- b\n", {"c"}, {"a"}, "tags:\n- b\n- c\n"},
      {"tags: [a, b]\n", {"c"}, {}, "tags: [a, b, c]\n"},
      {"tags: [\"a\",\"b\"] # two\n", {"c"}, {"a"}, "tags: [\"b\",c] # two\n"},
      {"tags: [a, b, c]\n", {}, {"b"}, "tags: [a, c]\n"},
      {"tags: [ a, b ]\n", {}, {"a"}, "tags: [ b ]\n"},
      {"tags: []\n", {"a", "b"}, {}, "tags: [a, b]\n"},
      {"tags:\n  - a # first\n  # about b\n  - 'b'\n", {"c"}, {"a"}, "tags:\n  # about b\n  - 'b'\n  - c\n"},
      {"tags:\n  - a\nz: 1\n", {}, {"a"}, "z: 1\n"},
      {"z: 1\n", {"a"}, {}, "z: 1\ntags:\n  - a\n"},
      {"tags:\nz: 1\n", {"a"}, {}, "tags:\n  - a\nz: 1\n"},
      {"tags:\n  - a\n", {"a"}, {"none"}, "tags:\n  - a\n"},
      {"tags:\n  - a\n", {"049", "x: y", "true"}, {}, "tags:\n  - a\n  - '049'\n  - 'x: y'\n  - 'true'\n"},
      {"tags: [a,\n  b]\n", {"c"}, {}, "tags: [a,\n  b,\n  c]\n"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(got(change_list(with(row.before), "tags", row.added, row.removed)), with(row.after)) << row.before;
}

TEST(FrontmatterEdit, a_transition_is_put_at_the_end) {
  const Pairs entry = {{"status", "complete"}, {"at", "2025-11-04T10:00:00Z"}};
  EXPECT_EQ(got(append_entry(with("transitions:\n  - status: planned\n    at: '2025-11-03T10:00:00Z'\nz: 1\n"),
                             "transitions", entry)),
            with("transitions:\n  - status: planned\n    at: '2025-11-03T10:00:00Z'\n  - status: complete\n    at: "
                 "'2025-11-04T10:00:00Z'\nz: 1\n"));
  EXPECT_EQ(
      got(append_entry(with("transitions:\n- status: planned\n  at: 2025-11-03T10:00:00Z\n"), "transitions", entry)),
      with("transitions:\n- status: planned\n  at: 2025-11-03T10:00:00Z\n- status: complete\n  at: "
           "2025-11-04T10:00:00Z\n"));
  EXPECT_EQ(got(append_entry(with("status: a\n"), "transitions", entry)),
            with("status: a\ntransitions:\n  - status: complete\n    at: '2025-11-04T10:00:00Z'\n"));
  EXPECT_EQ(got(append_entry(with("transitions:\n  - status: planned\n    at: 2025-11-03\n  - 113-stray\n"),
                             "transitions", entry)),
            with("transitions:\n  - status: planned\n    at: 2025-11-03\n  - 113-stray\n  - status: complete\n    at: "
                 "2025-11-04T10:00:00Z\n"));
}

TEST(FrontmatterEdit, what_cannot_be_read_or_edited_alone_is_refused_with_a_reason) {
  EXPECT_EQ(set_field(with("a: [\n"), "status", "x").error().code, ErrorCode::invalid);
  EXPECT_EQ(set_field("---\na: b\n", "status", "x").error().code, ErrorCode::invalid);
  EXPECT_EQ(change_list(with("tags: text\n"), "tags", Names{"a"}, {}).error().code, ErrorCode::unsupported);
  EXPECT_EQ(set_field(with("{a: b}\n"), "c", "x").error().code, ErrorCode::unsupported);
  EXPECT_EQ(set_field(with("a: b\n"), "c", std::string(frontmatter_bytes_max, 'x')).error().code, ErrorCode::too_large);
}

TEST(FrontmatterEdit, every_real_spec_takes_every_edit_and_keeps_every_other_byte) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  const Pairs entry = {{"status", "archived"}, {"at", "2026-01-01T00:00:00Z"}};
  for (const auto& file : tests::corpus_files(*corpus)) {
    if (!file.path.ends_with("README.md") || parse_frontmatter(file.bytes).error) continue;
    SCOPED_TRACE(file.path);
    const auto set = set_field(file.bytes, "status", "archived");
    ASSERT_TRUE(set) << got(set);
    EXPECT_TRUE(change_list(file.bytes, "tags", Names{"new-tag"}, {}));
    const auto added = change_list(file.bytes, "depends_on", Names{"001-new"}, {});
    ASSERT_TRUE(added) << got(added);
    const auto parsed = parse_frontmatter(file.bytes);
    const auto* const list = parsed.find("depends_on");
    const bool written_empty = list != nullptr && list->value.items.empty();  // would not come back
    EXPECT_TRUE(written_empty || got(change_list(*added, "depends_on", {}, Names{"001-new"})) == file.bytes);
    const auto moved = append_entry(file.bytes, "transitions", entry, "updated_at");
    EXPECT_TRUE(moved) << got(moved);
  }
}

RC_GTEST_PROP(FrontmatterEdit, any_text_can_be_put_into_a_field_and_read_back, (std::vector<std::uint8_t> raw)) {
  std::string text;
  for (const auto byte : raw)
    text += byte < 0x80 ? std::string(1, static_cast<char>(byte == 0 ? 'z' : byte)) : "\xC3\xA9";
  for (const char* before : {"k: v\n", "k: 'v'\n", "k: \"v\"\n", "k:\n", "k: [a]\n"}) {
    const auto edited = set_field(with(before), "k", text);
    RC_ASSERT(edited.has_value());
    const auto read = parse_frontmatter(*edited);
    RC_ASSERT(read.fields.size() == 1U);
    RC_ASSERT(read.fields[0].value.text == text);
    RC_ASSERT(edited->ends_with("---\n\n# T\n\nstatus: no field\n"));
  }
}

}  // namespace
}  // namespace leanspec::spec
