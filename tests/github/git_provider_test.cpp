#include "hub/mirrors/git_provider.h"

#include <gtest/gtest.h>

#include "hub/mirrors/folder_walk.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/repository_preview.h"
#include "hub/mirrors/sync_plan.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/github/git_server.h"

namespace leanspec::hub::mirrors {
namespace {

using github_rig::GitRepository;

/// The provider of plain git, over real sockets, against git's own server.
class GitProviderOverHttp : public testing::Test {
 protected:
  std::unique_ptr<GitProvider> provider(const std::string& token = "", std::optional<GitId> here = {},
                                        bool allowed = true, std::size_t answer_bytes_max = git_answer_bytes_max) {
    HttpTransportOptions options;
    options.api_url = server.url();
    options.token = token;
    options.token_is_password = true;
    options.host_is_allowed = allowed;
    auto transport = HttpTransport::make(std::move(options));
    EXPECT_TRUE(transport) << transport.error().sentence();
    return std::make_unique<GitProvider>(std::shared_ptr<ForgeTransport>(*std::move(transport)), "group/specs.git",
                                         clock, std::move(here), RateBudget(), answer_bytes_max);
  }
  GitRepository& some_specs() {
    auto& git = server.host("group/specs.git");
    git.commit({{"specs/001-first/README.md", "---\nstatus: planned\n---\n# First\n"},
                {"specs/002-second/README.md", "# Second\n"},
                {"specs/002-second/DESIGN.md", "design\n"},
                {"code/main.c", std::string(100'000, 'x')}});
    return git;
  }
  static GitId id(const GitRepository& git, const std::string& name) { return GitId{git.resolve(name).value_or("")}; }

  github_rig::GitServer server;
  fakes::FixedClock clock;
};

TEST_F(GitProviderOverHttp, a_repository_is_read_in_four_requests_and_only_the_folder_is_sent) {
  auto& repository = some_specs();
  const auto git = provider();
  const auto head = git->head("main", std::nullopt);
  ASSERT_TRUE(head) << head.error().sentence();
  EXPECT_EQ(head->commit, id(repository, "HEAD"));
  const auto listing = list_folder(*git, head->commit, "specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_EQ(*listing->tree, id(repository, "HEAD:specs"));
  const auto plan = plan_files(listing->entries);
  ASSERT_EQ(plan.files.size(), 3U);
  for (const auto& file : plan.files) {
    const auto text = git->blob(file.blob, 1'000);
    ASSERT_TRUE(text) << text.error().sentence();
    EXPECT_EQ(*text, repository.blob(file.blob.value()));
  }
  EXPECT_EQ(git->requests(), 4U);
  for (const auto& seen : server.seen()) EXPECT_LT(seen.bytes, 3'000U) << seen.path;
}

TEST_F(GitProviderOverHttp, a_known_head_costs_one_request_and_a_change_three_however_many_files_it_has) {
  auto& repository = some_specs();
  const auto first = *provider()->head("main", std::nullopt);
  const GitId here = id(repository, "HEAD:specs");
  auto git = provider("", here);
  EXPECT_EQ(*git->head("main", first), first);
  EXPECT_EQ(git->requests(), 1U);
  std::map<std::string, std::optional<std::string>> changed;
  for (int i = 100; i < 150; ++i)
    changed["specs/" + std::to_string(i) + "-x/README.md"] = "# " + std::to_string(i) + "\n";
  repository.commit(changed);
  git = provider("", here);
  const auto head = git->head("main", first);
  ASSERT_TRUE(head);
  const auto listing = list_folder(*git, head->commit, "specs", here);
  ASSERT_TRUE(listing) << listing.error().sentence();
  for (const auto& [path, text] : changed) {
    const auto found = git->blob(id(repository, "HEAD:" + path), 1'000);
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(*found, *text);
  }
  EXPECT_EQ(git->requests(), 3U);
  // What the answer left out, because it was said to be here, is still to be had.
  EXPECT_TRUE(git->blob(id(repository, "HEAD:specs/001-first/README.md"), 1'000));
  EXPECT_EQ(git->requests(), 4U);
}

TEST_F(GitProviderOverHttp, a_server_that_cannot_filter_sends_all_and_is_read_all_the_same) {
  auto& repository = some_specs();
  server.filters("group/specs.git", false);
  const auto git = provider();
  const auto head = git->head("main", std::nullopt);
  ASSERT_TRUE(head);
  const auto listing = list_folder(*git, head->commit, "specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_EQ(listing->entries.front().size, 32U) << "sizes are known then";
  EXPECT_EQ(*git->blob(id(repository, "HEAD:specs/002-second/DESIGN.md"), 100), "design\n");
  EXPECT_EQ(git->requests(), 3U);
}

TEST_F(GitProviderOverHttp, packs_with_deltas_are_unpacked) {
  auto& repository = server.host("group/specs.git");
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  std::map<std::string, std::optional<std::string>> files;
  for (int i = 0; i < 30; ++i) files["specs/" + std::to_string(100 + i) + "-x/README.md"] = text + std::to_string(i);
  repository.commit(files);
  repository.repack();
  const auto git = provider();
  const auto head = git->head("main", std::nullopt);
  ASSERT_TRUE(list_folder(*git, head->commit, "specs", std::nullopt));
  for (const auto& [path, content] : files) {
    const auto found = git->blob(id(repository, "HEAD:" + path), 100'000);
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(*found, *content);
  }
  EXPECT_EQ(git->requests(), 4U);
  EXPECT_LT(server.seen().back().bytes, 40'000U) << "thirty texts in the space of one";
}

TEST_F(GitProviderOverHttp, a_file_that_is_too_large_is_not_sent_with_the_others) {
  auto& repository = some_specs();
  repository.commit({{"specs/video.bin", std::string(3'000'000, 'v')}});
  const auto git = provider();
  ASSERT_TRUE(list_folder(*git, git->head("main", std::nullopt)->commit, "specs", std::nullopt));
  EXPECT_EQ(git->blob(id(repository, "HEAD:specs/video.bin"), 10'000).error().code, ErrorCode::too_large);
  EXPECT_TRUE(git->blob(id(repository, "HEAD:specs/001-first/README.md"), 10'000));
}

TEST_F(GitProviderOverHttp, a_folder_that_is_more_than_one_answer_is_fetched_file_by_file) {
  auto& repository = some_specs();
  const auto path = [](int i) { return "specs/10" + std::to_string(i) + "-x/README.md"; };
  const auto noise = [](int i) {
    std::string text;
    for (auto n = static_cast<std::uint32_t>(i + 1); text.size() < 6'000; n = n * 1664525U + 1013904223U)
      text += std::to_string(n);
    return text;
  };
  for (int i = 0; i < 4; ++i) repository.commit({{path(i), noise(i)}});
  const auto git = provider("", {}, true, 5'000);
  ASSERT_TRUE(list_folder(*git, git->head("main", std::nullopt)->commit, "specs", std::nullopt));
  const auto before = git->requests();
  for (int i = 0; i < 4; ++i) {
    const auto text = git->blob(id(repository, "HEAD:" + path(i)), 100'000);
    ASSERT_TRUE(text) << text.error().sentence();
    EXPECT_EQ(*text, noise(i));
  }
  EXPECT_EQ(git->requests(), before + 1 + 4);
}

TEST_F(GitProviderOverHttp, a_folder_that_does_not_come_is_asked_for_twice_and_not_once_for_every_file) {
  auto& repository = some_specs();
  const auto git = provider();
  ASSERT_TRUE(list_folder(*git, git->head("main", std::nullopt)->commit, "specs", std::nullopt));
  const auto before = git->requests();
  server.next({0, {}, 30});
  server.next({0, {}, 30});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(git->blob(id(repository, "HEAD:specs/001-first/README.md"), 100).error().code, ErrorCode::corrupt);
  EXPECT_EQ(git->requests(), before + 2);
}

TEST_F(GitProviderOverHttp, links_submodules_and_names_that_are_no_utf_8_are_skipped_and_listed) {
  auto& repository = some_specs();
  repository.commit({{"specs/003-\xFF/README.md", "x"}, {"specs/004-ü/README.md", "y"}});
  repository.commit_symlink("specs/link.md", "../code/main.c");
  repository.commit_submodule("specs/other");
  const auto git = provider();
  const auto listing = list_folder(*git, git->head("main", std::nullopt)->commit, "specs", std::nullopt);
  ASSERT_TRUE(listing) << listing.error().sentence();
  const auto plan = plan_files(listing->entries);
  EXPECT_EQ(plan.files.size(), 4U);
  ASSERT_EQ(plan.skipped.size(), 3U);
  EXPECT_EQ(plan.skipped[0].why, "its name is no UTF-8");
  EXPECT_EQ(plan.skipped[1].why, "it is a symbolic link");
  EXPECT_EQ(plan.skipped[2].why, "it is a submodule, another repository");
}

TEST_F(GitProviderOverHttp, a_preview_finds_branch_and_folder_without_a_file_of_it) {
  some_specs().commit({{".lean-spec/config.json", R"({"specsDir":"plans"})"}, {"plans/001-a/README.md", "x"}});
  const auto git = provider();
  const auto preview = preview_repository(*git, "", std::nullopt);
  ASSERT_TRUE(preview) << preview.error().sentence();
  EXPECT_EQ(preview->repository.full_name, "group/specs.git");
  EXPECT_EQ(preview->branch, "main");
  EXPECT_EQ(preview->folder, "plans");
  EXPECT_EQ(preview->specs, 1U);
}

TEST_F(GitProviderOverHttp, a_repository_that_moved_is_followed_and_says_its_new_path) {
  auto& repository = some_specs();
  const auto first = *provider()->head("main", std::nullopt);
  server.rename("group/specs.git", "team/plans.git");
  const auto git = provider();
  EXPECT_EQ(git->head("main", first)->commit, id(repository, "HEAD"));
  EXPECT_TRUE(git->was_renamed());
  EXPECT_EQ(git->repository()->full_name, "team/plans.git");
}

TEST_F(GitProviderOverHttp, a_token_travels_as_a_password_and_without_one_a_private_repository_is_refused) {
  some_specs();
  server.want_authorization("Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0");  // x-access-token:secret
  EXPECT_EQ(provider()->repository().error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(provider("wrong")->repository().error().code, ErrorCode::unauthenticated);
  EXPECT_TRUE(provider("secret")->repository());
  server.want_authorization("Basic YWRhOnNlY3JldA==");
  EXPECT_TRUE(provider("ada:secret")->repository());
}

TEST_F(GitProviderOverHttp, this_machine_is_reached_only_if_its_host_was_allowed) {
  some_specs();
  EXPECT_EQ(provider("", {}, false)->repository().error().code, ErrorCode::forbidden);
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(GitProviderOverHttp, what_is_no_git_server_an_old_one_and_a_branch_that_is_not_there_are_said) {
  EXPECT_EQ(provider()->repository().error().code, ErrorCode::not_found);
  server.host("group/specs.git");
  EXPECT_EQ(provider()->repository().error().code, ErrorCode::not_found) << "it is empty";
  some_specs();
  EXPECT_EQ(provider()->head("other", std::nullopt).error().code, ErrorCode::not_found);
  server.speak_version(0);
  EXPECT_EQ(provider()->repository().error().code, ErrorCode::unsupported);
}

TEST_F(GitProviderOverHttp, a_server_that_has_trouble_or_is_cut_short_is_noticed) {
  auto& repository = some_specs();
  const auto known = *provider()->head("main", std::nullopt);
  server.next({503});
  server.next({503});
  EXPECT_EQ(provider()->head("main", known).error().code, ErrorCode::unavailable);
  server.next({429, {{"Retry-After", "60"}}});
  const auto tired = provider();
  EXPECT_EQ(tired->head("main", known).error().code, ErrorCode::exhausted);
  EXPECT_EQ(tired->head("main", known).error().code, ErrorCode::exhausted);
  EXPECT_EQ(tired->requests(), 1U) << "who was told to wait does not ask";
  for (const std::size_t bytes : {3U, 40U, 150U, 400U}) {
    const auto git = provider();
    ASSERT_TRUE(git->head("main", known));
    server.next({0, {}, bytes});
    EXPECT_EQ(git->tree(known.commit, false).error().code, ErrorCode::corrupt) << bytes;
    EXPECT_TRUE(git->tree(known.commit, false)) << "the next time it is whole";
  }
  EXPECT_EQ(provider()->blob(GitId{std::string(40, 'a')}, 100).error().code, ErrorCode::unavailable);
  EXPECT_TRUE(repository.resolve("HEAD"));
}

}  // namespace
}  // namespace leanspec::hub::mirrors
