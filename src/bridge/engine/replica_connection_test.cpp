// What a connection brings, refuses, and cannot take at once.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(replica_engine, a_push_is_in_flight_until_its_own_answer_even_if_the_feed_was_quicker) {
  ReplicaBench bench;
  bench.hold_messages = true;
  for (int i = 0; i < 600; ++i) bench.save("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  bench.pass(ReplicaBench::a_while);
  std::vector<wire::ToBridge> answers;
  std::size_t pushes = 0;
  while (!bench.to_hub.empty()) {
    const auto message = bench.to_hub.front();
    bench.to_hub.pop_front();
    if (!std::holds_alternative<wire::Push>(message)) continue;
    ++pushes;
    for (auto& answer : bench.hub.receive(message)) answers.push_back(std::move(answer));
  }
  ASSERT_EQ(pushes, wire::limits::pushes_in_flight_max);
  // The page of changes comes first, the answers to the pushes after it.
  bench.tell_head();
  const auto pull = std::find_if(bench.to_hub.begin(), bench.to_hub.end(),
                                 [](const auto& sent) { return std::holds_alternative<wire::Pull>(sent); });
  ASSERT_NE(pull, bench.to_hub.end());
  const auto page = bench.hub.receive(*pull);
  bench.to_hub.clear();
  bench.replica->received(page.front(), bench.now());
  bench.carry_out();
  const auto sent = [&] {
    return std::count_if(bench.to_hub.begin(), bench.to_hub.end(),
                         [](const auto& message) { return std::holds_alternative<wire::Push>(message); });
  };
  EXPECT_EQ(sent(), 0) << "the hub would count too many";
  for (const auto& answer : answers) bench.replica->received(answer, bench.now());
  bench.carry_out();
  EXPECT_EQ(sent(), static_cast<std::ptrdiff_t>(wire::limits::pushes_in_flight_max));
}

// Law 6
TEST(replica_engine, pages_are_taken_over_together_when_the_last_one_is_there) {
  ReplicaBench bench;
  bench.save_all(6);
  bench.store = fakes::MemoryStateStore{};
  bench.hub.page_entries = 1;
  bench.start();
  bench.hold_messages = true;
  bench.connect();
  for (int i = 0; i < 4; ++i) {
    ASSERT_FALSE(bench.to_hub.empty());
    const auto message = bench.to_hub.front();
    bench.to_hub.pop_front();
    for (const auto& answer : bench.hub.receive(message)) bench.replica->received(answer, bench.now());
    bench.carry_out();
    EXPECT_TRUE(bench.replica->state().remote.empty());
    EXPECT_FALSE(bench.replica->state().replica.cursor);
  }
  bench.hold_messages = false;
  bench.carry_out();
  EXPECT_EQ(bench.replica->state().remote.size(), 6U);
  EXPECT_EQ(bench.hub.pushes.size(), 6U);
}

TEST(replica_engine, a_page_that_does_not_have_the_digest_it_names_is_not_taken_over) {
  ReplicaBench bench;
  bench.hub.change(DocumentId{ReplicaBench::id(7)}, "a.md", "text");
  bench.hub.feed.back().path = "b.md";
  bench.tell_head();
  EXPECT_NE(bench.last_disconnect.find("leanspec-hub doctor"), std::string::npos) << bench.last_disconnect;
  EXPECT_TRUE(bench.replica->state().remote.empty());
}

TEST(replica_engine, a_hub_that_asks_to_wait_gets_the_same_change_again_later) {
  ReplicaBench bench;
  bench.hub.retries = 1;
  bench.save("a.md", "text");
  bench.pass(milliseconds{200});
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
  bench.pass(milliseconds{300});
  ASSERT_EQ(bench.hub.pushes.size(), 2U);
  EXPECT_EQ(bench.hub.pushes[0].change, bench.hub.pushes[1].change);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_change_that_waits_for_room_on_the_connection_wakes_nobody) {
  ReplicaBench bench;
  bench.pass(ReplicaBench::a_while);
  bench.hub.retries = 1;
  bench.save("again.md", "sent again later");
  bench.pass(milliseconds{50});
  bench.hold_messages = true;
  for (int i = 0; i < 16; ++i) bench.save("f" + std::to_string(i) + ".md", "text number " + std::to_string(i));
  bench.pass(milliseconds{100});
  const auto before = bench.wake_ups;
  bench.pass(ReplicaBench::a_while);
  EXPECT_LT(bench.wake_ups, before + 10);
  bench.hold_messages = false;
  bench.carry_out();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_rejected_file_is_held_with_the_reason_and_tried_again_on_the_next_connection) {
  ReplicaBench bench;
  bench.hub.reject = "this key may not write";
  bench.save("a.md", "text");
  bench.pass(seconds{20});
  EXPECT_EQ(bench.hub.pushes.size(), 1U);
  EXPECT_EQ(bench.replica->why("a.md", bench.now()).sentence, "this key may not write");
  bench.hub.reject.reset();
  bench.cut();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

TEST(replica_engine, a_refusal_is_shown_and_the_work_is_kept) {
  ReplicaBench bench{false};
  bench.hub.refuse = wire::Refused{wire::RefusedReason::unauthenticated, "the key was revoked", milliseconds{0}};
  bench.save("a.md", "text");
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_EQ(bench.status().state, ReplicaStateName::refused);
  EXPECT_EQ(bench.last_disconnect, "the key was revoked");
  EXPECT_EQ(bench.status().pending_count, 1U);
  bench.hub.refuse.reset();
  bench.replica->settings_changed(bench.now());
  bench.carry_out();
  bench.connect();
  bench.pass(ReplicaBench::a_while);
  EXPECT_TRUE(bench.agrees());
}

// N02
TEST(replica_engine, a_half_open_connection_is_given_up_after_45_seconds) {
  ReplicaBench bench;
  bench.lose_answers = true;
  bench.pass(seconds{44});
  EXPECT_TRUE(bench.online);
  bench.pass(seconds{2});
  EXPECT_FALSE(bench.online);
}

}  // namespace
}  // namespace leanspec::bridge::engine
