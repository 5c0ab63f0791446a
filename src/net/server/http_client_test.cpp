#include "net/http_client.h"

#include <gtest/gtest.h>

#include "net/server/certificate_for_test.h"
#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

class HttpClientTest : public Served {
 protected:
  HttpClientRequest to_server(std::string path) {
    HttpClientRequest request;
    request.target.tls = options.tls.has_value();
    request.target.host = "localhost";
    request.target.port = server->port();
    request.target.path = std::move(path);
    return request;
  }

  Awaited<Responder> kept;
};

TEST_F(HttpClientTest, a_question_and_its_answer_come_whole) {
  const std::string long_text(3'000'000, 'y');
  add(Method::post, "/echo", ImmediateHandler([&](const Request& request) {
        EXPECT_EQ(request.header("Authorization"), "Bearer key");
        EXPECT_EQ(request.parameter("a"), "b c");
        return json_response(201, request.body + long_text);
      }),
      1000);
  serve();
  auto request = to_server("/echo?a=b%20c");
  request.method = Method::post;
  request.headers.emplace_back("Authorization", "Bearer key");
  request.body = "{}";
  const auto answer = ask_http(std::move(request));
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ(answer->status, 201U);
  EXPECT_TRUE(answer->body == "{}" + long_text);
  EXPECT_EQ(answer->content_type.substr(0, 16), "application/json");
}

TEST_F(HttpClientTest, a_status_that_says_no_is_an_answer_too) {
  serve();
  const auto answer = ask_http(to_server("/nowhere"));
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ(answer->status, 404U);
}

TEST_F(HttpClientTest, over_tls_only_with_a_certificate_that_can_be_trusted) {
  const Certificate certificate;
  options.tls = certificate.files();
  add(Method::get, "/",
      ImmediateHandler([](const Request& request) { return text_response(200, request.secure ? "secure" : "plain"); }));
  serve();
  EXPECT_FALSE(ask_http(to_server("/")));
  auto request = to_server("/");
  request.ca_file = certificate.files().certificate_chain;
  const auto answer = ask_http(std::move(request));
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ(answer->body, "secure");
}

TEST_F(HttpClientTest, an_answer_that_is_too_long_or_does_not_come_is_an_error) {
  add(Method::get, "/long",
      ImmediateHandler([](const Request&) { return text_response(200, std::string(2'000, 'x')); }));
  add(Method::get, "/never",
      DeferredHandler([this](const Request&, Responder responder) { kept.push(std::move(responder)); }));
  serve();
  auto request = to_server("/long");
  request.answer_bytes_max = 1'000;
  EXPECT_EQ(ask_http(std::move(request)).error().code, ErrorCode::too_large);
  request = to_server("/never");
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(ask_http(std::move(request)).error().code, ErrorCode::timeout);
  server.reset();
  HttpClientRequest nobody;
  nobody.target.tls = false;
  nobody.target.host = "127.0.0.1";
  nobody.target.port = 1;
  EXPECT_EQ(ask_http(std::move(nobody)).error().code, ErrorCode::unavailable);
}

TEST_F(HttpClientTest, a_conversation_keeps_its_connection_and_makes_a_new_one_when_it_is_gone) {
  add(Method::get, "/a", ImmediateHandler([](const Request&) {
        auto response = text_response(200, "a");
        response.with_header("ETag", "\"1\"");
        return response;
      }));
  serve();
  HttpConversation conversation;
  for (int i = 0; i < 3; ++i) {
    const auto answer = conversation.ask(to_server("/a"));
    ASSERT_TRUE(answer) << answer.error().sentence();
    EXPECT_EQ(answer->body, "a");
    EXPECT_EQ(find_header(answer->headers, "etag"), "\"1\"");
  }
  EXPECT_EQ(conversation.connections(), 1U);
  const auto port = server->port();
  server.reset();
  options.port = port;
  serve();
  const auto answer = conversation.ask(to_server("/a"));
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ(conversation.connections(), 2U);
}

TEST_F(HttpClientTest, where_only_public_addresses_may_be_reached_this_machine_is_refused_in_every_spelling) {
  serve();
  for (const char* host : {"localhost", "127.0.0.1", "::1", "2130706433", "0x7f000001", "127.1", "::ffff:127.0.0.1"}) {
    auto request = to_server("/");
    request.target.host = host;
    request.public_addresses_only = true;
    const auto answer = ask_http(std::move(request));
    ASSERT_FALSE(answer) << host;
    EXPECT_NE(answer.error().code, ErrorCode::timeout) << host;
    EXPECT_EQ(server->figures().requests_total, 0U) << host;
  }
}

}  // namespace
}  // namespace leanspec::net::server
