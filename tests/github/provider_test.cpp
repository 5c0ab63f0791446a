#include <gtest/gtest.h>

#include "hub/mirrors/folder_walk.h"
#include "hub/mirrors/github_provider.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/repository_preview.h"
#include "hub/mirrors/sync_plan.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/github/git_forge.h"

namespace leanspec::hub::mirrors {
namespace {

using github_rig::GitForge;

/// The GitHub provider over real sockets and a real repository.
class ProviderOverHttp : public testing::Test {
 protected:
  std::unique_ptr<GithubProvider> provider(const std::string& token = "", bool allowed = true) {
    HttpTransportOptions options;
    options.api_url = forge.api_url();
    options.token = token;
    options.host_is_allowed = allowed;
    auto transport = HttpTransport::make(std::move(options));
    EXPECT_TRUE(transport) << transport.error().sentence();
    return std::make_unique<GithubProvider>(std::shared_ptr<ForgeTransport>(*std::move(transport)), "ada/specs", clock);
  }
  GitForge::Hosted& some_specs() {
    auto& hosted = forge.host("ada/specs");
    hosted.git.commit({{"specs/001-first/README.md", "---\nstatus: planned\n---\n# First\n"},
                       {"specs/002-second/README.md", "# Second\n"},
                       {"specs/002-second/DESIGN.md", "design\n"},
                       {"code/main.c", "int main(void) { return 0; }\n"}});
    return hosted;
  }

