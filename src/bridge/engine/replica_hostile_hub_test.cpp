#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "digest/sha256.h"
#include "tests/fakes/replica_bench.h"

// What a hub says that means harm, or is broken: nothing outside the folder is touched, nothing of the user's is lost,
// and the rest goes on (H01, H03).

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::seconds;

struct HostileHubBench : ReplicaBench {
  HostileHubBench() : ReplicaBench(false) {
    mode = SyncMode::two_way;
    start();
    connect();
  }
  void tell(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
};

// H01
TEST(replica_hostile_hub, places_outside_the_folder_or_that_are_not_ours_are_never_written_to) {
  const std::vector<std::string> paths = {"../outside.md",
                                          "/etc/passwd",
                                          "a/../../outside.md",
                                          "C:/x.md",
                                          "\\\\server\\share\\x.md",
                                          ".git/hooks/pre-commit",
                                          ".leanspec-sync/x",
                                          "f.md:stream",
                                          "rtl\u202Egnp.md",
                                          "zero\u200Bwidth.md",
                                          "CON.md",
                                          "a//b.md",
                                          ".",
                                          "trailing.",
                                          "line\nfeed.md"};
  for (const auto& path : paths) {
    HostileHubBench bench;
    bench.tell(DocumentId{ReplicaBench::id(70)}, path, "hostile");
    bench.tell(DocumentId{ReplicaBench::id(71)}, "good.md", "good");
    EXPECT_EQ(bench.disk.files.size(), 1U) << path;
    EXPECT_TRUE(bench.disk.files.contains("good.md")) << "the others go on, beside " << path;
    ASSERT_EQ(bench.status().incoming.size(), 1U) << path;
    EXPECT_THAT(bench.status().incoming[0].why, testing::HasSubstr("its name cannot be used here")) << path;
    EXPECT_TRUE(bench.hub.pushes.empty()) << "nor is anything deleted at the hub";
    bench.pass(seconds{600});
    EXPECT_EQ(bench.disk.files.size(), 1U) << path;
  }
}

// H01
TEST(replica_hostile_hub, a_document_that_is_moved_outside_stays_where_it_is) {
  HostileHubBench bench;
  bench.save("mine.md", "precious");
  bench.pass(ReplicaBench::a_while);
  ASSERT_EQ(bench.hub.heads.size(), 1U);
  const auto document = bench.hub.heads.begin()->first;
  bench.tell(document, "../../home/ada/.bashrc", "hostile");
  ASSERT_EQ(bench.disk.files.size(), 1U);
  EXPECT_EQ(bench.disk.files.at("mine.md").text, "precious");
}

TEST(replica_hostile_hub, words_that_nobody_asked_for_change_nothing) {
  HostileHubBench bench;
  bench.save("mine.md", "precious");
  bench.pass(ReplicaBench::a_while);
  wire::GuardDecision decision;
  decision.guard = GuardId{ReplicaBench::id(4'711)};
  decision.decision = wire::GuardDecisionKind::approve;
  wire::PushResult result;
  result.change = ChangeId{ReplicaBench::id(4'712)};
  result.outcome = wire::PushOutcome::accepted;
  wire::Body body;
  body.digest = digest::sha256("unasked");
  body.bytes = "unasked";
  body.size = body.bytes.size();
  for (const auto& message : {wire::ToBridge(decision), wire::ToBridge(result), wire::ToBridge(body),
                              wire::ToBridge(wire::PartsState{}), wire::ToBridge(wire::Pong{99})}) {
    bench.replica->received(message, bench.now());
    bench.carry_out();
  }
  bench.pass(seconds{60});
  EXPECT_EQ(bench.disk.files.size(), 1U);
  EXPECT_TRUE(bench.agrees());
  EXPECT_EQ(bench.status().state, ReplicaStateName::live);
}

}  // namespace
}  // namespace leanspec::bridge::engine
