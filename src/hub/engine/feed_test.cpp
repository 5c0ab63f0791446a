#include "hub/engine/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hub/engine/bridge_roster.h"

namespace leanspec::hub::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const BranchId a{1};
const BranchId b{2};

FeedNotice notice(BranchId branch, std::uint64_t head, bool sides = false) {
  return FeedNotice{branch, Seq{head}, Digest{}, sides};
}

struct Heard {
  std::vector<Hint> hints;
  Feed::Listener listener() {
    return [this](const Hint& hint) { hints.push_back(hint); };
  }
};

TEST(feed, tells_each_branch_only_where_it_is) {
  Feed feed;
  Heard of_a, of_b, of_all;
  const auto first = feed.subscribe(a, of_a.listener());
  const auto second = feed.subscribe(b, of_b.listener());
  const auto third = feed.subscribe_all(of_all.listener());
  const std::vector<FeedNotice> notices = {notice(a, 1), notice(a, 3), notice(a, 2)};
  feed.publish(notices);
  EXPECT_THAT(of_a.hints, ElementsAre(Hint{a, Seq{3}, false})) << "coalesced";
  EXPECT_THAT(of_b.hints, IsEmpty());
  EXPECT_THAT(of_all.hints, ElementsAre(Hint{a, Seq{3}, false}));
  feed.publish(std::vector<FeedNotice>{notice(a, 3)});
  EXPECT_EQ(of_a.hints.size(), 1U) << "nothing new";
  feed.publish(std::vector<FeedNotice>{notice(a, 2, true)});
  EXPECT_THAT(of_a.hints.back(), (Hint{a, Seq{3}, true})) << "sides are told although the head stays";
}

TEST(feed, a_subscription_ends_with_its_owner_even_from_within_a_call) {
  Feed feed;
  Heard heard;
  auto subscription = std::make_unique<Subscription>(feed.subscribe(a, heard.listener()));
  Subscription self = feed.subscribe(a, [&](const Hint&) { self.reset(); });
  feed.publish(std::vector<FeedNotice>{notice(a, 1)});
  subscription.reset();
  feed.publish(std::vector<FeedNotice>{notice(a, 2)});
  EXPECT_EQ(heard.hints.size(), 1U);
}

TEST(feed, a_subscription_may_outlive_the_feed) {
  Subscription subscription;
  {
    Feed feed;
    subscription = feed.subscribe(a, [](const Hint&) {});
  }
  subscription.reset();
}

TEST(feed, is_safe_from_many_threads_and_ends_at_the_highest) {
  Feed feed;
  std::atomic<std::uint64_t> highest{0};
  const auto subscription = feed.subscribe(a, [&](const Hint& hint) {
    auto seen = highest.load();
    while (seen < hint.head.value() && !highest.compare_exchange_weak(seen, hint.head.value())) {
    }
  });
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&feed, t] {
      for (std::uint64_t n = 1; n <= 200; ++n) {
        const auto mine = feed.subscribe(b, [](const Hint&) {});
        feed.publish(std::vector<FeedNotice>{notice(a, n * 4 + t), notice(b, n)});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(highest, 803U);
}

OnlineBridge online(std::uint8_t session, std::uint8_t machine, std::uint8_t nonce, std::uint8_t replica) {
  OnlineBridge bridge;
  bridge.session.bytes[15] = session;
  Uuid id;
  id.bytes[15] = machine;
  bridge.machine = MachineId{id};
  bridge.boot_nonce.bytes[15] = nonce;
  Uuid folder;
  folder.bytes[14] = machine;
  folder.bytes[15] = replica;
  bridge.replica = ReplicaId{folder};
  return bridge;
}

TEST(bridge_roster, tells_who_came_went_and_changed) {
  BridgeRoster roster;
  std::vector<bool> came_or_went;
  const auto subscription =
      roster.subscribe([&](const RosterChange& change) { came_or_went.push_back(change.came_or_went); });
  const auto bridge = online(1, 1, 1, 1);
  EXPECT_EQ(roster.join(bridge), JoinOutcome::joined);
  wire::Report report;
  report.pending = 2;
  roster.reported(bridge.session, report);
  roster.reported(bridge.session, report);  // nothing new
  roster.rename(bridge.machine, "desk");
  EXPECT_EQ(roster.online().at(0).machine_name, "desk");
  roster.leave(bridge.session);
  roster.leave(bridge.session);
  EXPECT_THAT(came_or_went, ElementsAre(true, false, false, true));
  EXPECT_EQ(roster.size(), 0U);
}

TEST(bridge_roster, one_machine_may_have_many_folders_and_one_life) {
  BridgeRoster roster;
  EXPECT_EQ(roster.join(online(1, 1, 1, 1)), JoinOutcome::joined);
  EXPECT_EQ(roster.join(online(2, 1, 1, 2)), JoinOutcome::joined);
  EXPECT_FALSE(roster.take_orders(online(1, 1, 1, 1).session).any());
  EXPECT_EQ(roster.join(online(3, 1, 2, 3)), JoinOutcome::cloned_identity);
  EXPECT_TRUE(roster.take_orders(online(1, 1, 1, 1).session).prove_alive);
  EXPECT_TRUE(roster.take_orders(online(2, 1, 1, 2).session).prove_alive);
  EXPECT_EQ(roster.join(online(4, 1, 1, 1)), JoinOutcome::joined);
  EXPECT_TRUE(roster.take_orders(online(1, 1, 1, 1).session).superseded);
  EXPECT_FALSE(roster.take_orders(online(1, 1, 1, 1).session).any()) << "orders are given once";
  roster.revoke(online(1, 1, 1, 1).machine);
  EXPECT_TRUE(roster.take_orders(online(2, 1, 1, 2).session).revoked);
}

TEST(bridge_roster, checking_the_credentials_beside_a_running_bridge_is_no_clone) {
  BridgeRoster roster;
  EXPECT_EQ(roster.join(online(1, 1, 1, 1)), JoinOutcome::joined);
  auto check = online(2, 1, 2, 2);
  check.replica.reset();
  EXPECT_EQ(roster.join(check), JoinOutcome::joined);
  EXPECT_FALSE(roster.take_orders(online(1, 1, 1, 1).session).any());
  EXPECT_EQ(roster.join(online(3, 1, 1, 3)), JoinOutcome::joined);
}

}  // namespace
}  // namespace leanspec::hub::engine
