#include "tests/fakes/corpus.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "spec/document.h"
#include "spec/frontmatter.h"
#include "spec/project_view.h"

// The real specs, read by the parser and, independently, line by line.

namespace leanspec::spec {
namespace {

class SpecCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = tests::corpus_folder();
    if (!folder) GTEST_SKIP() << tests::corpus_absent;
    files_ = tests::corpus_files(*folder);
    std::vector<SourceFile> sources;
    for (const auto& file : files_) {
      SourceFile source;
      source.path = file.path;
      source.bytes = std::make_shared<const std::string>(file.bytes);
      sources.push_back(std::move(source));
    }
    view_ = ProjectView::build(std::move(sources));
  }

  /// How often each value of a plain frontmatter line `key: value` occurs in README.md files.
  [[nodiscard]] std::map<std::string, std::size_t> count_lines(const std::string& key) const {
    std::map<std::string, std::size_t> counts;
    for (const auto& file : files_) {
      if (!file.path.ends_with("/README.md")) continue;
      std::istringstream lines(file.bytes);
      std::string line;
      std::getline(lines, line);
      while (std::getline(lines, line) && line != "---") {
        if (line.starts_with(key + ": ")) ++counts[line.substr(key.size() + 2)];
      }
    }
    return counts;
  }

  std::vector<tests::CorpusFile> files_;
  ProjectView::Ptr view_;
};

TEST_F(SpecCorpus, every_file_belongs_somewhere_and_every_readme_is_a_readable_spec) {
  ASSERT_EQ(files_.size(), 493U);
  EXPECT_EQ(view_->size(), 400U);
  EXPECT_EQ(view_->parsed_files(), 400U);
  std::size_t sub_specs = 0;
  std::size_t stray_transitions = 0;
  for (const auto& entry : view_->all()) {
    const Spec& spec = *entry->spec;
    sub_specs += entry->sub_specs.size();
    EXPECT_TRUE(spec.frontmatter_ok) << spec.id;
    EXPECT_TRUE(spec.status.has_value()) << spec.id;
    EXPECT_TRUE(spec.priority.has_value()) << spec.id;
    EXPECT_TRUE(spec.created_at.has_value()) << spec.id;
    EXPECT_TRUE(spec.number.has_value()) << spec.id;
    EXPECT_FALSE(spec.title.empty()) << spec.id;
    EXPECT_FALSE(spec.body().empty()) << spec.id;
    for (const auto& finding : spec.findings) {
      EXPECT_EQ(finding.severity, Severity::warning) << spec.id << ": " << finding.message;
      EXPECT_TRUE(finding.message.starts_with("transitions has an item")) << spec.id << ": " << finding.message;
      ++stray_transitions;
    }
  }
  EXPECT_GE(stray_transitions, 6U);
  EXPECT_EQ(400U + sub_specs + view_->loose_files().size(), files_.size());
}

TEST_F(SpecCorpus, counts_equal_those_of_the_lines) {
  const auto stats = view_->stats();
  const auto statuses = count_lines("status");
  std::size_t seen = 0;
  for (const auto& [status, count] : stats.by_status) {
    const auto found = statuses.find(std::string(to_string(status)));
    EXPECT_EQ(count, found == statuses.end() ? 0 : found->second) << to_string(status);
    seen += count;
  }
  EXPECT_EQ(seen, 400U);
  EXPECT_EQ(stats.by_status.at(0).count, 1U);   // draft
  EXPECT_EQ(stats.by_status.at(1).count, 79U);  // planned
  EXPECT_EQ(stats.by_status.at(2).count, 16U);  // in-progress
  const auto priorities = count_lines("priority");
  for (const auto& [priority, count] : stats.by_priority)
    EXPECT_EQ(count, priorities.at(std::string(to_string(priority))));
  std::size_t parents = 0;
  for (const auto& [parent, count] : count_lines("parent")) parents += count;
  std::size_t with_parent = 0;
  std::size_t children = 0;
  for (const auto& entry : view_->all()) {
    if (entry->spec->parent) ++with_parent;
    children += entry->children.size();
  }
  EXPECT_EQ(with_parent, parents);
  EXPECT_EQ(children, parents) << "no parent is missing in this set";
}

