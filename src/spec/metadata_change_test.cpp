#include "spec/metadata_change.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <set>
#include <sstream>

#include "spec/document.h"
#include "spec/frontmatter_fields.h"
#include "spec/project_sample.h"
#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

using Texts = std::vector<std::string>;

const Instant now{std::chrono::milliseconds{1767261600125}};  // 2026-01-01T10:00:00.125Z
constexpr const char* now_text = "2026-01-01T10:00:00.125Z";

std::string readme(const std::string& yaml) {
  return "---\n" + yaml + "---\n\n# T\n\nstatus: no field\n";
}

/// A project of these specs; the first one is changed.
struct Project {
  explicit Project(const std::vector<std::pair<std::string, std::string>>& specs) : view(sample_view(paths(specs))) {
    first = view->find(specs.front().first)->spec;
  }
  static std::vector<std::pair<std::string, std::string>> paths(
      std::vector<std::pair<std::string, std::string>> specs) {
    for (auto& [id, bytes] : specs) id += "/README.md";
    return specs;
  }
  [[nodiscard]] Result<std::string> change(const MetadataChange& change) const {
    return change_metadata(*first, change, *view, now);
  }
  ProjectView::Ptr view;
  std::shared_ptr<const Spec> first;
};

std::string got(const Result<std::string>& result) {
  return result ? *result : "ERROR " + result.error().sentence();
}

MetadataChange status_change(const std::string& status, bool force = false) {
  MetadataChange change;
  change.status = status;
  change.force = force;
  return change;
}

