#include <gtest/gtest.h>

#include <map>

#include "hub/engine/sequencer.h"
#include "hub/mirrors/github_provider.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/mirror_sync.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_entropy.h"
#include "tests/github/git_forge.h"

namespace leanspec::hub::mirrors {
namespace {

using github_rig::GitForge;
using Files = std::map<std::string, std::string>;

/// A mirror from the forge's sockets to the store.
class MirrorSyncTest : public testing::Test {
 protected:
  MirrorSyncTest() : git(forge.host("ada/specs").git) {
    EXPECT_TRUE(store.write([&](store::Session& session) -> Status {
      store::Project project;
      project.id = ProjectId{"specs"};
      project.name = "specs";
      project.source = "github";
      LEANSPEC_TRY(session.projects().create(project));
      LEANSPEC_ASSIGN(const auto branch, session.versions().create_branch(project.id, "main"));
      branch_ = branch.id;
      store::Mirror mirror;
      mirror.project = project.id;
      mirror.full_name = "ada/specs";
      mirror.branch = "main";
      mirror.folder = "specs";
      return session.mirrors().save(mirror);
    }));
  }

  std::unique_ptr<GithubProvider> provider(RateBudget budget = {}) {
    HttpTransportOptions options;
    options.api_url = forge.api_url();
    options.host_is_allowed = true;
    return std::make_unique<GithubProvider>(std::shared_ptr<ForgeTransport>(*HttpTransport::make(std::move(options))),
                                            "ada/specs", clock, budget);
  }
  store::Mirror mirror() {
    store::Mirror found;
    EXPECT_TRUE(store.read([&](store::Session& session) -> Status {
      found = **session.mirrors().find(ProjectId{"specs"});
      return {};
    }));
    return found;
  }
  Result<SyncDone> sync() {
    const auto github = provider();
    SyncSurroundings at{store, clock, [&](engine::MirrorRevision revision) {
                          std::vector<engine::FeedNotice> notices;
                          ++revisions;
                          return sequencer.revise(revision, clock.now(), notices);
                        }};
    at.on_progress = [&](const SyncProgress& progress) { last_progress = progress; };
    at.cancelled = cancelled;
    at.limits = limits;
    auto done = sync_mirror(mirror(), *github, at);
    requests = github->requests();
    return done;
  }
  SyncDone synced() {
    auto done = sync();
    EXPECT_TRUE(done) << done.error().sentence();
    return done ? *std::move(done) : SyncDone();
  }
  ErrorCode failed() {
    const auto done = sync();
    EXPECT_FALSE(done);
    return done ? ErrorCode::io : done.error().code;
  }
  Files files() {
    Files all;
    EXPECT_TRUE(store.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto heads, session.versions().heads(branch_));
      for (const auto& head : heads) {
        LEANSPEC_ASSIGN(const auto body, session.bodies().get(*head.digest));
        all[head.path] = *body;
      }
      return {};
    }));
    return all;
  }
  std::map<std::string, std::string> skipped() {
    std::map<std::string, std::string> all;
    EXPECT_TRUE(store.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(const auto rows, session.mirrors().skipped(ProjectId{"specs"}));
      for (const auto& row : rows) all[row.path] = row.why;
      return {};
    }));
    return all;
  }

  GitForge forge;
  github_rig::GitRepository& git;
  fakes::FixedClock clock;
  fakes::SeededEntropy entropy;
  fakes::MemoryStore store{Epoch{Uuid{{1}}}};
  engine::Sequencer sequencer{store, [this](Instant now) { return entropy.uuid7(now); }};
  BranchId branch_;
  PlanLimits limits;
  std::function<bool()> cancelled;
  std::uint64_t requests = 0;
  int revisions = 0;
  SyncProgress last_progress;
};

TEST_F(MirrorSyncTest, a_repository_comes_in_whole_and_an_unchanged_one_costs_one_request) {
  const auto commit =
      git.commit({{"specs/001-a/README.md", "# A\n"}, {"specs/002-b/README.md", "# B\n"}, {"other.md", "x"}});
  const auto done = synced();
  EXPECT_EQ(done.counts.added, 2U);
  EXPECT_EQ(done.commit, commit);
  EXPECT_EQ(requests, 5U);  // where, two trees, two files
  EXPECT_EQ(files(), (Files{{"001-a/README.md", "# A\n"}, {"002-b/README.md", "# B\n"}}));
  EXPECT_EQ(mirror().commit, commit);
  EXPECT_EQ(mirror().last_synced_at, clock.now());
  EXPECT_EQ(last_progress.phase, SyncPhase::writing);

  EXPECT_FALSE(synced().changed);
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(forge.seen().back().status, 304U);  // which the forge does not even count
  EXPECT_EQ(revisions, 1);
}

