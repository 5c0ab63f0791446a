// Every limit of HttpServerOptions, at the limit and beyond it, and what strangers send.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>

#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

class HttpLimitsTest : public Served {
 protected:
  void add_echo(std::size_t body_bytes_max = 1000) {
    add(Method::get, "/hello", ImmediateHandler([](const Request&) { return text_response(200, "hello"); }));
    add(Method::post, "/echo", ImmediateHandler([this](const Request& request) {
          ++handled;
          return text_response(200, request.body);
        }),
        body_bytes_max);
  }
  std::atomic<int> handled{0};
};

TEST_F(HttpLimitsTest, a_header_that_stops_half_way_is_answered_408_and_closed) {
  options.request_timeout = std::chrono::milliseconds(50);
  add_echo();
  serve();
  const auto connection = client();
  connection->send("GET /hello HTTP/1.1\r\nHost:");
  EXPECT_EQ(connection->read_reply().status, 408U);
  EXPECT_TRUE(connection->closed());
}

TEST_F(HttpLimitsTest, a_header_that_trickles_cannot_extend_its_time) {
  options.request_timeout = std::chrono::milliseconds(100);
  add_echo();
  serve();
  const auto connection = client();
  bool answered = false;
  for (int sent = 0; sent < 1000 && !answered; ++sent) {
    connection->send("G");
    constexpr int pace_milliseconds = 10;  // a slow attack has to be slow: each byte comes well before the time is over
    pollfd waited{connection->socket(), POLLIN, 0};
    answered = ::poll(&waited, 1, pace_milliseconds) > 0;
  }
  EXPECT_TRUE(answered) << "a byte now and then kept it open";
  EXPECT_EQ(connection->read_reply().status, 408U);
}

TEST_F(HttpLimitsTest, a_body_that_stops_half_way_is_answered_408) {
  options.request_timeout = std::chrono::milliseconds(50);
  add_echo();
  serve();
  const auto connection = client();
  connection->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(connection->read_reply().status, 408U);
  EXPECT_TRUE(connection->closed());
  EXPECT_EQ(handled, 0);
}

TEST_F(HttpLimitsTest, a_connection_that_says_nothing_is_closed_without_a_word) {
  options.request_timeout = std::chrono::milliseconds(50);
  add_echo();
  serve();
  EXPECT_TRUE(client()->closed());
}

TEST_F(HttpLimitsTest, an_idle_connection_is_closed_after_its_keep_alive) {
  options.keep_alive = std::chrono::milliseconds(50);
  add_echo();
  serve();
  const auto connection = client();
  EXPECT_EQ(connection->get("/hello").status, 200U);
  EXPECT_TRUE(connection->closed());
}

TEST_F(HttpLimitsTest, a_header_over_the_limit_is_answered_431) {
  options.header_bytes_max = 1000;
  add_echo();
  serve();
  const std::string start = "GET /hello HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string end = "\r\n\r\n";
  const auto at_limit = client();
  at_limit->send(start + std::string(1000 - start.size() - end.size(), 'x') + end);
  EXPECT_EQ(at_limit->read_reply().status, 200U);
  const auto beyond = client();
  beyond->send(start + std::string(1001 - start.size() - end.size(), 'x') + end);
  EXPECT_EQ(beyond->read_reply().status, 431U);
  EXPECT_TRUE(beyond->closed());
}

TEST_F(HttpLimitsTest, a_body_over_the_routes_limit_is_answered_413_unread) {
  add_echo();
  serve();
  EXPECT_EQ(client()->post("/echo", std::string(1000, 'b')).status, 200U);
  const auto declared = client();
  declared->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_EQ(declared->read_reply().status, 413U) << "not a byte of it was waited for";
  EXPECT_TRUE(declared->closed());
  const auto huge = client();
  huge->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n");
  EXPECT_EQ(huge->read_reply().status, 413U);
  const auto chunked = client();
  chunked->send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'b') +
                "\r\n1\r\nb\r\n0\r\n\r\n");
  EXPECT_EQ(chunked->read_reply().status, 413U);
  EXPECT_EQ(handled, 1);
}

TEST_F(HttpLimitsTest, a_refused_upload_can_read_its_answer_while_it_still_sends) {
  add_echo();
  serve();
  const auto connection = client();
  connection->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'b'));
  EXPECT_EQ(connection->read_reply().status, 413U);
}

