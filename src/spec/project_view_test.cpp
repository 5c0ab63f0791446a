#include "spec/project_view.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "spec/project_sample.h"

namespace leanspec::spec {
namespace {

using Ids = std::vector<std::string>;

ProjectView::Ptr changed(const ProjectView::Ptr& view, std::vector<FileChange> changes) {
  return view->with(changes);
}

TEST(ProjectView, an_empty_project_answers_everything) {
  const auto view = ProjectView::build({});
  EXPECT_EQ(view->size(), 0U);
  EXPECT_EQ(view->list({}).total, 0U);
  EXPECT_EQ(view->board({}).size(), 4U);
  EXPECT_TRUE(view->hierarchy({}).empty());
  EXPECT_EQ(view->stats().completion_rate, 0);
  EXPECT_EQ(view->find("1"), nullptr);
  EXPECT_EQ(view->find(""), nullptr);
}

TEST(ProjectView, specs_sub_specs_and_loose_files_are_told_apart) {
  const auto view = sample_view({{"FROZEN.md", "x"},
                                 {"001-a/README.md", sample_readme("planned")},
                                 {"001-a/DESIGN.md", "d"},
                                 {"001-a/data/deep/more.yml", "y"},
                                 {"001-a/02-part/README.md", sample_readme("planned")},
                                 {"001-a/02-part/NOTES.md", "n"},
                                 {"002-no-readme/DESIGN.md", "d"},
                                 {"templates/README.md", "t"},
                                 {"archived/003-c/README.md", sample_readme("archived")},
                                 {"archived/INDEX.md", "i"},
                                 {"a/b/004-too-deep/README.md", sample_readme("planned")}});
  EXPECT_EQ(ids_of(view->all()), (Ids{"003-c", "02-part", "001-a"}));
  Ids loose;
  for (const auto& file : view->loose_files()) loose.push_back(file.path);
  EXPECT_EQ(loose, (Ids{"002-no-readme/DESIGN.md", "FROZEN.md", "a/b/004-too-deep/README.md", "archived/INDEX.md",
                        "templates/README.md"}));
  const auto outer = view->find("001-a");
  ASSERT_EQ(outer->sub_specs.size(), 2U);
  EXPECT_EQ(outer->sub_specs[0].file, "DESIGN.md");
  EXPECT_EQ(outer->sub_specs[1].file, "data/deep/more.yml");
  EXPECT_EQ(view->find("02-part")->sub_specs.at(0).file, "NOTES.md");
  EXPECT_EQ(view->find("02-part")->sub_specs.at(0).name, "Notes");
}

TEST(ProjectView, a_folder_beside_that_shares_the_beginning_of_the_name_is_apart) {
  const auto view = sample_view({{"01-a/README.md", sample_readme("planned")}, {"01-a-b/X.md", "x"}, {"01-a.md", "y"}});
  EXPECT_TRUE(view->find("01-a")->sub_specs.empty());
  EXPECT_EQ(view->loose_files().size(), 2U);
}

TEST(ProjectView, all_is_in_descending_order_of_numbers_and_duplicates_both_live) {
  const auto view = sample_view({{"038-flat/README.md", sample_readme("planned")},
                                 {"038-bug/README.md", sample_readme("planned")},
                                 {"99999999999-huge/README.md", sample_readme("planned")},
                                 {"100-b/README.md", sample_readme("planned")}});
  EXPECT_EQ(ids_of(view->all()), (Ids{"100-b", "038-flat", "038-bug", "99999999999-huge"}));
}

TEST(ProjectView, find_takes_id_number_folder_or_a_part_that_cuts_no_number) {
  const auto view = sample_view({{"002-template-system/README.md", sample_readme("planned")},
                                 {"082-web-sync/README.md", sample_readme("planned")},
                                 {"260-web-2/README.md", sample_readme("planned")},
                                 {"archived/300-old/README.md", sample_readme("archived")}});
  const auto id = [&](std::string_view name) {
    const auto entry = view->find(name);
    return entry ? entry->spec->id : std::string();
  };
  EXPECT_EQ(id("082-web-sync"), "082-web-sync");
  EXPECT_EQ(id("82"), "082-web-sync");
  EXPECT_EQ(id("0082"), "082-web-sync");
  EXPECT_EQ(id("2"), "002-template-system");
  EXPECT_EQ(id("26"), "");
  EXPECT_EQ(id("99999999999999999999"), "");
  EXPECT_EQ(id("web"), "082-web-sync");
  EXPECT_EQ(id("60-web"), "");
  EXPECT_EQ(id("260-web"), "260-web-2");
  EXPECT_EQ(id("archived/300-old"), "300-old");
  EXPECT_EQ(id("elsewhere/300-old"), "");
  EXPECT_EQ(id("nothing"), "");
}

TEST(ProjectView, relations_are_known_in_both_directions) {
  const auto view = sample_view(
      {{"001-a/README.md", sample_readme("complete")},
       {"002-b/README.md", sample_readme("in-progress", "depends_on: [001-a, 002-b, 404-gone]\nparent: 010-p\n")},
       {"003-c/README.md", sample_readme("planned", "depends_on: [002-b, 001-a, 001-a]\nparent: 010-p\n")},
       {"010-p/README.md", sample_readme("planned", "parent: 010-p\n")}});
  EXPECT_EQ(view->find("1")->required_by, (Ids{"002-b", "003-c"}));
  EXPECT_EQ(view->find("2")->required_by, Ids{"003-c"});
  EXPECT_EQ(view->find("10")->children, (Ids{"002-b", "003-c"}));
  EXPECT_FALSE(view->find("2")->blocked);
  EXPECT_TRUE(view->find("3")->blocked);
  Ids edges;
  for (const auto& edge : view->dependencies()) edges.push_back(edge.source + ">" + edge.target);
  EXPECT_EQ(edges, (Ids{"001-a>002-b", "002-b>003-c", "001-a>003-c"}));
}

TEST(ProjectView, a_change_parses_one_file_and_shares_every_entry_that_it_does_not_touch) {
  const auto first = sample_view({{"001-a/README.md", sample_readme("planned")},
                                  {"002-b/README.md", sample_readme("planned", "depends_on: [001-a]\n")},
                                  {"003-c/README.md", sample_readme("planned")},
                                  {"003-c/NOTES.md", "n"}});
  EXPECT_EQ(first->parsed_files(), 3U);
  const auto second = changed(first, {sample_change("001-a/README.md", sample_readme("complete"))});
  EXPECT_EQ(second->parsed_files(), 1U);
  EXPECT_EQ(second->find("3"), first->find("3"));
  EXPECT_NE(second->find("2"), first->find("2")) << "it is blocked no more";
  EXPECT_EQ(second->find("2")->spec, first->find("2")->spec);
  EXPECT_EQ(second->find("2")->memory, first->find("2")->memory);
  EXPECT_NE(second->find("1")->memory, first->find("1")->memory);
  EXPECT_EQ(first->find("1")->spec->status, SpecStatus::planned) << "the former view is as it was";

  const auto third = changed(second, {sample_change("003-c/NOTES.md", "more")});
  EXPECT_EQ(third->parsed_files(), 0U);
  EXPECT_EQ(third->find("1"), second->find("1"));
  EXPECT_EQ(third->find("3")->spec, second->find("3")->spec);
  EXPECT_NE(third->find("3")->memory, second->find("3")->memory);
  EXPECT_EQ(*third->find("3")->sub_specs.at(0).source.bytes, "more");

  const auto fourth = changed(third, {sample_change("TOP.md", "t"), sample_removal("nowhere.md")});
  EXPECT_EQ(fourth->all(), third->all());
  EXPECT_EQ(fourth->loose_files().size(), 1U);
}

TEST(ProjectView, the_last_change_of_a_path_counts) {
  const auto view = changed(ProjectView::build({}), {sample_change("001-a/README.md", sample_readme("planned")),
                                                     sample_removal("001-a/README.md"),
                                                     sample_change("001-a/README.md", sample_readme("draft"))});
  EXPECT_EQ(view->parsed_files(), 1U);
  EXPECT_EQ(view->find("1")->spec->status, SpecStatus::draft);
}

TEST(ProjectView, a_spec_that_comes_or_goes_changes_its_neighbours) {
  const auto first = sample_view(
      {{"002-b/README.md", sample_readme("planned", "depends_on: [001-a]\nparent: 001-a\n")}, {"001-a/NOTES.md", "n"}});
  EXPECT_EQ(first->loose_files().size(), 1U);
  const auto second = changed(first, {sample_change("001-a/README.md", sample_readme("planned"))});
  EXPECT_EQ(second->find("1")->required_by, Ids{"002-b"});
  EXPECT_EQ(second->find("1")->children, Ids{"002-b"});
  EXPECT_TRUE(second->find("2")->blocked);
  EXPECT_TRUE(second->loose_files().empty());
  EXPECT_EQ(second->find("1")->sub_specs.size(), 1U);
  const auto third = changed(second, {sample_removal("001-a/README.md")});
  EXPECT_FALSE(third->find("2")->blocked);
  EXPECT_EQ(third->find("1"), nullptr);
  EXPECT_EQ(third->loose_files().size(), 1U);
}

/// Everything that a view says, as text.
std::string description(const ProjectView& view) {
  std::string text;
  for (const auto& entry : view.all()) {
    text += entry->spec->folder + " " + std::string(to_string(entry->spec->shown_status())) +
            (entry->blocked ? " blocked" : "");
    for (const auto& sub : entry->sub_specs) text += " +" + sub.file + "=" + *sub.source.bytes;
    for (const auto& id : entry->children) text += " child:" + id;
    for (const auto& id : entry->required_by) text += " for:" + id;
    text += '\n';
  }
  for (const auto& file : view.loose_files()) text += "loose " + file.path + "=" + *file.bytes + "\n";
  return text;
}

TEST(ProjectViewLaw, a_view_that_followed_the_changes_equals_one_built_afresh) {
  const Ids folders{"01-a", "02-b", "03-c", "x/02-b", "01-a/04-d", "x", "01-a/sub", "05-e"};
  const Ids names{"README.md", "NOTES.md", "z.yml"};
  const Ids statuses{"planned", "complete", "archived", "in-progress", "nonsense"};
  const Ids targets{"01-a", "02-b", "03-c", "04-d", "05-e", "99-none"};
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](const Ids& from) { return from[random() % from.size()]; };
    std::map<std::string, SourceFile> files;
    auto view = ProjectView::build({});
    for (int step = 0; step < 25; ++step) {
      std::vector<FileChange> changes;
      const std::size_t count = random() % 10 == 0 ? 60 : 1 + random() % 3;
      for (std::size_t i = 0; i < count; ++i) {
        const std::string path = (random() % 12 == 0 ? std::string() : pick(folders) + "/") + pick(names);
        if (random() % 4 == 0) {
          changes.push_back(sample_removal(path));
        } else {
          std::string fields = "depends_on: [" + pick(targets) + ", " + pick(targets) + "]\n";
          if (random() % 2 == 0) fields += "parent: " + pick(targets) + "\n";
          changes.push_back(sample_change(path, sample_readme(pick(statuses), fields)));
        }
      }
      for (const auto& change : changes) {
        if (change.file.bytes) {
          files[change.file.path] = change.file;
        } else {
          files.erase(change.file.path);
        }
      }
      view = view->with(changes);
      std::vector<SourceFile> sources;
      for (const auto& [path, file] : files) sources.push_back(file);
      ASSERT_EQ(description(*view), description(*ProjectView::build(std::move(sources))))
          << "seed " << seed << " step " << step;
    }
  }
}

TEST(ProjectView, the_tokens_of_a_body_are_those_of_its_report) {
  const auto view =
      sample_view({{"001-a/README.md", sample_readme("planned") + std::string(3000, '.') + " and so on"}});
  const auto entry = view->find("001-a");
  const TokenReport report = view->tokens(*entry);
  EXPECT_GT(report.body, 0u);
  EXPECT_EQ(view->body_tokens(*entry).count, report.body);
  EXPECT_EQ(view->body_tokens(*entry).status, report.body_status);
}

}  // namespace
}  // namespace leanspec::spec