TEST(MetadataChange, a_status_is_changed_with_its_transition_and_its_times) {
  const std::string at(now_text);
  struct Row {
    std::string before;
    const char* status;
    std::string after;
  };
  const Row rows[] = {
      {"status: planned\ncreated: '2025-11-14'\n", "in-progress",
       "status: in-progress\ncreated: '2025-11-14'\ntransitions:\n  - status: in-progress\n    at: '" + at +
           "'\nupdated_at: '" + at + "'\n"},
      {"status: 'in-progress' # now\ncreated_at: 2025-11-14T05:33:26.170Z\nupdated_at: 2025-11-14T05:33:26.170Z\n"
       "transitions:\n- status: in-progress\n  at: 2025-11-14T05:35:02Z\nsprint: 42\n",
       "complete",
       "status: 'complete' # now\ncreated_at: 2025-11-14T05:33:26.170Z\nupdated_at: " + at +
           "\ntransitions:\n- status: in-progress\n  at: 2025-11-14T05:35:02Z\n- status: complete\n  at: " + at +
           "\ncompleted_at: '" + at + "'\nsprint: 42\n"},
      {"status: in-progress\ncompleted: '2025-11-01'\nupdated_at: 'x'\n", "complete",
       "status: complete\ncompleted: '2026-01-01'\nupdated_at: '" + at +
           "'\ntransitions:\n  - status: complete\n    at: '" + at + "'\ncompleted_at: '" + at + "'\n"},
      {"status: complete\ncompleted: '2025-11-01'\nupdated_at: 'x'\ncompleted_at: 2025-11-01T00:00:00Z\n",
       "in_progress",
       "status: in-progress\nupdated_at: '" + at + "'\ntransitions:\n  - status: in-progress\n    at: '" + at + "'\n"},
      {"status: complete\nupdated_at: 'x'\ncompleted_at: 2025-11-01T00:00:00Z\n", "archived",
       "status: archived\nupdated_at: '" + at + "'\ntransitions:\n  - status: archived\n    at: '" + at +
           "'\ncompleted_at: 2025-11-01T00:00:00Z\n"},
      {"status: archived\nupdated_at: 'x'\ncompleted_at: 2025-11-01T00:00:00Z\n", "complete",
       "status: complete\nupdated_at: '" + at + "'\ntransitions:\n  - status: complete\n    at: '" + at +
           "'\ncompleted_at: 2025-11-01T00:00:00Z\n"},
      {"status: superseded\nupdated_at: 'x'\n", "planned",
       "status: planned\nupdated_at: '" + at + "'\ntransitions:\n  - status: planned\n    at: '" + at + "'\n"},
      {"status: in_progress\n", "in-progress", "status: in_progress\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(got(Project({{"001-a", readme(row.before)}}).change(status_change(row.status))), readme(row.after))
        << row.before;
  }
}

TEST(MetadataChange, fields_are_changed_in_the_way_that_they_are_written) {
  const std::string tail = "updated_at: '" + std::string(now_text) + "'\n";
  struct Row {
    const char* before;
    MetadataChange change;
    std::string after;  ///< without updated_at; the same as before: nothing changed
  };
  const auto change = [](const auto& fill) {
    MetadataChange made;
    fill(made);
    return made;
  };
  const Row rows[] = {
      {"status: planned\n", change([](auto& c) { c.priority = "urgent"; }), "status: planned\npriority: critical\n"},
      {"priority: \"high\"\n", change([](auto& c) { c.priority = "low"; }), "priority: \"low\"\n"},
      {"priority: med\n", change([](auto& c) { c.priority = "medium"; }), "priority: med\n"},
      {"priority: high\nz: 1\n", change([](auto& c) { c.priority = ""; }), "z: 1\n"},
      {"tags: [a, b]\n", change([](auto& c) {
         c.tags = Texts{"b", "c"};
       }),
       "tags: [b, c]\n"},
      {"tags: [a, b]\n", change([](auto& c) {
         c.tags = Texts{"b", "a"};
       }),
       "tags: [b, a]\n"},
      {"tags: [a, b]\n", change([](auto& c) {
         c.tags = Texts{"a", "b"};
       }),
       "tags: [a, b]\n"},
      {"z: 1\ntags: a, b\ny: 2\n", change([](auto& c) { c.add_tags = {"c"}; }),
       "z: 1\ntags:\n  - a\n  - b\n  - c\ny: 2\n"},
      {"tags: a, b\ny: 2\n", change([](auto& c) {
         c.remove_tags = {"a", "b"};
       }),
       "y: 2\n"},
      {"tags:\n- a\n- b\n", change([](auto& c) {
         c.add_tags = {"c"};
         c.remove_tags = {"a"};
       }),
       "tags:\n- b\n- c\n"},
      {"dependsOn: [009-gone]\n", change([](auto& c) { c.add_depends_on = {"002-other"}; }),
       "dependsOn: [009-gone, 002-other]\n"},
      {"depends_on: [009-gone]\nz: 1\n", change([](auto& c) { c.remove_depends_on = {"009-gone"}; }), "z: 1\n"},
      {"depends_on: [009-gone]\n", change([](auto& c) { c.depends_on = Texts{"002-other"}; }),
       "depends_on: [002-other]\n"},
      {"z: 1\n", change([](auto& c) { c.assignee = "Marvin Zhang"; }), "z: 1\nassignee: Marvin Zhang\n"},
      {"assignee: ada\nz: 1\n", change([](auto& c) { c.assignee = ""; }), "z: 1\n"},
      {"status: planned\nz: 1\n", change([](auto& c) { c.parent = "002-other"; }),
       "status: planned\nparent: 002-other\nz: 1\n"},
      {"parent: 009-gone\nz: 1\n", change([](auto& c) { c.parent = ""; }), "z: 1\n"},
      {"parent: 009-gone\n", change([](auto& c) { c.parent = "009-gone"; }), "parent: 009-gone\n"},
  };
  for (const Row& row : rows) {
    const Project project({{"001-a", readme(row.before)}, {"002-other", sample_readme("planned")}});
    const bool same = row.after == row.before;
    EXPECT_EQ(got(project.change(row.change)), readme(row.after + (same ? "" : tail))) << row.before;
  }
}

TEST(MetadataChange, line_ends_and_the_byte_order_mark_stay) {
  const std::string file = "\xEF\xBB\xBF---\r\nstatus: planned\r\nupdated_at: 'x'\r\ntransitions: []\r\n---\r\n# T\r\n";
  EXPECT_EQ(got(Project({{"001-a", file}}).change(status_change("in-progress"))),
            "\xEF\xBB\xBF---\r\nstatus: in-progress\r\nupdated_at: '" + std::string(now_text) +
                "'\r\ntransitions: [{ status: in-progress, at: '" + now_text + "' }]\r\n---\r\n# T\r\n");
}

TEST(MetadataChange, a_file_without_frontmatter_gets_a_whole_one) {
  EXPECT_EQ(got(Project({std::pair<std::string, std::string>("001-a", "# T\n")}).change(status_change("in-progress"))),
            "---\nstatus: in-progress\ncreated: '2026-01-01'\ntransitions:\n  - status: in-progress\n    at: '" +
                std::string(now_text) + "'\nupdated_at: '" + now_text + "'\n---\n\n# T\n");
  MetadataChange tag;
  tag.add_tags = {"a"};
  EXPECT_EQ(got(Project({std::pair<std::string, std::string>("001-a", "# T\n")}).change(tag)),
            "---\ntags:\n  - a\nupdated_at: '" + std::string(now_text) +
                "'\nstatus: planned\ncreated: '2026-01-01'\n---\n\n# T\n");
}

TEST(MetadataChange, what_makes_no_sense_is_refused_with_its_field) {
  const auto change = [](const auto& fill) {
    MetadataChange made;
    fill(made);
    return made;
  };
  struct Row {
    const char* fields;
    MetadataChange change;
    ErrorCode code;
    const char* field;
    const char* says;
  };
  const Row rows[] = {
      {"", status_change("bogus"), ErrorCode::invalid, "status", "Invalid status: 'bogus'"},
      {"", status_change(""), ErrorCode::invalid, "status", "Invalid status"},
      {"", change([](auto& c) { c.priority = "top"; }), ErrorCode::invalid, "priority", "Invalid priority: 'top'"},
      {"", change([](auto& c) { c.add_tags = {""}; }), ErrorCode::invalid, "tags", "empty"},
      {"", change([](auto& c) { c.add_tags = {"a\nb"}; }), ErrorCode::invalid, "tags", "one line"},
      {"", change([](auto& c) { c.add_tags = {" a"}; }), ErrorCode::invalid, "tags", "blank"},
      {"", change([](auto& c) { c.add_tags = {std::string(metadata_text_bytes_max + 1, 'a')}; }), ErrorCode::invalid,
       "tags", "longer"},
      {"", change([](auto& c) { c.assignee = std::string(metadata_text_bytes_max + 1, 'a'); }), ErrorCode::invalid,
       "assignee", "longer"},
      {"", change([](auto& c) { c.add_depends_on = {"001-a"}; }), ErrorCode::invalid, "dependsOn", "depend on itself"},
      {"", change([](auto& c) { c.add_depends_on = {"2"}; }), ErrorCode::invalid, "dependsOn",
       "There is no spec '2'. Did you mean '002-other'?"},
      {"", change([](auto& c) { c.add_depends_on = {"003-needs-a"}; }), ErrorCode::invalid, "dependsOn",
       "001-a \u2192 003-needs-a \u2192 001-a"},
      {"", change([](auto& c) { c.add_depends_on = {"004-child"}; }), ErrorCode::invalid, "dependsOn",
       "above or below"},
      {"parent: 002-other\n", change([](auto& c) { c.add_depends_on = {"002-other"}; }), ErrorCode::invalid,
       "dependsOn", "above or below"},
      {"", change([](auto& c) { c.parent = "001-a"; }), ErrorCode::invalid, "parent", "its own parent"},
      {"", change([](auto& c) { c.parent = "004-child"; }), ErrorCode::invalid, "parent",
       "001-a \u2192 004-child \u2192 001-a"},
      {"", change([](auto& c) { c.parent = "008"; }), ErrorCode::invalid, "parent", "There is no spec '008'"},
      {"", change([](auto& c) { c.parent = "003-needs-a"; }), ErrorCode::invalid, "parent", "depends on this spec"},
      {"depends_on: [002-other]\n", change([](auto& c) { c.parent = "002-other"; }), ErrorCode::invalid, "parent",
       "depends on '002-other'"},
      {"x: [\n", status_change("planned"), ErrorCode::invalid, "frontmatter", "cannot be read"},
      {"tags: {a: b}\n", change([](auto& c) { c.add_tags = {"c"}; }), ErrorCode::unsupported, "tags",
       "not written as a list"},
      {"tags: [' a ']\n", change([](auto& c) { c.remove_tags = {"a"}; }), ErrorCode::unsupported, "tags",
       "cannot be changed alone"},
  };
  for (const Row& row : rows) {
    const Project project({{"001-a", sample_readme("in-progress", row.fields)},
                           {"002-other", sample_readme("planned")},
                           {"003-needs-a", sample_readme("planned", "depends_on: [001-a]\n")},
                           {"004-child", sample_readme("complete", "parent: 001-a\n")}});
    const auto result = project.change(row.change);
    ASSERT_FALSE(result) << row.says << *result;
    EXPECT_EQ(result.error().code, row.code) << row.says;
    EXPECT_EQ(result.error().subject, row.field) << row.says;
    EXPECT_NE(result.error().sentence().find(row.says), std::string::npos) << result.error().sentence();
  }
}

TEST(MetadataChange, a_list_holds_its_bound_and_no_more) {
  MetadataChange change;
  for (std::size_t i = 0; i < metadata_items_max; ++i) change.add_tags.push_back("t" + std::to_string(i));
  const Project project({{"001-a", sample_readme("planned")}});
  EXPECT_TRUE(project.change(change)) << got(project.change(change));
  change.add_tags.push_back("one-more");
  EXPECT_NE(got(project.change(change)).find("more than 200 items"), std::string::npos);
}

TEST(MetadataChange, a_draft_is_planned_before_it_is_begun_unless_forced) {
  const Project project({{"001-a", sample_readme("draft")}});
  for (const char* status : {"in-progress", "complete"}) {
    const auto refused = project.change(status_change(status));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    EXPECT_EQ(refused.error().subject, "status");
    EXPECT_TRUE(project.change(status_change(status, true)));
  }
  EXPECT_TRUE(project.change(status_change("planned")));
  EXPECT_TRUE(project.change(status_change("archived")));
}

TEST(MetadataChange, an_umbrella_is_complete_after_its_children_unless_forced) {
  const auto with_children = [](const char* second) {
    return Project({{"001-a", sample_readme("in-progress")},
                    {"002-other", sample_readme("complete", "parent: 001-a\n")},
                    {"003-c", sample_readme(second, "parent: 001-a\n")}});
  };
  const auto refused = with_children("in-progress").change(status_change("complete"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_NE(refused.error().sentence().find("003-c (in-progress)"), std::string::npos) << refused.error().sentence();
  EXPECT_EQ(refused.error().sentence().find("002-other"), std::string::npos);
  EXPECT_TRUE(with_children("in-progress").change(status_change("complete", true)));
  EXPECT_TRUE(with_children("archived").change(status_change("complete")));
  EXPECT_TRUE(with_children("in-progress").change(status_change("archived")));
}

/// The lines of a frontmatter under their top-level keys, and the rest of the file under "".
std::map<std::string, std::string> by_key(const std::string& file) {
  std::map<std::string, std::string> fields;
  const FrontmatterSplit split = split_frontmatter(file);
  fields[""] = file.substr(0, split.yaml.begin) + file.substr(split.yaml.end);
  std::istringstream lines(file.substr(split.yaml.begin, split.yaml.end - split.yaml.begin));
  std::string key;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.empty() || line[0] == ' ' || line[0] == '-' || line[0] == '#';
    if (!indented) key = line.substr(0, line.find(':'));
    fields[key] += line + "\n";
  }
  return fields;
}

class MetadataChangeCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto corpus = tests::corpus_folder();
    if (!corpus) GTEST_SKIP() << tests::corpus_absent;
    std::vector<SourceFile> files;
    for (auto& file : tests::corpus_files(*corpus)) files.push_back(sample_file(file.path, file.bytes));
    view = ProjectView::build(std::move(files));
  }
  ProjectView::Ptr view;
};

