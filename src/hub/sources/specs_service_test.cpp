#include "hub/sources/specs_service.h"

#include <gtest/gtest.h>

#include "tests/fakes/fixed_clock.h"

namespace leanspec::hub::sources {
namespace {

[[nodiscard]] engine::ViewAt view_of(const std::string& title) {
  spec::SourceFile file;
  file.path = "001-first/README.md";
  file.bytes = std::make_shared<const std::string>("---\nstatus: planned\ncreated: 2026-01-01\n---\n\n# " + title + "\n");
  engine::ViewAt at;
  at.view = spec::ProjectView::build({file});
  return at;
}

class FakeSource final : public SpecSource {
 public:
  explicit FakeSource(std::string project, std::string title) : project_(std::move(project)), at_(view_of(title)) {}

  [[nodiscard]] std::string_view name() const override { return "fake"; }
  [[nodiscard]] bool has(const store::Project& project) const override { return project.id.value() == project_; }
  [[nodiscard]] Result<engine::ViewAt> read(BranchId, Seq) override {
    if (failure) return *failure;
    return at_;
  }
  [[nodiscard]] std::optional<engine::ViewAt> last_read(BranchId) const override { return at_; }

  std::optional<Error> failure;

 private:
  std::string project_;
  engine::ViewAt at_;
};

class SpecsServiceTest : public ::testing::Test {
 protected:
  SpecsServiceTest() {
    service.add(folder);
    service.add(database);
  }
  static store::Project project(const std::string& id) {
    store::Project project;
    project.id = ProjectId(id);
    return project;
  }
  std::string title(const std::string& id) {
    const auto specs = service.specs_at(project(id), BranchId());
    return specs ? specs->get_spec("001")->spec->title : specs.error().sentence();
  }

  fakes::FixedClock clock;
  SpecsService service{clock};
  FakeSource folder{"here", "In the folder"};
  FakeSource database{"there", "In the database"};
  const Error down{ErrorCode::unavailable, "the disk does not answer"};
};

TEST_F(SpecsServiceTest, each_project_is_read_from_the_source_that_has_it) {
  EXPECT_EQ(title("here"), "In the folder");
  EXPECT_EQ(title("there"), "In the database");
  EXPECT_EQ(folder.reads(), 1U);
  EXPECT_EQ(database.reads(), 1U);
}

TEST_F(SpecsServiceTest, all_specs_one_spec_those_of_a_status_and_those_found_are_of_one_moment) {
  const auto specs = service.specs_at(project("here"), BranchId());
  ASSERT_TRUE(specs);
  EXPECT_EQ(specs->get_all_specs({}).total, 1U);
  EXPECT_EQ(specs->get_spec("001-first")->spec->title, "In the folder");
  spec::SpecFilter planned;
  planned.status = {spec::SpecStatus::planned};
  std::size_t on_board = 0;
  for (const auto& column : specs->get_specs_by_status(planned)) on_board += column.specs.size();
  EXPECT_EQ(on_board, 1U);
  const auto found = specs->search_specs("folder", {}, 0, 10);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total, 1U);
}

TEST_F(SpecsServiceTest, a_project_without_a_source_is_unavailable_and_says_what_to_do) {
  const auto specs = service.specs_at(project("nowhere"), BranchId());
  ASSERT_FALSE(specs);
  EXPECT_EQ(specs.error().code, ErrorCode::unavailable);
  EXPECT_NE(specs.error().sentence().find("SPECS_MODE"), std::string::npos);
  EXPECT_EQ(service.usual_project().error().code, ErrorCode::unavailable);
}

TEST_F(SpecsServiceTest, a_source_that_fails_is_served_as_it_was_read_last_and_the_others_go_on) {
  std::vector<std::string> changed;
  const auto heard = service.changed().subscribe([&](const ProjectId& id) { changed.push_back(id.value()); });
  folder.failure = down;
  for (int read = 0; read < 3; ++read) {
    const auto specs = service.specs_at(project("here"), BranchId());
    ASSERT_TRUE(specs);
    ASSERT_NE(specs->stale, nullptr);
    EXPECT_EQ(specs->stale->why, down.sentence());
    EXPECT_EQ(specs->get_all_specs({}).total, 1U);
  }
  EXPECT_EQ(title("there"), "In the database");
  EXPECT_EQ(service.stale(ProjectId("there")), nullptr);
  folder.failure.reset();
  EXPECT_EQ(service.specs_at(project("here"), BranchId())->stale, nullptr);
  EXPECT_EQ(changed, (std::vector<std::string>{"here", "here"}));
}

TEST_F(SpecsServiceTest, who_asks_for_something_newer_is_never_given_something_old) {
  folder.failure = down;
  EXPECT_FALSE(service.specs_at(project("here"), BranchId(), Seq(5)));
  folder.failure = Error(ErrorCode::not_found, "there is no such branch");
  EXPECT_FALSE(service.specs_at(project("here"), BranchId()));
}

TEST_F(SpecsServiceTest, a_trouble_keeps_the_time_when_it_began_until_it_is_over) {
  const Instant began = clock.now();
  service.report(ProjectId("here"), Stale{began, "the folder is gone"});
  service.report(ProjectId("here"), Stale{began + std::chrono::minutes(5), "the folder is gone"});
  const auto specs = service.specs_at(project("here"), BranchId());
  ASSERT_TRUE(specs);
  ASSERT_NE(specs->stale, nullptr);
  EXPECT_EQ(specs->stale->since, began);
  service.report(ProjectId("here"), std::nullopt);
  EXPECT_EQ(service.stale(ProjectId("here")), nullptr);
}

}  // namespace
}  // namespace leanspec::hub::sources
