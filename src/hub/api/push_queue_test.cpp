#include "hub/api/push_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace leanspec::hub::api {
namespace {

WaitingPush push(std::uint8_t replica, const std::string& path) {
  WaitingPush waiting;
  Uuid id;
  id.bytes[0] = replica;
  waiting.job.origin.replica = ReplicaId{id};
  wire::Push member;
  member.path = path;
  waiting.job.members.push_back(std::move(member));
  return waiting;
}

BootTime at(int seconds) {
  return BootTime{std::chrono::seconds{seconds}};
}

std::string paths(const std::vector<WaitingPush>& pushes) {
  std::string all;
  for (const WaitingPush& waiting : pushes) all += waiting.job.members.front().path + " ";
  return all;
}

TEST(PushQueue, whoever_has_one_push_waits_for_one_of_a_flood) {
  PushQueue queue;
  for (int i = 0; i < 5; ++i) queue.add(push(1, "flood-" + std::to_string(i)), at(100));
  queue.add(push(2, "alone"), at(100));
  EXPECT_EQ(paths(queue.take(3, at(100))), "flood-0 alone flood-1 ");
  EXPECT_EQ(paths(queue.take(9, at(100))), "flood-2 flood-3 flood-4 ");
  EXPECT_TRUE(queue.empty());
}

TEST(PushQueue, turns_go_on_where_the_group_before_ended) {
  PushQueue queue;
  for (int i = 0; i < 3; ++i) {
    queue.add(push(1, "a" + std::to_string(i)), at(100));
    queue.add(push(2, "b" + std::to_string(i)), at(100));
  }
  EXPECT_EQ(paths(queue.take(1, at(100))), "a0 ");
  EXPECT_EQ(paths(queue.take(3, at(100))), "b0 a1 b1 ");
  queue.add(push(3, "c0"), at(100));
  EXPECT_EQ(paths(queue.take(9, at(100))), "a2 b2 c0 ");
  EXPECT_TRUE(queue.take(9, at(100)).empty());
}

TEST(PushQueue, a_flood_fills_no_transaction_while_somebody_else_is_there) {
  PushQueue queue;
  queue.add(push(2, "alone"), at(99));
  for (int i = 0; i < 70; ++i) queue.add(push(1, "flood"), at(100));
  EXPECT_EQ(queue.take(64, at(100)).size(), 1 + PushQueue::share_max);
  EXPECT_EQ(queue.take(64, at(101)).size(), PushQueue::share_max);
  EXPECT_EQ(queue.take(64, at(111)).size(), 70 - 2 * PushQueue::share_max) << "it has been alone for a while";
  EXPECT_TRUE(queue.empty());
}

TEST(PushQueue, a_flood_that_is_alone_takes_whole_transactions) {
  PushQueue queue;
  queue.add(push(2, "long ago"), at(10));
  EXPECT_EQ(queue.take(64, at(10)).size(), 1U);
  for (int i = 0; i < 70; ++i) queue.add(push(1, "flood"), at(100));
  EXPECT_EQ(queue.take(64, at(100)).size(), 64U);
  queue.somebody_waits(at(100));
  EXPECT_EQ(queue.take(4, at(100)).size(), 4U);
}

TEST(PushQueue, many_replicas_share_one_transaction) {
  PushQueue queue;
  for (std::uint8_t replica = 1; replica <= 100; ++replica) queue.add(push(replica, "back"), at(100));
  EXPECT_EQ(queue.take(64, at(100)).size(), 64U);
  EXPECT_EQ(queue.take(64, at(100)).size(), 36U);
}

}  // namespace
}  // namespace leanspec::hub::api