TEST_F(HttpLimitsTest, a_connection_too_many_is_answered_503) {
  options.connections_max = 2;
  add_echo();
  serve();
  const auto first = client(), second = client();
  EXPECT_EQ(first->get("/hello").status, 200U);
  EXPECT_EQ(second->get("/hello").status, 200U);
  const auto third = client();
  const auto reply = third->read_reply();
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.header("Retry-After"), "5");
  EXPECT_TRUE(third->closed());
  EXPECT_EQ(first->get("/hello").status, 200U);
}

TEST_F(HttpLimitsTest, garbage_is_answered_400_and_closed) {
  add_echo();
  serve();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), std::string("hello\r\n\r\n"),
        std::string("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), std::string("GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n"), std::string("GET / HTTP/1.1\r\n\r\n")}) {
    const auto connection = client();
    connection->send(bytes);
    EXPECT_EQ(connection->read_reply().status, 400U) << bytes;
    EXPECT_TRUE(connection->closed());
  }
}

TEST_F(HttpLimitsTest, an_endless_chunk_header_is_cut) {
  add_echo();
  serve();
  const auto connection = client();
  connection->send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  connection->send(std::string(150'000, 'x'));
  EXPECT_EQ(connection->read_reply().status, 400U);
}

TEST_F(HttpLimitsTest, expect_100_continue_gets_its_go_ahead_or_the_refusal) {
  add_echo();
  serve();
  const auto connection = client();
  connection->send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(connection->read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection->send("body");
  EXPECT_EQ(connection->read_reply().body, "body");
  connection->send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4000\r\n\r\n");
  EXPECT_EQ(connection->read_reply().status, 413U);
}

TEST_F(HttpLimitsTest, head_options_and_wrong_methods_come_from_the_table) {
  add_echo();
  serve();
  const auto connection = client();
  connection->send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = connection->read_reply(true);
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.header("Content-Length"), "5");
  connection->send("OPTIONS /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto allowed = connection->read_reply();
  EXPECT_EQ(allowed.status, 204U);
  EXPECT_EQ(allowed.header("Allow"), "OPTIONS, GET, HEAD");
  connection->send("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto refused = connection->read_reply();
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused.header("Allow"), "OPTIONS, GET, HEAD");
  EXPECT_EQ(connection->get("/nothing").status, 404U);
}

TEST_F(HttpLimitsTest, http_1_0_and_connection_close_end_after_one_answer) {
  add_echo();
  serve();
  for (const char* bytes :
       {"GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
    const auto connection = client();
    connection->send(bytes);
    const auto reply = connection->read_reply();
    EXPECT_EQ(reply.body, "hello");
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(connection->closed());
  }
}

TEST_F(HttpLimitsTest, the_gatekeeper_refuses_before_the_body_is_read) {
  add_echo();
  router.set_gatekeeper([](Request& request, const Route&) -> std::optional<Response> {
    if (request.header("Authorization")) return std::nullopt;
    return text_response(401, "who are you?");
  });
  serve();
  const auto stranger = client();
  stranger->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n");
  EXPECT_EQ(stranger->read_reply().status, 401U);
  const auto connection = client();
  EXPECT_EQ(connection->post("/echo", "small").status, 401U);
  EXPECT_EQ(connection->post("/echo", "small", "Authorization: x\r\n").status, 200U)
      << "the small body was thrown away";
}

TEST_F(HttpLimitsTest, a_finisher_adds_its_header_to_every_answer) {
  add_echo();
  router.set_finisher([](const Request&, Response& response) { response.with_header("X-Frame-Options", "DENY"); });
  serve();
  const auto connection = client();
  for (const char* path : {"/hello", "/nothing"}) EXPECT_EQ(connection->get(path).header("X-Frame-Options"), "DENY");
  EXPECT_EQ(connection->get("/%zz").header("X-Frame-Options"), "DENY");
}

TEST_F(HttpLimitsTest, finished_requests_are_reported_and_request_ids_kept) {
  Awaited<std::string> reports;
  on_finished = [&](const HttpServer::Finished& finished) {
    reports.push(finished.request.request_id + " " + (finished.route ? finished.route->pattern : "-") + " " +
                 std::to_string(finished.status));
  };
  add_echo();
  serve();
  const auto connection = client();
  EXPECT_EQ(connection->get("/hello", "X-Request-Id: mine-1\r\n").header("X-Request-Id"), "mine-1");
  EXPECT_EQ(reports.next(), "mine-1 /hello 200");
  EXPECT_NE(connection->get("/nothing", "X-Request-Id: not \"mine\"\r\n").header("X-Request-Id"), "not \"mine\"");
  EXPECT_TRUE(reports.next()->ends_with(" - 404"));
  server.reset();
}

}  // namespace
}  // namespace leanspec::net::server
