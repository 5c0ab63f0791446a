#include "spec/relations.h"

#include <gtest/gtest.h>

#include <string>

#include "spec/project_sample.h"
#include "spec/spec_order.h"

namespace leanspec::spec {
namespace {

using Ids = std::vector<std::string>;

TEST(Relations, work_that_is_over_blocks_nobody) {
  for (const auto& [status, open] : std::vector<std::pair<std::string, bool>>{{"draft", true},
                                                                              {"planned", true},
                                                                              {"in-progress", true},
                                                                              {"complete", false},
                                                                              {"archived", false},
                                                                              {"odd", true}}) {
    const auto view = sample_view(
        {{"1-a/README.md", sample_readme(status)}, {"2-b/README.md", sample_readme("planned", "depends_on: [1-a]\n")}});
    EXPECT_EQ(is_open(*view->find("1")->spec), open) << status;
    EXPECT_EQ(view->find("2")->blocked, open) << status;
  }
}

TEST(Relations, a_change_of_status_reaches_its_dependents_only) {
  const auto before = sample_view({{"1-a/README.md", sample_readme("planned")},
                                   {"2-b/README.md", sample_readme("planned", "depends_on: [1-a]\n")},
                                   {"3-c/README.md", sample_readme("planned", "depends_on: [2-b]\n")}});
  const std::vector<FileChange> changes{sample_change("1-a/README.md", sample_readme("archived"))};
  const auto after = before->with(changes);
  EXPECT_FALSE(after->find("2")->blocked);
  EXPECT_EQ(after->find("3"), before->find("3"));
}

TEST(Relations, a_reference_that_moves_leaves_the_old_target_and_reaches_the_new) {
  const auto before = sample_view({{"1-a/README.md", sample_readme("planned")},
                                   {"2-b/README.md", sample_readme("planned")},
                                   {"3-c/README.md", sample_readme("planned", "depends_on: [1-a]\nparent: 1-a\n")},
                                   {"4-d/README.md", sample_readme("planned")}});
  const std::vector<FileChange> changes{
      sample_change("3-c/README.md", sample_readme("planned", "depends_on: [2-b]\nparent: 2-b\n"))};
  const auto after = before->with(changes);
  EXPECT_TRUE(after->find("1")->required_by.empty());
  EXPECT_TRUE(after->find("1")->children.empty());
  EXPECT_EQ(after->find("2")->required_by, Ids{"3-c"});
  EXPECT_EQ(after->find("2")->children, Ids{"3-c"});
  EXPECT_EQ(after->find("4"), before->find("4"));
}

TEST(Relations, many_changes_at_once_share_what_they_do_not_touch) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 1; i <= 100; ++i)
    files.emplace_back(std::to_string(i) + "-x/README.md", sample_readme("planned", "depends_on: [100-x]\n"));
  files.emplace_back("200-alone/README.md", sample_readme("planned"));
  const auto before = sample_view(files);
  std::vector<FileChange> changes;
  for (int i = 1; i <= 90; ++i)
    changes.push_back(sample_change(std::to_string(i) + "-x/README.md", sample_readme("complete")));
  const auto after = before->with(changes);
  EXPECT_EQ(after->find("200"), before->find("200"));
  EXPECT_EQ(after->find("95"), before->find("95"));
  EXPECT_EQ(after->find("100")->required_by.size(), 9U);
}

TEST(Relations, the_shortest_circle_through_a_spec_is_told) {
  const auto view =
      sample_view({{"1-a/README.md", sample_readme("planned", "depends_on: [2-b, 3-c, 1-a, 9-none]\nparent: 2-b\n")},
                   {"2-b/README.md", sample_readme("planned", "depends_on: [3-c]\nparent: 1-a\n")},
                   {"3-c/README.md", sample_readme("planned", "depends_on: [1-a]\n")},
                   {"4-d/README.md", sample_readme("planned", "depends_on: [1-a]\nparent: 1-a\n")}});
  const auto circle = [&](std::string_view id, Relation relation) {
    return circle_through(view->all(), *view->find(id)->spec, relation);
  };
  EXPECT_EQ(circle("1", Relation::depends_on), (Ids{"1-a", "3-c"}));
  EXPECT_EQ(circle("2", Relation::depends_on), (Ids{"2-b", "3-c", "1-a"}));
  EXPECT_EQ(circle("1", Relation::parent), (Ids{"1-a", "2-b"}));
  EXPECT_TRUE(circle("4", Relation::depends_on).empty());
  EXPECT_TRUE(circle("4", Relation::parent).empty());
}

TEST(Relations, a_chain_of_thousands_is_followed_without_harm) {
  std::vector<std::pair<std::string, std::string>> files;
  const int length = 5000;
  for (int i = 1; i <= length; ++i) {
    const std::string next = std::to_string(i % length + 1) + "-x";
    files.emplace_back(std::to_string(i) + "-x/README.md",
                       sample_readme("planned", "depends_on: [" + next + "]\nparent: " + next + "\n"));
  }
  const auto view = sample_view(files);
  EXPECT_EQ(circle_through(view->all(), *view->find("1")->spec, Relation::depends_on).size(),
            static_cast<std::size_t>(length));
  EXPECT_EQ(view->hierarchy({}).size(), 1U);
}

}  // namespace
}  // namespace leanspec::spec
