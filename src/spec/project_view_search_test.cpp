#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "spec/project_view.h"
#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

SourceFile file_of(std::string path, std::string bytes) {
  SourceFile file;
  file.path = std::move(path);
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

std::string spec_text(const std::string& title, const std::string& body) {
  return "---\nstatus: planned\ncreated: 2026-01-02\ntags: [one]\n---\n\n# " + title + "\n\n" + body + "\n";
}

std::vector<std::string> ids(const Result<SearchPage>& page) {
  std::vector<std::string> all;
  for (const SearchHit& hit : page.value().hits) all.push_back(hit.spec->spec->id);
  return all;
}

ProjectView::Ptr corpus_view() {
  static const ProjectView::Ptr view = [] {
    std::vector<SourceFile> files;
    if (const auto corpus = tests::corpus_folder()) {
      for (tests::CorpusFile& file : tests::corpus_files(*corpus)) files.push_back(file_of(file.path, file.bytes));
    }
    return ProjectView::build(std::move(files));
  }();
  return view;
}

TEST(ProjectViewSearch, ranks_titles_over_bodies_and_equal_ones_by_number) {
  const auto view = ProjectView::build({file_of("001-a/README.md", spec_text("Other", "the needle")),
                                        file_of("002-b/README.md", spec_text("Needle", "text")),
                                        file_of("003-c/README.md", spec_text("Other", "the needle"))});
  EXPECT_EQ(ids(view->search("needle", {}, 0, 10)), (std::vector<std::string>{"002-b", "003-c", "001-a"}));
}

TEST(ProjectViewSearch, a_changed_spec_is_found_by_its_new_text_and_no_longer_by_its_old) {
  const auto view = ProjectView::build(
      {file_of("001-a/README.md", spec_text("A", "former")), file_of("002-b/README.md", spec_text("B", "former"))});
  EXPECT_EQ(view->search("former", {}, 0, 10).value().total, 2u);
  const std::vector<ProjectView::FileChange> changes = {{file_of("001-a/README.md", spec_text("A", "present"))},
                                                        {file_of("002-b/NOTES.md", "present too")}};
  const auto next = view->with(changes);
  EXPECT_EQ(ids(next->search("former", {}, 0, 10)), (std::vector<std::string>{"002-b"}));
  EXPECT_EQ(ids(next->search("present", {}, 0, 10)), (std::vector<std::string>{"001-a", "002-b"}));
  EXPECT_EQ(view->search("former", {}, 0, 10).value().total, 2u);
}

TEST(ProjectViewSearch, lines_are_those_of_the_file) {
  const auto view = ProjectView::build({file_of("001-a/README.md", spec_text("A", "first\nneedle"))});
  const auto page = view->search("needle", {}, 0, 10);
  ASSERT_EQ(page.value().hits.size(), 1u);
  ASSERT_EQ(page.value().hits[0].excerpts.size(), 1u);
  EXPECT_EQ(page.value().hits[0].excerpts[0].line, 10u);
}

TEST(ProjectViewSearch, filters_and_pages_narrow_the_hits_but_the_total_counts_all) {
  std::vector<SourceFile> files;
  for (int i = 100; i < 150; ++i) {
    files.push_back(
        file_of(std::to_string(i) + "-x/README.md", spec_text("X", i % 2 == 0 ? "even needle" : "odd needle")));
  }
  const auto view = ProjectView::build(std::move(files));
  const auto page = view->search("even", {}, 20, 10);
  EXPECT_EQ(page.value().total, 25u);
  EXPECT_EQ(page.value().hits.size(), 5u);
  EXPECT_EQ(page.value().hits[0].spec->spec->id, "108-x");
  EXPECT_TRUE(view->search("even", {}, 100, 10).value().hits.empty());
  SpecFilter complete;
  complete.status = {SpecStatus::complete};
  EXPECT_EQ(view->search("needle", complete, 0, 10).value().total, 0u);
}

TEST(ProjectViewSearch, a_query_that_does_not_parse_is_an_error) {
  EXPECT_FALSE(ProjectView::build({})->search("foo:bar", {}, 0, 10));
  EXPECT_TRUE(ProjectView::build({})->search("foo", {}, 0, 10));
}

// Counts of the published LeanSpec server 0.2.28 for the same specs, except where ours also reads sub-specs.
TEST(ProjectViewSearch, the_corpus_gives_what_leanspec_finds_and_what_stands_in_sub_specs) {
  if (!tests::corpus_folder()) GTEST_SKIP() << tests::corpus_absent;
  struct Row {
    const char* query;
    std::size_t leanspec;
    bool sub_specs;  ///< ours may find more
  };
  const Row rows[] = {
      {"status:complete", 238, false},
      {"status:planned tag:ui", 15, false},
      {"priority:high", 242, false},
      {"created:2026-03", 41, false},
      {"created:>=2026-03", 62, false},
      {"created:<2025-11", 3, false},
      {"created:=2025-11-14", 2, false},
      {"title:sync", 4, false},
      {"tag:cli NOT status:complete", 33, false},
      {"priority:critical OR priority:low", 44, false},
      {"NOT status:complete", 162, false},
      {"tag:web tag:ui", 4, false},
      {"realtime sync", 16, true},
      {"\"source of truth\"", 41, true},
      {"websocket~", 24, true},
      {"sycn~", 0, true},
      {"mermaid OR katex", 16, true},
      {"e", 400, true},
      {"title:cli OR title:web status:planned", 19, false},
      {"created:2025 priority:medium", 47, false},
  };
  for (const Row& row : rows) {
    const auto page = corpus_view()->search(row.query, {}, 0, 200);
    ASSERT_TRUE(page) << row.query;
    if (row.sub_specs) {
      EXPECT_GE(page.value().total, row.leanspec) << row.query;
    } else {
      EXPECT_EQ(page.value().total, row.leanspec) << row.query;
    }
  }
}

}  // namespace
}  // namespace leanspec::spec
