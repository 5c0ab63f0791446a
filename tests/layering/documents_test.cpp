#include "tests/layering/documents.h"

#include <gtest/gtest.h>

namespace leanspec::layering {
namespace {

std::vector<std::string> paths_in(std::string_view markdown) {
  std::vector<std::string> paths;
  for (const auto& mention : mentions_in(markdown)) {
    paths.push_back((mention.is_link ? "link " : "path ") + mention.path);
  }
  return paths;
}

using Paths = std::vector<std::string>;

TEST(Documents, relative_links_are_found_and_other_sites_are_not) {
  EXPECT_EQ(paths_in("see [one](../a.md#part), [two](b.md \"title\"), [three](https://example.org/x), [four](#here), "
                     "[five](mailto:a@b)"),
            (Paths{"link ../a.md", "link b.md"}));
}

TEST(Documents, paths_in_backticks_are_found_when_they_begin_with_a_folder_of_ours) {
  EXPECT_EQ(paths_in("`src/sync/plan.h:12` and `packaging/` but not `specs/082/README.md`, `src/*/x.h`, `src/<name>` "
                     "or `leanspec-hub`"),
            (Paths{"path src/sync/plan.h", "path packaging/"}));
}

TEST(Documents, fenced_code_is_left_alone) {
  EXPECT_EQ(paths_in("```\n[a](b.md) `src/x.h`\n```\n"), Paths{});
}

TEST(Documents, a_missing_target_is_named_with_its_line) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "documents_test";
  std::filesystem::create_directories(folder / "docs");
  {
    std::FILE* file = std::fopen((folder / "docs" / "a.md").c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs("[self](a.md)\n[gone](b.md)\n`docs/a.md` `docs/c.md`\n", file);
    std::fclose(file);
  }
  const auto findings = check_document(folder, "docs/a.md");
  ASSERT_EQ(findings.size(), 2U) << to_string(findings);
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_EQ(findings[1].line, 3);
  std::filesystem::remove_all(folder);
}

TEST(TheHouse, every_link_and_path_in_the_documents_exists) {
  auto documents = files_below(source_root(), "docs", {".md"});
  for (const char* document : {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}) {
    if (std::filesystem::exists(source_root() / document)) {
      documents.emplace_back(document);
    }
  }
  std::vector<Finding> findings;
  for (const auto& document : documents) {
    const auto found = check_document(source_root(), document);
    findings.insert(findings.end(), found.begin(), found.end());
  }
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

}  // namespace
}  // namespace leanspec::layering
