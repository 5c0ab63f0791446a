#include "net/server/http_server.h"

#include <gtest/gtest.h>

#include <thread>

#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

ImmediateHandler says(const std::string& text) {
  return [text](const Request&) { return text_response(200, text); };
}

class HttpServerTest : public Served {};

TEST_F(HttpServerTest, answers_a_get_with_date_length_and_request_id) {
  add(Method::get, "/hello", says("hello"));
  serve();
  const auto reply = client()->get("/hello");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.header("Content-Length"), "5");
  EXPECT_EQ(reply.header("Connection"), "keep-alive");
  EXPECT_FALSE(reply.header("Date").empty());
  EXPECT_FALSE(reply.header("X-Request-Id").empty());
}

TEST_F(HttpServerTest, one_connection_serves_many_requests) {
  add(Method::get, "/n/{n}",
      ImmediateHandler([](const Request& request) { return text_response(200, std::string(request.capture("n"))); }));
  serve();
  const auto connection = client();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(connection->get("/n/" + std::to_string(i)).body, std::to_string(i));
  EXPECT_EQ(server->figures().requests_total, 50U);
}

TEST_F(HttpServerTest, pipelined_requests_are_answered_in_order) {
  add(Method::get, "/n/{n}",
      ImmediateHandler([](const Request& request) { return text_response(200, std::string(request.capture("n"))); }));
  serve();
  const auto connection = client();
  std::string all;
  for (int i = 0; i < 20; ++i) all += "GET /n/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  connection->send(all);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(connection->read_reply().body, std::to_string(i));
}

TEST_F(HttpServerTest, a_deferred_answer_comes_from_another_thread) {
  std::vector<std::thread> threads;
  add(Method::post, "/later", DeferredHandler([&](Request request, Responder respond) {  // NOLINT(performance-unnecessary-value-param)
        threads.emplace_back(
            [body = std::move(request.body), respond = std::move(respond)] { respond(text_response(201, body + "!")); });
      }),
      1000);
  serve();
  const auto connection = client();
  const auto reply = connection->post("/later", "body");
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(reply.body, "body!");
  EXPECT_EQ(connection->post("/later", "again").body, "again!");
  for (auto& thread : threads) thread.join();
}

TEST_F(HttpServerTest, a_dropped_responder_is_answered_500_and_logged) {
  add(Method::get, "/forgotten", DeferredHandler([](const Request&, const Responder&) {}));
  serve();
  const auto connection = client();
  const auto reply = connection->get("/forgotten");
  EXPECT_EQ(reply.status, 500U);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(log.lines.next(), "a handler dropped its request unanswered");
  EXPECT_EQ(connection->get("/nothing").status, 404U) << "the connection lives on";
}

TEST_F(HttpServerTest, a_throwing_handler_is_answered_500_and_logged) {
  add(Method::get, "/throws", ImmediateHandler([](const Request&) -> Response { throw std::runtime_error("boom"); }));
  add(Method::get, "/throws-later",
      DeferredHandler([](const Request&, const Responder&) { throw std::runtime_error("boom"); }));
  serve();
  const auto connection = client();
  for (const char* path : {"/throws", "/throws-later"}) {
    const auto reply = connection->get(path);
    EXPECT_EQ(reply.status, 500U);
    EXPECT_EQ(reply.body.find("boom"), std::string::npos) << "the reason is for the log";
    EXPECT_EQ(log.lines.next(), "a handler failed with an exception");
  }
}

TEST_F(HttpServerTest, a_websocket_echoes_through_a_hand_made_client) {
  const auto session = std::make_shared<RecordingSession>();
  add(Method::get, "/socket", WebSocketHandler([&](const Request&) -> std::variant<WebSocketAccept, Response> {
        WebSocketAccept accept;
        accept.session = session;
        accept.message_bytes_max = accept.queued_bytes_max = 1000;
        return accept;
      }));
  serve();
  const auto connection = client();
  connection->send(
      "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  const auto reply = connection->read_reply();
  EXPECT_EQ(reply.status, 101U);
  EXPECT_EQ(reply.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const auto socket = session->opened.next();
  ASSERT_TRUE(socket);
  connection->send(std::string("\x82\x82\0\0\0\0hi", 8));
  EXPECT_EQ(session->messages.next(), "hi");
  (*socket)->send(frame("there"));
  EXPECT_EQ(connection->read_bytes(7), "\x82\x05there");
}

}  // namespace
}  // namespace leanspec::net::server
