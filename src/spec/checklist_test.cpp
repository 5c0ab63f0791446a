#include "spec/checklist.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

const std::string plan =
    "---\nstatus: planned\n---\n\n# T\n\n- [ ] **Write** the `parser`\n- [x] Read [the spec](../001-a/README.md)\n"
    "```\n- [ ] Write the example\n```\n1. [X] Number\n   * [ ] Nested\n> - [ ] quoted\n- [ ]\n- [y] none\n- [ "
    "]none\n[ ] none";

ChecklistToggle toggle(std::string text, bool checked) {
  ChecklistToggle made;
  made.text = std::move(text);
  made.checked = checked;
  return made;
}
ChecklistToggle toggle_line(std::uint32_t line, bool checked, std::string text = {}) {
  ChecklistToggle made = toggle(std::move(text), checked);
  made.line = line;
  return made;
}

TEST(Checklist, boxes_are_found_with_their_lines_and_not_in_code_or_frontmatter) {
  std::vector<std::pair<std::uint32_t, bool>> found;
  for (const ChecklistItem& item : checklist_items(plan)) found.emplace_back(item.line, item.checked);
  EXPECT_EQ(found, (std::vector<std::pair<std::uint32_t, bool>>{
                       {7, false}, {8, true}, {12, true}, {13, false}, {14, false}, {15, false}}));
  EXPECT_EQ(checklist_items(plan)[0].text, "**Write** the `parser`");
  EXPECT_TRUE(checklist_items("").empty());
}

TEST(Checklist, one_byte_changes_and_no_other) {
  struct Row {
    ChecklistToggle toggle;
    std::uint32_t line;
    std::size_t at;  ///< of the changed byte; npos: none
    char mark;
  };
  const auto mark_of = [](const char* line) { return plan.find(line) + std::string(line).find('[') + 1; };
  const Row rows[] = {
      {toggle("Write the parser", true), 7, mark_of("- [ ] **Write"), 'x'},
      {toggle("PARSER", true), 7, mark_of("- [ ] **Write"), 'x'},
      {toggle("read the spec", false), 8, mark_of("- [x] Read"), ' '},
      {toggle("Number", false), 12, mark_of("1. [X]"), ' '},
      {toggle("Number", true), 12, std::string::npos, ' '},
      {toggle("nested", true), 13, mark_of("* [ ] Nested"), 'x'},
      {toggle_line(14, true), 14, mark_of("- [ ] quoted"), 'x'},
      {toggle_line(7, true, "parser"), 7, mark_of("- [ ] **Write"), 'x'},
  };
  for (const Row& row : rows) {
    const auto edit = toggle_checklist(plan, std::vector{row.toggle});
    ASSERT_TRUE(edit) << row.toggle.text;
    std::string expected = plan;
    if (row.at != std::string::npos) expected[row.at] = row.mark;
    EXPECT_EQ(edit->file, expected) << row.toggle.text;
    ASSERT_EQ(edit->items.size(), 1U);
    EXPECT_EQ(edit->items[0].line, row.line);
    EXPECT_EQ(edit->items[0].checked, row.toggle.checked);
  }
}

TEST(Checklist, an_equal_text_goes_before_one_that_contains_it) {
  const std::string file = "- [ ] tests pass\n- [ ] tests\n";
  EXPECT_EQ(toggle_checklist(file, std::vector{toggle("tests", true)})->file, "- [ ] tests pass\n- [x] tests\n");
}

TEST(Checklist, several_are_toggled_together_or_not_at_all) {
  const auto both = toggle_checklist(plan, std::vector{toggle("parser", true), toggle("spec", false)});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->items.size(), 2U);
  const auto none = toggle_checklist(plan, std::vector{toggle("parser", true), toggle("never written", true)});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::conflict);
}

TEST(Checklist, a_box_that_is_not_there_is_a_conflict) {
  for (const ChecklistToggle& missing : {toggle("never written", true), toggle_line(9, true), toggle_line(10, true),
                                         toggle_line(7, true, "something else"), toggle("", true)}) {
    const auto edit = toggle_checklist(plan, std::vector{missing});
    ASSERT_FALSE(edit);
    EXPECT_EQ(edit.error().code, ErrorCode::conflict);
  }
}

TEST(Checklist, carriage_returns_and_the_missing_last_line_end_stay) {
  const std::string file = "\xEF\xBB\xBF---\r\nstatus: planned\r\n---\r\n\r\n- [ ] one\r\n- [ ] two";
  const auto edit = toggle_checklist(file, std::vector{toggle("two", true), toggle("one", true)});
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->file, "\xEF\xBB\xBF---\r\nstatus: planned\r\n---\r\n\r\n- [x] one\r\n- [x] two");
  EXPECT_EQ(edit->items[0].line, 6U);
}

TEST(Checklist, every_box_of_every_real_file_goes_and_comes_back) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  std::size_t boxes = 0;
  for (const auto& file : tests::corpus_files(*corpus)) {
    std::vector<ChecklistToggle> there;
    std::vector<ChecklistToggle> back;
    std::string expected = file.bytes;
    for (const ChecklistItem& item : checklist_items(file.bytes)) {
      there.push_back(toggle_line(item.line, !item.checked, std::string(item.text)));
      back.push_back(toggle_line(item.line, item.checked));
      expected[item.mark_at] = item.checked ? ' ' : 'x';
      ++boxes;
    }
    const auto edited = toggle_checklist(file.bytes, there);
    ASSERT_TRUE(edited) << file.path << edited.error().sentence();
    EXPECT_EQ(edited->file, expected) << file.path;
    const auto again = toggle_checklist(edited->file, back);
    ASSERT_TRUE(again);
    if (file.bytes.find("[X]") == std::string::npos) EXPECT_EQ(again->file, file.bytes) << file.path;
  }
  EXPECT_GT(boxes, 10'000U);
}

}  // namespace
}  // namespace leanspec::spec
