#include "bridge/engine/replica_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/fakes/memory_state_store.h"

namespace leanspec::bridge::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A process without disk and network that writes down what is asked of it.
class DriverBench : public testing::Test, private ReplicaPort {
 protected:
  DriverBench() : reconnect_([] { return std::uint64_t{0}; }) {
    ReplicaConfig config;
    config.project = "project";
    auto opened = ReplicaEngine::open(
        config, store_, [this] { return uuid(); }, now_);
    engine_ = *std::move(opened);
    ReplicaPort& port = *this;
    driver_.emplace(*engine_, reconnect_, port);
    driver_->perform(now_);
  }

  void pass(std::chrono::nanoseconds time) {
    const BootTime end = now_.boot + time;
    while (driver_->deadline() && *driver_->deadline() <= end) {
      now_.boot = std::max(now_.boot, *driver_->deadline());
      driver_->tick(now_);
    }
    now_.boot = end;
  }
  void refuse(wire::RefusedReason reason, milliseconds retry_after = {}) {
    driver_->opened(now_);
    driver_->received(wire::Refused{reason, "no", retry_after}, now_);
  }

  Now now_{BootTime(seconds(100)), Instant(seconds(1'000))};
  Reconnect reconnect_;
  std::optional<ReplicaDriver> driver_;
  std::optional<Error> no_key_;
  int attempts_ = 0;
  int dropped_ = 0;
  std::vector<wire::ToHub> sent_;
  std::vector<ConnectionEnd> ends_;

 private:
  Status connect() override {
    ++attempts_;
    if (no_key_) return *no_key_;
    return {};
  }
  void drop_connection() override { ++dropped_; }
  void send(const wire::ToHub& message) override { sent_.push_back(message); }
  void scan(ScanRequest) override {}
  void apply(ApplyRequest) override {}
  void ask_git(GitQuestion) override {}
  void status_changed() override {}
  void connection_ended(const ConnectionEnd& end) override { ends_.push_back(end); }
  void performed() override {}
  Uuid uuid() {
    Uuid made;
    made.bytes[15] = ++last_;
    return made;
  }

  fakes::MemoryStateStore store_;
  std::unique_ptr<ReplicaEngine> engine_;
  std::uint8_t last_ = 0;
};

TEST_F(DriverBench, connects_at_once_says_hello_and_makes_no_second_attempt_meanwhile) {
  EXPECT_EQ(attempts_, 1);
  pass(minutes(1));
  EXPECT_EQ(attempts_, 1) << "the first is still on its way";
  driver_->opened(now_);
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<wire::Hello>(sent_[0]));
}

TEST_F(DriverBench, tries_again_soon_after_a_connection_was_lost) {
  driver_->opened(now_);
  ConnectionEnd end = explain_close(1006, "");
  driver_->ended(end, now_);
  pass(seconds(2));
  EXPECT_EQ(attempts_, 2);
}

TEST_F(DriverBench, a_refusal_that_needs_a_person_is_asked_again_only_after_minutes_or_with_other_settings) {
  refuse(wire::RefusedReason::machine_revoked);
  EXPECT_EQ(dropped_, 1);
  ASSERT_EQ(ends_.size(), 1U);
  EXPECT_EQ(ends_[0].why, "no");
  EXPECT_TRUE(ends_[0].refused);
  pass(Reconnect::refused_pause - seconds(1));
  EXPECT_EQ(attempts_, 1);
  driver_->settings_changed(now_);
  EXPECT_EQ(attempts_, 2);
}

TEST_F(DriverBench, a_refusal_with_a_time_to_come_back_is_obeyed_and_none_for_good) {
  refuse(wire::RefusedReason::cloned_identity, seconds(20));
  EXPECT_FALSE(ends_.at(0).refused);
  pass(seconds(19));
  EXPECT_EQ(attempts_, 1);
  pass(seconds(12));
  EXPECT_EQ(attempts_, 2);
}

TEST_F(DriverBench, without_a_key_no_attempt_is_made_until_the_settings_change) {
  no_key_ = Error(ErrorCode::not_found, "no key");
  driver_->ended(explain_close(1006, ""), now_);
  pass(minutes(4));
  EXPECT_EQ(attempts_, 2) << "and that one was none";
  no_key_.reset();
  driver_->settings_changed(now_);
  EXPECT_EQ(attempts_, 3);
  EXPECT_EQ(dropped_, 0) << "there was nothing to drop";
}

TEST_F(DriverBench, a_silent_peer_is_given_up_without_a_goodbye) {
  driver_->opened(now_);
  pass(wire::limits::silence_max + seconds(1));
  EXPECT_EQ(dropped_, 1);
  ASSERT_GE(ends_.size(), 1U);
  EXPECT_TRUE(ends_[0].opened);
  pass(seconds(2));
  EXPECT_EQ(attempts_, 2);
}

TEST_F(DriverBench, a_stopped_driver_connects_no_more) {
  driver_->stop();
  driver_->ended(explain_close(1000, ""), now_);
  pass(minutes(10));
  EXPECT_EQ(attempts_, 1);
}

TEST_F(DriverBench, when_the_network_returns_it_connects_at_once) {
  refuse(wire::RefusedReason::forbidden);
  driver_->network_up(now_);
  EXPECT_EQ(attempts_, 2);
}

TEST_F(DriverBench, a_connection_that_does_not_answer_after_the_network_returned_is_given_up) {
  driver_->opened(now_);
  driver_->received(wire::Welcome{}, now_);
  const auto pings = [&] {
    return std::count_if(sent_.begin(), sent_.end(),
                         [](const auto& message) { return std::holds_alternative<wire::Ping>(message); });
  };
  driver_->network_up(now_);
  EXPECT_EQ(pings(), 1);
  driver_->received(wire::Pong{1}, now_);
  pass(seconds(5));
  EXPECT_EQ(dropped_, 0) << "it answered";
  driver_->network_up(now_);
  pass(seconds(4));
  EXPECT_EQ(dropped_, 1);
  EXPECT_EQ(attempts_, 2);
}

TEST(connection_end, a_second_connection_of_one_identity_is_tried_again_soon_where_the_refusal_itself_was_lost) {
  EXPECT_FALSE(explain_close(4409, "").refused);
}

TEST(connection_end, every_close_code_has_words) {
  for (const unsigned code : {1000U, 1001U, 1006U, 1009U, 1012U, 1013U, 4400U, 4401U, 4403U, 4404U, 4406U, 4408U, 4409U,
                              4410U, 4412U, 4413U, 4429U, 4999U}) {
    const ConnectionEnd end = explain_close(code, "");
    EXPECT_FALSE(end.why.empty()) << code;
    EXPECT_EQ(end.refused, !end.remedy.empty()) << code << ": who is refused is told what to do";
    EXPECT_EQ(explain_close(code, "in the hub's words").why, "in the hub's words");
  }
}

}  // namespace
}  // namespace leanspec::bridge::engine