TEST_F(MirrorSyncTest, a_change_costs_three_requests_and_one_for_each_changed_file) {
  git.commit(
      {{"specs/001-a/README.md", "# A\n"}, {"specs/002-b/README.md", "# B\n"}, {"specs/003-c/README.md", "# C\n"}});
  synced();
  git.commit({{"specs/001-a/README.md", "# A2\n"},
              {"specs/004-d/README.md", "# D\n"},
              {"specs/003-c/README.md", std::nullopt}});
  const auto done = synced();
  EXPECT_EQ(requests, 5U);
  EXPECT_EQ(done.counts.updated, 1U);
  EXPECT_EQ(done.counts.added, 1U);
  EXPECT_EQ(done.counts.deleted, 1U);
  EXPECT_EQ(files(),
            (Files{{"001-a/README.md", "# A2\n"}, {"002-b/README.md", "# B\n"}, {"004-d/README.md", "# D\n"}}));
  git.commit({{"code.c", "elsewhere"}});
  EXPECT_FALSE(synced().changed);
  EXPECT_EQ(requests, 2U);
  EXPECT_EQ(mirror().commit, git.resolve("HEAD"));
}

TEST_F(MirrorSyncTest, a_force_push_shows_what_the_branch_is_now) {
  git.commit({{"specs/001-a/README.md", "# one\n"}});
  git.commit({{"specs/001-a/README.md", "# two\n"}, {"specs/002-b/README.md", "# B\n"}});
  synced();
  git.go_back(1);
  git.commit({{"specs/003-c/README.md", "# C\n"}});
  synced();
  EXPECT_EQ(files(), (Files{{"001-a/README.md", "# one\n"}, {"003-c/README.md", "# C\n"}}));
}

TEST_F(MirrorSyncTest, a_sync_that_was_cut_short_goes_on_where_it_ended_and_applied_nothing_before) {
  Files first;
  for (int i = 100; i < 140; ++i) first[std::to_string(i) + "-x/README.md"] = "# " + std::to_string(i) + "\n";
  std::map<std::string, std::optional<std::string>> commit;
  for (const auto& [path, text] : first) commit["specs/" + path] = text;
  git.commit(commit);
  cancelled = [&] { return last_progress.fetched >= 10; };
  EXPECT_EQ(failed(), ErrorCode::cancelled);
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(mirror().commit.empty());
  const auto fetched = last_progress.fetched;
  EXPECT_GE(fetched, 10U);
  cancelled = nullptr;
  last_progress = {};
  forge.forget_seen();
  const auto done = synced();
  EXPECT_EQ(done.fetched, 40U - fetched);
  EXPECT_EQ(forge.count("/git/blobs/"), 40U - fetched);
  EXPECT_EQ(files(), first);
  EXPECT_EQ(revisions, 1);
  EXPECT_LE(forge.most_at_once(), 8);
}

TEST_F(MirrorSyncTest, whatever_fails_on_the_way_leaves_the_old_state_whole) {
  git.commit({{"specs/001-a/README.md", "# A\n"}, {"specs/002-b/README.md", "# B\n"}});
  synced();
  const Files before = files();
  const auto commit = mirror().commit;
  git.commit({{"specs/001-a/README.md", "# A2\n"},
              {"specs/002-b/README.md", std::nullopt},
              {"specs/003-c/README.md", "# C\n"}});
  const auto holds = [&](const char* what) {
    EXPECT_EQ(files(), before) << what;
    EXPECT_EQ(mirror().commit, commit) << what;
  };
  forge.next_for("/git/ref/", {503, {}, "", std::string::npos, {}});
  EXPECT_EQ(failed(), ErrorCode::unavailable);
  holds("the forge is down");
  forge.next_for("/git/trees/", {404, {}, "", std::string::npos, {}});
  EXPECT_EQ(failed(), ErrorCode::not_found);
  holds("a tree is missing");
  forge.next_for("/git/blobs/",
                 {403, {{"Retry-After", "60"}}, "{\"message\":\"secondary rate limit\"}", std::string::npos, {}});
  EXPECT_EQ(failed(), ErrorCode::exhausted);
  holds("the forge is tired");
  for (int i = 0; i < 8; ++i)
    forge.next_for("/git/blobs/", {401, {}, "{\"message\":\"Bad credentials\"}", std::string::npos, {}});
  EXPECT_EQ(failed(), ErrorCode::unauthenticated);
  holds("the token was revoked on the way");
  while (!sync()) {
  }
  EXPECT_EQ(files(), (Files{{"001-a/README.md", "# A2\n"}, {"003-c/README.md", "# C\n"}}));
}

