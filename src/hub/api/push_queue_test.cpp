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

std::string paths(const std::vector<WaitingPush>& pushes) {
  std::string all;
  for (const WaitingPush& waiting : pushes) all += waiting.job.members.front().path + " ";
  return all;
}

TEST(PushQueue, whoever_has_one_push_waits_for_one_of_a_flood) {
  PushQueue queue;
  for (int i = 0; i < 5; ++i) queue.add(push(1, "flood-" + std::to_string(i)));
  queue.add(push(2, "alone"));
  EXPECT_EQ(paths(queue.take(3)), "flood-0 alone flood-1 ");
  EXPECT_EQ(paths(queue.take(9)), "flood-2 flood-3 flood-4 ");
  EXPECT_TRUE(queue.empty());
}

TEST(PushQueue, turns_go_on_where_the_group_before_ended) {
  PushQueue queue;
  for (int i = 0; i < 3; ++i) {
    queue.add(push(1, "a" + std::to_string(i)));
    queue.add(push(2, "b" + std::to_string(i)));
  }
  EXPECT_EQ(paths(queue.take(1)), "a0 ");
  EXPECT_EQ(paths(queue.take(3)), "b0 a1 b1 ");
  queue.add(push(3, "c0"));
  EXPECT_EQ(paths(queue.take(9)), "a2 b2 c0 ");
  EXPECT_TRUE(queue.take(9).empty());
}

}  // namespace
}  // namespace leanspec::hub::api
