#include "net/websocket_outbox.h"

#include <gtest/gtest.h>

namespace leanspec::net {
namespace {

std::shared_ptr<const std::string> frame(std::size_t size) {
  return std::make_shared<const std::string>(size, 'f');
}

class WebSocketOutboxTest : public ::testing::Test {
 protected:
  int wakes = 0;
  WebSocketOutbox outbox{100, [this] { ++wakes; }};
};

TEST_F(WebSocketOutboxTest, wakes_once_until_it_is_looked_at) {
  outbox.send(frame(10));
  outbox.send(frame(10));
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(outbox.take().frame);
  outbox.send(frame(10));
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(outbox.queued_bytes(), 30U) << "bytes count until the system has them";
}

TEST_F(WebSocketOutboxTest, is_full_at_its_limit_and_overflows_beyond) {
  outbox.send(frame(60));
  outbox.send(frame(40));
  EXPECT_FALSE(outbox.take().overflowed);
  outbox.send(frame(1));
  EXPECT_TRUE(outbox.take().overflowed);
}

TEST_F(WebSocketOutboxTest, tells_once_that_it_has_drained_below_a_quarter) {
  outbox.send(frame(20));
  EXPECT_FALSE(outbox.sent(20)) << "it never was above";
  outbox.send(frame(50));
  outbox.send(frame(26));
  EXPECT_FALSE(outbox.sent(50));
  EXPECT_TRUE(outbox.sent(26));
  outbox.send(frame(1));
  EXPECT_FALSE(outbox.sent(1));
}

TEST_F(WebSocketOutboxTest, a_close_waits_for_the_queue_and_takes_no_more) {
  outbox.send(frame(1));
  outbox.close(4400, "first");
  outbox.close(4401, "second");
  outbox.send(frame(1));
  EXPECT_FALSE(outbox.take().close);
  const auto work = outbox.take();
  EXPECT_FALSE(work.frame);
  ASSERT_TRUE(work.close);
  EXPECT_EQ(work.close->code, 4400U);
}

TEST_F(WebSocketOutboxTest, a_long_reason_is_cut_between_two_characters) {
  std::string reason(122, 'a');
  reason += "\u00e9\u00e9";
  outbox.close(4400, reason);
  EXPECT_EQ(outbox.take().close->reason, std::string(122, 'a'));
}

TEST_F(WebSocketOutboxTest, does_nothing_once_shut) {
  outbox.shut();
  outbox.send(frame(1));
  outbox.close(4400, "");
  outbox.pause_reading();
  outbox.resume_reading();
  EXPECT_EQ(wakes, 0);
  EXPECT_EQ(outbox.queued_bytes(), 0U);
}

}  // namespace
}  // namespace leanspec::net