TEST_F(MirrorSyncTest, a_file_that_came_cut_short_once_is_asked_for_again) {
  git.commit({{"specs/001-a/README.md", "# a text of some length\n"}});
  forge.next_for("/git/blobs/", {0, {}, "", 5, {}});
  synced();
  EXPECT_EQ(files().at("001-a/README.md"), "# a text of some length\n");
}

TEST_F(MirrorSyncTest, a_folder_that_vanished_or_was_emptied_takes_nothing_away) {
  git.commit({{"specs/001-a/README.md", "# A\n"}, {"other", "x"}});
  synced();
  git.commit({{"specs", std::nullopt}});
  EXPECT_EQ(failed(), ErrorCode::not_found);
  EXPECT_EQ(files().size(), 1U);
  git.commit_symlink("specs/link", "../other");
  EXPECT_EQ(failed(), ErrorCode::not_found);
  EXPECT_EQ(files().size(), 1U);
  git.commit({{"specs/001-a/README.md", "# back\n"}});
  synced();
  EXPECT_EQ(files(), (Files{{"001-a/README.md", "# back\n"}}));
}

TEST_F(MirrorSyncTest, what_cannot_be_shown_is_skipped_and_listed_with_its_reason) {
  git.commit(
      {{"specs/001-a/README.md", "# A\n"},
       {"specs/big.bin", std::string(3000, 'x')},
       {"specs/picture.png", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"},
       {"specs/broken/README.md", "---\nstatus: [\n---\n"},
       {"specs/bytes.md", "caf\xE9"}});
  git.commit_symlink("specs/link", "001-a");
  git.commit_submodule("specs/module");
  limits.file_bytes_max = 2000;
  const auto done = synced();
  EXPECT_EQ(done.skipped, 4U);
  EXPECT_EQ(skipped().at("picture.png"), "its content is kept by git-lfs, elsewhere");
  EXPECT_EQ(skipped().at("link"), "it is a symbolic link");
  EXPECT_EQ(skipped().at("module"), "it is a submodule, another repository");
  EXPECT_TRUE(skipped().contains("big.bin"));
  EXPECT_EQ(files().size(), 3U);
  EXPECT_EQ(files().at("bytes.md"), "caf\xE9");
}

TEST_F(MirrorSyncTest, a_used_up_budget_stops_before_its_last_tenth_and_goes_on_in_the_next_window) {
  std::map<std::string, std::optional<std::string>> commit;
  for (int i = 100; i < 160; ++i)
    commit["specs/" + std::to_string(i) + "-x/README.md"] = "# " + std::to_string(i) + "\n";
  git.commit(commit);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count() + 600;
  forge.grant(60, 60, seconds);
  EXPECT_EQ(failed(), ErrorCode::exhausted);
  EXPECT_TRUE(files().empty());
  EXPECT_GE(requests, 48U);
  EXPECT_LE(requests, 54U);
  clock.advance(std::chrono::seconds(601));
  forge.grant(60, 60, seconds + 3600);
  synced();
  EXPECT_EQ(files().size(), 60U);
}

TEST_F(MirrorSyncTest, a_mirror_that_was_removed_or_pointed_elsewhere_meanwhile_applies_nothing) {
  git.commit({{"specs/001-a/README.md", "# A\n"}});
  const auto meddle = [&](const std::function<Status(store::Session&)>& work) {
    forge.next_for("/git/blobs/", {0, {}, "", std::string::npos, [this, work] { EXPECT_TRUE(store.write(work)); }});
  };
  meddle([&](store::Session& session) -> Status {
    store::Mirror other = **session.mirrors().find(ProjectId{"specs"});
    other.folder = "docs";
    return session.mirrors().save(other);
  });
  EXPECT_EQ(failed(), ErrorCode::conflict);
  EXPECT_TRUE(files().empty());
}

TEST_F(MirrorSyncTest, a_disk_that_fills_up_loses_nothing_of_what_was_there) {
  git.commit({{"specs/001-a/README.md", "# A\n"}});
  synced();
  git.commit({{"specs/001-a/README.md", "# A2\n"}});
  for (int commit = 1; commit <= 2; ++commit) {
    store.on_commit = [n = 0, commit]() mutable {
      return ++n == commit ? fakes::CommitFault::no_space : fakes::CommitFault::none;
    };
    EXPECT_FALSE(sync());
    store.on_commit = nullptr;
    EXPECT_EQ(files(), (Files{{"001-a/README.md", "# A\n"}}));
  }
  synced();
  EXPECT_EQ(files(), (Files{{"001-a/README.md", "# A2\n"}}));
}

}  // namespace
}  // namespace leanspec::hub::mirrors
