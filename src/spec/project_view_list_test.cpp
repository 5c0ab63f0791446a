#include <gtest/gtest.h>

#include <string>

#include "spec/project_sample.h"
#include "spec/project_view.h"
#include "spec/view_filter.h"

namespace leanspec::spec {
namespace {

using Ids = std::vector<std::string>;

ProjectView::Ptr sample() {
  return sample_view(
      {{"001-a/README.md",
        sample_readme("complete", "priority: low\ntags: [web, api]\nupdated_at: 2025-12-01T00:00:00Z\n", "beta")},
       {"002-b/README.md",
        sample_readme(
            "in-progress",
            "priority: critical\ntags: [web]\nassignee: Ana\nparent: 005-e\nupdated_at: 2025-12-01T00:00:00.5Z\n",
            "Alpha")},
       {"003-c/README.md", sample_readme("planned", "depends_on: [002-b]\nparent: 005-e\n", "gamma")},
       {"004-d/README.md", "no frontmatter\n"},
       {"005-e/README.md", sample_readme("archived", "priority: high\ncreated_at: 2020-01-01T00:00:00Z\n", "delta")}});
}

Ids listed(const ProjectView& view, const ListQuery& query) {
  return ids_of(view.list(query).specs);
}

TEST(ProjectViewList, without_a_question_everything_comes_newest_number_first) {
  EXPECT_EQ(listed(*sample(), {}), (Ids{"005-e", "004-d", "003-c", "002-b", "001-a"}));
}

TEST(ProjectViewList, every_filter_narrows) {
  struct Row {
    const char* name;
    SpecFilter filter;
    Ids expected;
  };
  std::vector<Row> rows(9);
  rows[0] = {"status", {}, {"002-b", "001-a"}};
  rows[0].filter.status = {SpecStatus::complete, SpecStatus::in_progress};
  rows[1] = {"no status counts as planned", {}, {"004-d", "003-c"}};
  rows[1].filter.status = {SpecStatus::planned};
  rows[2] = {"priority", {}, {"005-e", "001-a"}};
  rows[2].filter.priority = {Priority::low, Priority::high};
  rows[3] = {"tags", {}, {"001-a"}};
  rows[3].filter.tags = {"api", "none"};
  rows[4] = {"assignee", {}, {"002-b"}};
  rows[4].filter.assignee = "Ana";
  rows[5] = {"blocked", {}, {"003-c"}};
  rows[5].filter.blocked = true;
  rows[6] = {"not blocked", {}, {"005-e", "004-d", "002-b", "001-a"}};
  rows[6].filter.blocked = false;
  rows[7] = {"with findings", {}, {"004-d"}};
  rows[7].filter.with_findings = true;
  rows[8] = {"all together", {}, {}};
  rows[8].filter.status = {SpecStatus::complete};
  rows[8].filter.tags = {"nope"};
  const auto view = sample();
  for (const auto& row : rows) {
    ListQuery query;
    query.filter = row.filter;
    EXPECT_EQ(listed(*view, query), row.expected) << row.name;
  }
}

TEST(ProjectViewList, every_order_goes_both_ways) {
  struct Row {
    SortKey key;
    Ids descending;
  };
  const auto view = sample();
  for (const auto& [key, descending] : {Row{SortKey::number, {"005-e", "004-d", "003-c", "002-b", "001-a"}},
                                        Row{SortKey::updated, {"002-b", "001-a", "003-c", "005-e", "004-d"}},
                                        Row{SortKey::created, {"003-c", "002-b", "001-a", "005-e", "004-d"}},
                                        Row{SortKey::title, {"003-c", "005-e", "001-a", "002-b", "004-d"}},
                                        Row{SortKey::priority, {"002-b", "005-e", "001-a", "004-d", "003-c"}},
                                        Row{SortKey::status, {"005-e", "001-a", "002-b", "004-d", "003-c"}}}) {
    ListQuery query;
    query.sort = key;
    EXPECT_EQ(listed(*view, query), descending) << static_cast<int>(key);
    query.descending = false;
    const auto ascending = listed(*view, query);
    EXPECT_EQ(ascending.size(), 5U);
    if (key == SortKey::number || key == SortKey::updated || key == SortKey::title) {  // those without equals
      EXPECT_EQ(ascending, Ids(descending.rbegin(), descending.rend())) << static_cast<int>(key);
    }
  }
}

TEST(ProjectViewList, pages_join_to_the_whole) {
  const auto view = sample();
  Ids joined;
  ListQuery query;
  query.limit = 2;
  for (;;) {
    const auto page = view->list(query);
    EXPECT_EQ(page.total, 5U);
    for (const auto& id : ids_of(page.specs)) joined.push_back(id);
    if (!page.next_offset) break;
    query.offset = *page.next_offset;
  }
  EXPECT_EQ(joined, ids_of(view->all()));
}

TEST(ProjectViewList, pages_beyond_the_end_and_boundless_ones_are_fine) {
  const auto view = sample();
  ListQuery query;
  query.offset = 5;
  EXPECT_TRUE(view->list(query).specs.empty());
  EXPECT_FALSE(view->list(query).next_offset.has_value());
  query.offset = static_cast<std::size_t>(-1);
  EXPECT_TRUE(view->list(query).specs.empty());
  query.offset = 1;
  query.limit = static_cast<std::size_t>(-1);
  EXPECT_EQ(view->list(query).specs.size(), 4U);
  query.limit = 0;
  EXPECT_TRUE(view->list(query).specs.empty());
  EXPECT_FALSE(view->list(query).next_offset.has_value());
}

TEST(ProjectViewBoard, columns_are_the_stages_and_drafts_show_only_when_there_are_some) {
  const auto view = sample();
  auto board = view->board({});
  ASSERT_EQ(board.size(), 4U);
  EXPECT_EQ(board[0].status, SpecStatus::planned);
  EXPECT_EQ(ids_of(board[0].specs), (Ids{"004-d", "003-c"}));
  EXPECT_EQ(ids_of(board[3].specs), Ids{"005-e"});
  const std::vector<FileChange> changes{sample_change("006-f/README.md", sample_readme("draft"))};
  board = view->with(changes)->board({});
  ASSERT_EQ(board.size(), 5U);
  EXPECT_EQ(board[0].status, SpecStatus::draft);
}

TEST(ProjectViewHierarchy, children_stand_below_their_parent_and_orphans_at_the_top) {
  const auto view = sample();
  const auto roots = view->hierarchy({});
  ASSERT_EQ(roots.size(), 3U);
  EXPECT_EQ(roots[0].spec->spec->id, "005-e");
  ASSERT_EQ(roots[0].children.size(), 2U);
  EXPECT_EQ(roots[0].children[0].spec->spec->id, "003-c");
  SpecFilter filter;
  filter.status = {SpecStatus::planned, SpecStatus::in_progress};
  EXPECT_EQ(view->hierarchy(filter).size(), 3U) << "their parent does not pass the filter";
}

std::size_t count(const std::vector<HierarchyNode>& nodes, std::size_t& deepest, std::size_t depth = 1) {
  std::size_t total = nodes.size();
  if (!nodes.empty()) deepest = std::max(deepest, depth);
  for (const auto& node : nodes) total += count(node.children, deepest, depth + 1);
  return total;
}

TEST(ProjectViewHierarchy, circles_and_very_deep_families_lose_nobody) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 1; i <= 300; ++i) {
    const int parent = i < 5 ? i % 4 + 1 : i - 1;  // a circle of four, then a chain
    files.emplace_back(std::to_string(i) + "-x/README.md",
                       sample_readme("planned", "parent: " + std::to_string(parent) + "-x\n"));
  }
  const auto view = sample_view(files);
  std::size_t deepest = 0;
  EXPECT_EQ(count(view->hierarchy({}), deepest), 300U);
  EXPECT_EQ(deepest, 13U);
}

TEST(ProjectViewStats, counts_add_up_and_the_rate_counts_archived_in) {
  const auto stats = sample()->stats();
  EXPECT_EQ(stats.total, 5U);
  std::size_t sum = 0;
  for (const auto& [status, number] : stats.by_status) sum += number;
  EXPECT_EQ(stats.by_status.size(), 5U);
  EXPECT_EQ(sum, 5U);
  EXPECT_EQ(stats.by_priority.size(), 4U);
  EXPECT_EQ(stats.without_priority, 2U);
  EXPECT_EQ(stats.without_status, 1U);
  EXPECT_EQ(stats.with_findings, 1U);
  EXPECT_DOUBLE_EQ(stats.completion_rate, 20.0);
  ASSERT_EQ(stats.by_tag.size(), 2U);
  EXPECT_EQ(stats.by_tag[0].name, "web");
  EXPECT_EQ(stats.by_tag[0].count, 2U);
  ASSERT_EQ(stats.by_assignee.size(), 1U);
  EXPECT_EQ(stats.by_assignee[0].name, "Ana");
}

}  // namespace
}  // namespace leanspec::spec