  GitForge forge;
  fakes::FixedClock clock;
};

TEST_F(ProviderOverHttp, a_repository_is_read_from_its_facts_to_its_files) {
  auto& hosted = some_specs();
  const auto github = provider();
  const auto facts = github->repository();
  ASSERT_TRUE(facts) << facts.error().sentence();
  EXPECT_EQ(facts->full_name, "ada/specs");
  EXPECT_EQ(facts->default_branch, "main");
  const auto head = github->head("main", std::nullopt);
  ASSERT_TRUE(head) << head.error().sentence();
  EXPECT_EQ(head->commit.value(), hosted.git.resolve("HEAD"));
  const auto listing = list_folder(*github, head->commit, "specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_EQ(listing->tree->value(), hosted.git.resolve("HEAD:specs"));
  const auto plan = plan_files(listing->entries);
  ASSERT_EQ(plan.files.size(), 3U);
  EXPECT_EQ(count_specs(plan), 2U);
  const auto text = github->blob(plan.files[0].blob, plan.files[0].size);
  ASSERT_TRUE(text) << text.error().sentence();
  EXPECT_EQ(*text, "---\nstatus: planned\n---\n# First\n");
  EXPECT_EQ(github->requests(), 5U);
  EXPECT_EQ(github->budget().remaining, 4995U);
}

TEST_F(ProviderOverHttp, asking_again_for_a_head_that_did_not_move_is_free_with_the_same_token_only) {
  auto& hosted = some_specs();
  const auto github = provider("one");
  const auto first = github->head("main", std::nullopt);
  ASSERT_TRUE(first);
  const auto again = github->head("main", *first);
  ASSERT_TRUE(again);
  EXPECT_EQ(forge.seen().back().status, 304U);
  EXPECT_EQ(*again, *first);
  const auto other = provider("two")->head("main", *first);
  ASSERT_TRUE(other);
  EXPECT_EQ(forge.seen().back().status, 200U);
  EXPECT_EQ(other->commit, first->commit);
  const std::string moved = hosted.git.commit({{"specs/001-first/README.md", "# Changed\n"}});
  EXPECT_EQ(github->head("main", *again)->commit.value(), moved);
}

TEST_F(ProviderOverHttp, links_submodules_and_names_that_are_no_utf_8_are_skipped_and_listed) {
  auto& hosted = some_specs();
  hosted.git.commit({{"specs/003-\xFF/README.md", "x"}, {"specs/004-ü/README.md", "y"}});
  hosted.git.commit_symlink("specs/link.md", "../code/main.c");
  hosted.git.commit_submodule("specs/other");
  const auto github = provider();
  const auto listing = list_folder(*github, github->head("main", std::nullopt)->commit, "specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  const auto plan = plan_files(listing->entries);
  EXPECT_EQ(plan.files.size(), 4U);
  ASSERT_EQ(plan.skipped.size(), 3U);
  EXPECT_EQ(plan.skipped[0].why, "its name is no UTF-8");
  EXPECT_EQ(plan.skipped[1], (SkippedFile{"link.md", "it is a symbolic link"}));
  EXPECT_EQ(plan.skipped[2], (SkippedFile{"other", "it is a submodule, another repository"}));
}

TEST_F(ProviderOverHttp, a_tree_that_the_forge_cuts_short_is_listed_whole_all_the_same) {
  auto& hosted = some_specs();
  hosted.git.commit({{"specs/003-third/a/b/c.md", "deep"}});
  const auto github = provider();
  const auto head = github->head("main", std::nullopt);
  const auto whole = list_folder(*github, head->commit, "specs", std::nullopt);
  forge.truncate_trees_at(2);
  const auto walked = list_folder(*github, head->commit, "specs", std::nullopt);
  ASSERT_TRUE(whole);
  ASSERT_TRUE(walked) << walked.error().sentence();
  EXPECT_EQ(plan_files(walked->entries).files, plan_files(whole->entries).files);
}

TEST_F(ProviderOverHttp, a_renamed_repository_is_followed_and_keeps_its_id) {
  some_specs();
  const auto github = provider("secret");
  const auto before = github->repository();
  forge.rename("ada/specs", "ada/plans");
  const auto after = github->repository();
  ASSERT_TRUE(after) << after.error().sentence();
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->full_name, "ada/plans");
  EXPECT_TRUE(github->head("main", std::nullopt));
}

TEST_F(ProviderOverHttp, a_redirect_to_another_host_is_not_followed) {
  some_specs();
  forge.next({302, {{"Location", "http://127.0.0.2:1/steal"}}, "{}", std::string::npos, {}});
  const auto github = provider("secret");
  const auto facts = github->repository();
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::unavailable);
}

TEST_F(ProviderOverHttp, a_private_repository_shows_itself_to_its_token_alone) {
  auto& hosted = some_specs();
  hosted.hidden = true;
  hosted.tokens = {"good"};
  EXPECT_EQ(provider()->repository().error().code, ErrorCode::not_found);
  EXPECT_EQ(provider("revoked")->repository().error().code, ErrorCode::unauthenticated);
  const auto facts = provider("good")->repository();
  ASSERT_TRUE(facts) << facts.error().sentence();
  EXPECT_TRUE(facts->is_private);
}

TEST_F(ProviderOverHttp, an_empty_repository_and_a_branch_that_is_not_there_are_told_apart_from_trouble) {
  auto& hosted = forge.host("ada/specs");
  const auto github = provider();
  EXPECT_EQ(github->head("main", std::nullopt).error().code, ErrorCode::not_found);
  hosted.git.commit({{"a", "b"}});
  EXPECT_EQ(github->head("nowhere", std::nullopt).error().code, ErrorCode::not_found);
  forge.next({503, {}, "", std::string::npos, {}});
  EXPECT_EQ(github->head("main", std::nullopt).error().code, ErrorCode::unavailable);
}

TEST_F(ProviderOverHttp, a_body_that_is_cut_short_is_noticed) {
  auto& hosted = some_specs();
  const auto github = provider();
  const GitId blob{*hosted.git.resolve("HEAD:specs/001-first/README.md")};
  forge.next({0, {}, "", 10, {}});
  EXPECT_EQ(github->blob(blob, 1000).error().code, ErrorCode::corrupt);
  EXPECT_TRUE(github->blob(blob, 1000));
  EXPECT_EQ(github->blob(blob, 10).error().code, ErrorCode::too_large);
}

TEST_F(ProviderOverHttp, a_forge_that_does_not_answer_in_time_is_given_up) {
  some_specs();
  forge.answer_after(std::chrono::milliseconds(400));
  HttpTransportOptions options;
  options.api_url = forge.api_url();
  options.host_is_allowed = true;
  options.timeout = std::chrono::milliseconds(50);
  auto transport = HttpTransport::make(std::move(options));
  ASSERT_TRUE(transport);
  GithubProvider github(std::shared_ptr<ForgeTransport>(*std::move(transport)), "ada/specs", clock);
  EXPECT_EQ(github.repository().error().code, ErrorCode::timeout);
}

TEST_F(ProviderOverHttp, this_machine_is_reached_only_if_its_host_was_allowed) {
  some_specs();
  const auto facts = provider("", false)->repository();
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(forge.seen().empty());
}

TEST_F(ProviderOverHttp, a_preview_names_what_a_mirror_would_show_without_fetching_it) {
  auto& hosted = some_specs();
  hosted.git.commit_symlink("specs/link.md", "../code/main.c");
  const auto github = provider();
  const auto preview = preview_repository(*github, "", std::nullopt);
  ASSERT_TRUE(preview) << preview.error().sentence();
  EXPECT_EQ(preview->branch, "main");
  EXPECT_EQ(preview->folder, "specs");
  EXPECT_EQ(preview->specs, 2U);
  EXPECT_EQ(preview->files, 3U);
  EXPECT_EQ(preview->spec_names, (std::vector<std::string>{"001-first", "002-second"}));
  EXPECT_EQ(preview->skipped_files, (std::vector<SkippedFile>{{"link.md", "it is a symbolic link"}}));
  EXPECT_EQ(forge.count("/git/blobs/"), 0U);
}

TEST_F(ProviderOverHttp, the_folder_is_the_configured_one_and_else_the_first_of_the_usual_places) {
  auto& hosted = forge.host("ada/specs");
  const auto folder = [this] {
    const auto preview = preview_repository(*provider(), "", std::nullopt);
    return preview ? preview->folder : preview.error().sentence();
  };
  hosted.git.commit({{"doc/specs/001-a/README.md", "x"}});
  EXPECT_EQ(folder(), "doc/specs");
  hosted.git.commit({{".lean-spec/specs/001-a/README.md", "x"}});
  EXPECT_EQ(folder(), ".lean-spec/specs");
  hosted.git.commit({{"specs/001-a/README.md", "x"}});
  EXPECT_EQ(folder(), "specs");
  hosted.git.commit({{".lean-spec/config.json", R"({"specsDir":"plans"})"}, {"plans/001-a/README.md", "x"}});
  EXPECT_EQ(folder(), "plans");
  hosted.git.commit({{".lean-spec/config.json", R"({"specsDir":"../outside"})"}});
  EXPECT_EQ(folder(), "specs");
}

TEST_F(ProviderOverHttp, a_repository_without_specs_is_refused_in_words) {
  auto& hosted = forge.host("ada/specs");
  hosted.git.commit({{"main.c", "x"}});
  EXPECT_EQ(preview_repository(*provider(), "", std::nullopt).error().code, ErrorCode::not_found);
  EXPECT_EQ(preview_repository(*provider(), "", "nowhere").error().code, ErrorCode::not_found);
  hosted.git.commit({{"specs/notes.md", "x"}});
  EXPECT_EQ(preview_repository(*provider(), "", std::nullopt).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace leanspec::hub::mirrors
