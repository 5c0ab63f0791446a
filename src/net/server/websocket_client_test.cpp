#include "net/websocket_client.h"

#include <gtest/gtest.h>

#include "net/server/websocket_caller_for_test.h"

namespace leanspec::net::server {
namespace {

TEST_F(WebSocketClientTest, messages_of_every_size_go_both_ways) {
  add_socket();
  serve();
  auto chosen = to_server();
  chosen.headers.emplace_back("Authorization", "Bearer key");
  caller.connect(std::move(chosen));
  const auto here = caller.session->opened.next();
  const auto there = session->opened.next();
  ASSERT_TRUE(here && there);
  EXPECT_EQ(requests.next()->header("Authorization"), "Bearer key");
  for (const std::size_t size :
       {0U, 1U, 14U, 15U, 16U, 125U, 126U, 511U, 512U, 513U, 1023U, 65'535U, 65'536U, 1'000'000U, 8'388'608U}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; i += 97) text[i] = static_cast<char>(i);
    (*here)->send(frame(text));
    EXPECT_TRUE(session->messages.next() == text) << size;
    (*there)->send(frame(text));
    EXPECT_TRUE(caller.session->messages.next() == text) << size;
  }
}

TEST_F(WebSocketClientTest, the_same_over_tls_with_a_trusted_certificate) {
  const Certificate certificate;
  options.tls = certificate.files();
  add_socket();
  serve();
  auto chosen = to_server("localhost");
  chosen.ca_file = certificate.files().certificate_chain;
  caller.connect(std::move(chosen));
  const auto here = caller.session->opened.next();
  const auto there = session->opened.next();
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(requests.next()->secure);
  const std::string text(3'000'000, 'y');
  (*here)->send(frame(text));
  EXPECT_TRUE(session->messages.next() == text);
  (*there)->send(frame(text));
  EXPECT_TRUE(caller.session->messages.next() == text);
  (*there)->close(4401, "bye");
  const auto closed = caller.session->closed.next();
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->code, 4401U);
  EXPECT_EQ(closed->reason, "bye");
  EXPECT_EQ(session->closed.next()->code, 4401U);
}

TEST_F(WebSocketClientTest, a_close_comes_after_everything_queued_before_it) {
  add_socket();
  serve();
  caller.connect(to_server());
  const auto here = caller.session->opened.next();
  ASSERT_TRUE(here);
  for (int i = 0; i < 200; ++i) (*here)->send(frame(std::to_string(i)));
  (*here)->close(4400, "done");
  (*here)->send(frame("too late"));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(session->messages.next(), std::to_string(i));
  EXPECT_EQ(session->closed.next()->code, 4400U);
  EXPECT_EQ(caller.session->closed.next()->code, 4400U);
  EXPECT_EQ(session->messages.size(), 0U);
}

TEST_F(WebSocketClientTest, destroying_the_client_drops_the_connection_silently) {
  add_socket();
  serve();
  caller.connect(to_server());
  ASSERT_TRUE(caller.session->opened.next());
  caller.disconnect();
  EXPECT_EQ(session->closed.next()->code, 1006U);
  EXPECT_EQ(caller.session->closed.size(), 0U);
}

TEST_F(WebSocketClientTest, a_stopping_server_says_1001) {
  add_socket();
  serve();
  caller.connect(to_server());
  ASSERT_TRUE(caller.session->opened.next());
  const auto there = session->opened.next();
  server->stop(patience);
  EXPECT_EQ(caller.session->closed.next()->code, 1001U);
  EXPECT_EQ(session->closed.next()->code, 1001U);
  server.reset();
  (*there)->send(frame("into the void"));
  (*there)->close(4400, "");
  EXPECT_EQ((*there)->queued_bytes(), 0U);
}

TEST_F(WebSocketClientTest, a_message_over_the_limit_closes_with_1009) {
  message_bytes_max = 1000;
  add_socket();
  serve();
  caller.connect(to_server());
  const auto here = caller.session->opened.next();
  ASSERT_TRUE(here);
  (*here)->send(frame(std::string(1000, 'a')));
  EXPECT_EQ(session->messages.next()->size(), 1000U);
  (*here)->send(frame(std::string(1001, 'a')));
  EXPECT_EQ(session->closed.next()->code, 1009U);
  EXPECT_EQ(caller.session->closed.next()->code, 1009U);
}

TEST_F(WebSocketClientTest, a_reader_that_stays_paused_is_dropped_at_the_queue_limit_and_frees_its_queue) {
  queued_bytes_max = 64 * 1024;
  add_socket();
  serve();
  caller.connect(to_server());
  const auto here = caller.session->opened.next();
  const auto there = session->opened.next();
  ASSERT_TRUE(here && there);
  (*here)->pause_reading();
  const auto piece = frame(std::string(16 * 1024, 'z'));
  for (int i = 0; i < 2000; ++i) (*there)->send(piece);  // 32 MB: beyond any socket buffer
  EXPECT_EQ(session->closed.next()->code, 1013U);
  EXPECT_EQ((*there)->queued_bytes(), 0U);
}

TEST_F(WebSocketClientTest, a_paused_reader_gets_everything_once_resumed_and_the_sender_hears_of_it) {
  add_socket();
  serve();
  caller.connect(to_server());
  const auto here = caller.session->opened.next();
  const auto there = session->opened.next();
  ASSERT_TRUE(here && there);
  (*there)->pause_reading();
  const auto piece = frame(std::string(1024 * 1024, 'z'));
  for (int i = 0; i < 30; ++i) (*here)->send(piece);
  (*there)->resume_reading();
  for (int i = 0; i < 30; ++i) EXPECT_EQ(session->messages.next()->size(), piece->size());
  EXPECT_TRUE(caller.session->drained.next());
}

}  // namespace
}  // namespace leanspec::net::server
