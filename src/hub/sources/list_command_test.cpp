#include "hub/sources/list_command.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "host/system_file_tree.h"
#include "tests/fakes/corpus.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec::hub::sources {
namespace {

using fakes::MemoryFileTree;

std::string readme(const std::string& fields, const std::string& title) {
  return "---\ncreated: 2025-11-14\n" + fields + "---\n\n# " + title + "\n";
}

ListOptions options(bool json = false, std::string status = {}) {
  ListOptions made;
  made.json = json;
  made.status = std::move(status);
  return made;
}

TEST(ListCommand, the_table_is_aligned_and_newest_first) {
  MemoryFileTree project;
  project.write("specs/001-a/README.md", readme("status: complete\npriority: critical\n", "First"));
  project.write("specs/012-longer/README.md", readme("status: in-progress\n", "Na\xC3\xAFve \x1B[31mred\n"));
  const auto result = list_specs(project, options());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.errors, "");
  EXPECT_EQ(result.output,
            "STATUS       PRIORITY  SPEC        TITLE\n"
            "in-progress  -         012-longer  Na\xC3\xAFve  [31mred\n"
            "complete     critical  001-a       First\n"
            "\n"
            "2 specs: 1 in-progress, 1 complete\n");
}

TEST(ListCommand, flagged_specs_and_skipped_files_are_told_with_their_reason) {
  MemoryFileTree project;
  project.write("specs/001-a/README.md", readme("status: superseded\n", "Odd"));
  project.write("specs/002-b/README.md", "---\nstatus: planned\nstatus: draft\n---\n# Twice\n");
  project.make_symlink("specs/003-c");
  const auto result = list_specs(project, options());
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.output.find("?       -         002-b  Twice\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("2 specs\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("  002-b/README.md: line 3: The key 'status' is there twice\n"), std::string::npos)
      << result.output;
  EXPECT_NE(result.output.find("  001-a/README.md: line 3: Invalid status: 'superseded'. Use draft"), std::string::npos)
      << result.output;
  EXPECT_NE(result.output.find("Skipped:\n  003-c: it is a symbolic link\n"), std::string::npos) << result.output;
}

TEST(ListCommand, json_is_one_object_with_everything) {
  MemoryFileTree project;
  project.write("specs/001-a/README.md",
                readme("status: complete\npriority: low\ntags: [x]\nassignee: Ana\n", "First \"quoted\""));
  project.write("specs/002-b/README.md", "# No frontmatter\xFF\n");
  const auto result = list_specs(project, options(true));
  EXPECT_EQ(result.exit_code, 1);
  const auto object = boost::json::parse(result.output).as_object();
  EXPECT_EQ(object.at("total").as_int64(), 2);
  const auto& bad = object.at("specs").as_array().at(0).as_object();
  EXPECT_TRUE(bad.at("flagged").as_bool());
  EXPECT_TRUE(bad.at("status").is_null());
  EXPECT_EQ(bad.at("findings").as_array().at(0).as_object().at("message").as_string(), "There is no frontmatter");
  const auto& good = object.at("specs").as_array().at(1).as_object();
  EXPECT_EQ(good.at("id").as_string(), "001-a");
  EXPECT_EQ(good.at("number").as_int64(), 1);
  EXPECT_EQ(good.at("title").as_string(), "First \"quoted\"");
  EXPECT_EQ(good.at("status").as_string(), "complete");
  EXPECT_EQ(good.at("tags").as_array().at(0).as_string(), "x");
  EXPECT_EQ(good.at("createdAt").as_string(), "2025-11-14T00:00:00Z");
  EXPECT_TRUE(good.at("updatedAt").is_null());
  EXPECT_FALSE(good.at("flagged").as_bool());
}

TEST(ListCommand, status_narrows_and_a_wrong_one_is_an_error) {
  MemoryFileTree project;
  project.write("1-a/README.md", readme("status: complete\n", "A"));
  project.write("2-b/README.md", readme("status: planned\n", "B"));
  project.write("3-c/README.md", readme("status: draft\n", "C"));
  const auto result = list_specs(project, options(true, "completed,draft"));
  EXPECT_EQ(boost::json::parse(result.output).as_object().at("total").as_int64(), 2);
  const auto wrong = list_specs(project, options(false, "done"));
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(wrong.output, "");
  EXPECT_NE(wrong.errors.find("done"), std::string::npos);
  EXPECT_NE(wrong.errors.find("in-progress"), std::string::npos);
}

TEST(ListCommand, an_empty_folder_is_no_error_and_a_missing_one_is) {
  MemoryFileTree project;
  EXPECT_EQ(list_specs(project, options()).output, "0 specs\n");
  project.take_root_away();
  const auto result = list_specs(project, options());
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_FALSE(result.errors.empty());
}

TEST(ListCommand, the_real_specs_are_all_listed_and_none_is_flagged) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  auto tree = host::open_file_tree(std::filesystem::absolute(*corpus / "leanspec").lexically_normal().string());
  ASSERT_TRUE(tree) << tree.error().sentence();
  const auto result = list_specs(**tree, options());
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.output.find("400 specs: 1 draft, 79 planned, 16 in-progress"), std::string::npos);
}

}  // namespace
}  // namespace leanspec::hub::sources
