// What a WebSocket peer may send that no honest one does.
#include <gtest/gtest.h>

#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

using namespace std::string_literals;

constexpr std::string_view upgrade =
    "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The close code in the server's close frame; 0 if it closed without one.
unsigned close_code(RawClient& connection) {
  const std::string bytes = connection.read_all();
  const auto at = bytes.find('\x88');
  if (at == std::string::npos || bytes.size() < at + 4) return 0;
  return static_cast<unsigned char>(bytes[at + 2]) * 256U + static_cast<unsigned char>(bytes[at + 3]);
}

class WebSocketHostileTest : public Served {
 protected:
  WebSocketHostileTest() {
    add(Method::get, "/socket", WebSocketHandler([this](const Request&) -> std::variant<WebSocketAccept, Response> {
          WebSocketAccept accept;
          accept.session = session;
          accept.message_bytes_max = 1000;
          accept.queued_bytes_max = 10'000;
          return accept;
        }));
    serve();
  }
  std::unique_ptr<RawClient> upgraded(std::string_view with = "") {
    auto connection = client();
    connection->send(std::string(upgrade) + std::string(with));
    EXPECT_EQ(connection->read_reply().status, 101U);
    return connection;
  }
  std::shared_ptr<RecordingSession> session = std::make_shared<RecordingSession>();
};

TEST_F(WebSocketHostileTest, frames_against_the_rules_end_the_conversation) {
  struct Row {
    const char* what;
    std::string bytes;
    unsigned seen_by_session;
  };
  const std::vector<Row> rows{
      {"unmasked", "\x82\x02hi"s, 1002},
      {"reserved bits", "\xf2\x82\0\0\0\0hi"s, 1002},
      {"unknown opcode", "\x83\x82\0\0\0\0hi"s, 1002},
      {"unknown control opcode", "\x8b\x80\0\0\0\0"s, 1002},
      {"continuation of nothing", "\x80\x82\0\0\0\0hi"s, 1002},
      {"fragmented ping", "\x09\x80\0\0\0\0"s, 1002},
      {"ping of 126 bytes", "\x89\xfe\0\x7e\0\0\0\0"s + std::string(126, 'p'), 1002},
      {"new message inside another", "\x02\x81\0\0\0\0a\x82\x81\0\0\0\0b"s, 1002},
      {"2^63 bytes declared", "\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0"s, 1009},
      {"1 TB declared", "\x82\xff\0\0\x01\0\0\0\0\0\0\0\0\0"s, 1009},
      {"one byte over the limit declared", "\x82\xfe\x03\xe9\0\0\0\0"s, 1009},
      {"text", "\x81\x82\0\0\0\0hi"s, 1003},
      {"close with a code of one byte", "\x88\x81\0\0\0\0\x03"s, 1002},
      {"close with a reserved code", "\x88\x82\0\0\0\0\x03\xec"s, 1002},
      {"cut in the middle", "\x82\x85\0\0\0\0he"s, 1006},
  };
  for (const Row& row : rows) {
    const auto connection = upgraded();
    ASSERT_TRUE(session->opened.next()) << row.what;
    connection->send(row.bytes);
    if (row.seen_by_session == 1003) {  // our own close waits for the other side's
      EXPECT_NE(connection->read_until("\x88").size(), 0U);
      connection->send("\x88\x82\0\0\0\0\x03\xeb"s);
    } else if (row.seen_by_session != 1006) {
      EXPECT_EQ(close_code(*connection), row.seen_by_session) << row.what;
    }
    connection->end_sending();
    EXPECT_EQ(session->closed.next()->code, row.seen_by_session) << row.what;
    EXPECT_EQ(session->messages.size(), 0U) << row.what;
  }
}

TEST_F(WebSocketHostileTest, a_message_in_single_bytes_and_fragments_arrives_whole) {
  const auto connection = upgraded();
  for (const char c : "\x02\x82\x01\x02\x03\x04gk\x80\x81\0\0\0\0!"s) connection->send(std::string(1, c));
  EXPECT_EQ(session->messages.next(), "fi!");
}

TEST_F(WebSocketHostileTest, endless_empty_fragments_cost_nothing_and_a_whole_over_the_limit_is_refused) {
  const auto connection = upgraded();
  std::string bytes = "\x02\x80\0\0\0\0"s;
  for (int i = 0; i < 5000; ++i) bytes += "\x00\x80\0\0\0\0"s;
  for (int i = 0; i < 11; ++i) bytes += "\x00\xe4\0\0\0\0"s + std::string(100, 'x');
  connection->send(bytes);
  EXPECT_EQ(session->closed.next()->code, 1009U);
}

TEST_F(WebSocketHostileTest, frames_sent_together_with_the_upgrade_are_not_lost) {
  const auto connection = upgraded("\x82\x82\0\0\0\0hi"s);
  EXPECT_EQ(session->messages.next(), "hi");
}

TEST_F(WebSocketHostileTest, pings_are_answered) {
  const auto connection = upgraded();
  connection->send("\x89\x82\0\0\0\0yo"s);
  EXPECT_EQ(connection->read_bytes(4), "\x8a\x02yo");
}

TEST_F(WebSocketHostileTest, an_exception_of_the_session_closes_its_socket_only) {
  class Throws final : public WebSocketSession {
   public:
    void on_open(std::shared_ptr<WebSocket>) override {}
    void on_message(std::string_view) override { throw std::runtime_error("boom"); }
    void on_closed(unsigned, std::string_view) override {}
  };
  Router other;
  Route route;
  route.pattern = "/socket";
  route.action = "public";
  route.handler = WebSocketHandler([](const Request&) -> std::variant<WebSocketAccept, Response> {
    WebSocketAccept accept;
    accept.session = std::make_shared<Throws>();
    accept.message_bytes_max = accept.queued_bytes_max = 1000;
    return accept;
  });
  ASSERT_TRUE(other.add(std::move(route)));
  auto listening = HttpServer::listen(options, other, log);
  ASSERT_TRUE(listening);
  (*listening)->start();
  RawClient connection((*listening)->port());
  connection.send(upgrade);
  EXPECT_EQ(connection.read_reply().status, 101U);
  connection.send("\x82\x82\0\0\0\0hi"s);
  EXPECT_EQ(connection.read_bytes(4), "\x88\x10\x03\xf3");
}

TEST_F(WebSocketHostileTest, requests_that_are_no_proper_upgrade_are_told_so) {
  const std::string text(upgrade);
  const auto without = [&](std::string_view what, std::string_view instead) {
    std::string changed = text;
    changed.replace(changed.find(what), what.size(), instead);
    return changed;
  };
  for (const std::string& bytes :
       {without("Version: 13", "Version: 8"), without("Upgrade: websocket\r\n", ""), without("Connection: keep-alive, Upgrade\r\n", ""),
        without("dGhlIHNhbXBsZSBub25jZQ==", "short"), std::string("GET /socket HTTP/1.1\r\nHost: h\r\n\r\n")}) {
    const auto connection = client();
    connection->send(bytes);
    const auto reply = connection->read_reply();
    EXPECT_EQ(reply.status, 426U) << bytes;
    EXPECT_EQ(reply.header("Sec-WebSocket-Version"), "13");
  }
}

}  // namespace
}  // namespace leanspec::net::server