TEST_F(MetadataChangeCorpus, every_byte_of_a_real_spec_that_is_not_asked_to_change_survives) {
  const auto& all = view->all();
  rc::check("untouched bytes survive", [&] {
    const SpecEntryPtr entry = *rc::gen::elementOf(all);
    const Spec& spec = *entry->spec;
    MetadataChange change;
    change.force = true;
    std::set<std::string> asked = {"updated_at"};
    if (*rc::gen::arbitrary<bool>()) {
      change.status = *rc::gen::element<std::string>("draft", "planned", "in-progress", "complete", "archived");
      asked.insert({"status", "transitions", "completed", "completed_at"});
    }
    if (*rc::gen::arbitrary<bool>()) {
      change.priority = *rc::gen::element<std::string>("low", "medium", "high", "critical", "");
      asked.insert("priority");
    }
    if (*rc::gen::arbitrary<bool>()) {
      change.add_tags = *rc::gen::container<Texts>(rc::gen::element<std::string>("web", "new-tag", "042", "a: b", "x"));
      if (!spec.tags.empty()) change.remove_tags = {*rc::gen::elementOf(spec.tags)};
      asked.insert("tags");
    }
    if (*rc::gen::arbitrary<bool>()) {
      change.add_depends_on = {(*rc::gen::elementOf(all))->spec->id};
      asked.insert("depends_on");
    }
    if (*rc::gen::arbitrary<bool>()) {
      change.assignee = *rc::gen::element<std::string>("ada", "Marvin Zhang", "", "o'neil: x");
      asked.insert("assignee");
    }
    const auto edited = change_metadata(spec, change, *view, now);
    if (!edited) {
      RC_ASSERT(edited.error().subject == "dependsOn");  // a circle, itself, a relative
      return;
    }
    const auto before = by_key(*spec.source.bytes);
    const auto after = by_key(*edited);
    RC_ASSERT(before.at("") == after.at(""));
    for (const auto& [key, lines] : before) {
      if (asked.contains(key)) continue;
      RC_ASSERT(after.contains(key));
      RC_ASSERT(after.at(key) == lines);
    }
    const auto again = parse_spec(sample_file(spec.source.path, *edited));
    RC_ASSERT(again->frontmatter_ok);
    if (change.status) RC_ASSERT(to_string(*again->status) == *change.status);
    if (change.priority && !change.priority->empty()) RC_ASSERT(to_string(*again->priority) == *change.priority);
    if (change.assignee) RC_ASSERT(again->assignee.value_or("") == *change.assignee);
    for (const Transition& transition : spec.transitions)
      RC_ASSERT(std::count(again->transitions.begin(), again->transitions.end(), transition) > 0);
    RC_ASSERT(change_metadata(*again, change, *view, now + std::chrono::hours(1)).value_or("") == *edited);
  });
}

}  // namespace
}  // namespace leanspec::spec