TEST_F(SpecCorpus, bodies_have_the_digests_that_leanspec_tells) {
  const std::map<std::string, std::string> told{
      {"082-web-realtime-sync-architecture", "6b8018c86366bb4681600d871f17d33c2ad1460c3e8f1a2c00cfa5e8d7784a94"},
      {"243-ui-realtime-file-watch-sync", "1c3760958b28b7e28bf39a4403812780162d062438734a76303d86468187489a"},
      {"342-rust-god-modules-split", "4126b413afc545f16f2d8bb108a5cf91116a8c3df284de5399e2c06e1ab7dda1"},
      {"377-tui-ux-feedback-defaults-settings", "79a430f25c3ee261c0503a75f30ccbd142135c547d95f653cdaaea5749421171"},
      {"376-tui-testing-snapshot-e2e", "202a477bfd8cca6ad60226a30b4d3d39a955ec693b3317b53b44f04ba154e451"},
      {"087-cli-ui-command", "d69ad7cbb0ee2566f0a2ac5becce810ed6a7037e671963b55d1d0d286f34db3d"},
  };
  for (const auto& [id, digest] : told) {
    const auto entry = view_->find(id);
    ASSERT_NE(entry, nullptr) << id;
    EXPECT_EQ(to_hex(entry->spec->body_digest), digest) << id;
  }
}

TEST_F(SpecCorpus, fields_are_those_that_leanspec_tells) {
  const Spec& web = *view_->find("82")->spec;
  EXPECT_EQ(web.title, "Web App Realtime Spec Sync Architecture");
  EXPECT_EQ(web.status, SpecStatus::complete);
  EXPECT_EQ(web.created_at, "2025-11-14T05:33:26.170Z");
  EXPECT_EQ(web.updated_at, "2025-12-04T06:46:17.344Z");
  EXPECT_EQ(web.completed_at, "2025-11-17T08:18:56.781Z");
  EXPECT_EQ(web.depends_on, std::vector<std::string>{"035-live-specs-showcase"});
  EXPECT_EQ(web.tags.size(), 5U);
  const auto entry = view_->find("82");
  ASSERT_EQ(entry->sub_specs.size(), 4U);
  EXPECT_EQ(entry->sub_specs[0].name, "Database");
  EXPECT_EQ(entry->sub_specs[1].name, "Deployment");
  const Spec& split = *view_->find("342-rust-god-modules-split")->spec;
  EXPECT_EQ(split.created_at, "2026-03-02T02:39:26.182409089Z");
  EXPECT_EQ(split.updated_at, "2026-03-02T03:33:41.483206440Z");
  EXPECT_EQ(split.parent, "341-codebase-refactoring-overhaul");
  EXPECT_EQ(view_->find("087-cli-ui-command")->spec->title, "CLI UI Command: `lean-spec ui`");
}

TEST_F(SpecCorpus, the_lines_of_the_fields_make_up_the_frontmatter) {
  for (const auto& entry : view_->all()) {
    const std::string& file = *entry->spec->source.bytes;
    const auto frontmatter = parse_frontmatter(file);
    std::size_t end = frontmatter.split.yaml.begin;
    for (const auto& field : frontmatter.fields) {
      EXPECT_EQ(field.lines.begin, end) << entry->spec->id << " " << field.key;
      end = field.lines.end;
      EXPECT_EQ(file.substr(field.key_range.begin, field.key.size()), field.key) << entry->spec->id;
    }
    EXPECT_EQ(end, frontmatter.split.yaml.end) << entry->spec->id;
  }
}

TEST_F(SpecCorpus, files_cut_off_anywhere_are_read_without_harm) {
  for (std::size_t i = 0; i < files_.size(); i += 40) {
    const std::string& bytes = files_[i].bytes;
    for (std::size_t length = 0; length < std::min<std::size_t>(bytes.size(), 900); length += 3) {
      SourceFile source;
      source.path = "001-a/README.md";
      source.bytes = std::make_shared<const std::string>(bytes.substr(0, length));
      const auto spec = parse_spec(std::move(source));
      EXPECT_LE(spec->body_offset, length);
    }
  }
}

}  // namespace
}  // namespace leanspec::spec
