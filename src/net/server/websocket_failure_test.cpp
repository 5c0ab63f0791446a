// A connection that cannot be made says why: the hub's refusals, certificates, names, silence.
#include <gtest/gtest.h>

#include "net/server/websocket_caller_for_test.h"

namespace leanspec::net::server {
namespace {

using WebSocketFailureTest = WebSocketClientTest;

TEST_F(WebSocketFailureTest, refusals_keep_status_and_retry_after) {
  struct Row {
    unsigned status;
    ErrorCode code;
    const char* words;
  };
  refusal = Response();
  add_socket();
  serve();
  for (const Row& row : {Row{401, ErrorCode::unauthenticated, "key"}, Row{403, ErrorCode::forbidden, "scope"},
                         Row{404, ErrorCode::not_found, "no hub"}, Row{429, ErrorCode::exhausted, "fewer attempts"},
                         Row{503, ErrorCode::unavailable, "not ready"}, Row{302, ErrorCode::invalid, "leads on"}}) {
    refusal = text_response(row.status, "no");
    refusal->with_header("Retry-After", "17");
    caller.connect(to_server());
    const auto failure = caller.failures.next();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->step, ConnectStep::upgrade);
    EXPECT_EQ(failure->http_status, row.status);
    EXPECT_EQ(failure->error.code, row.code);
    EXPECT_EQ(failure->retry_after, std::chrono::seconds(17));
    EXPECT_NE(failure->error.sentence().find(row.words), std::string::npos) << failure->error.sentence();
  }
}

TEST_F(WebSocketFailureTest, a_captive_portal_is_named_as_such) {
  refusal = text_response(200, "<html>Please sign in to our Wi-Fi</html>", "text/html");
  add_socket();
  serve();
  caller.connect(to_server());
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->error.sentence().find("a web page answered instead of the hub"), std::string::npos);
}

TEST_F(WebSocketFailureTest, a_self_signed_certificate_is_named_as_such) {
  const auto failure = failure_with(Certificate(), false);
  EXPECT_EQ(failure.step, ConnectStep::tls);
  EXPECT_NE(failure.error.sentence().find("self-signed"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketFailureTest, an_expired_certificate_is_named_as_such) {
  CertificateWish wish;
  wish.valid_until_seconds = -60;
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("has expired"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketFailureTest, a_certificate_of_tomorrow_points_at_the_clock) {
  CertificateWish wish;
  wish.valid_from_seconds = 86'400;
  wish.valid_until_seconds = 2 * 86'400;
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("not yet valid"), std::string::npos) << failure.error.sentence();
  EXPECT_NE(failure.error.sentence().find("clock"), std::string::npos);
}

TEST_F(WebSocketFailureTest, a_certificate_of_another_host_is_named_as_such) {
  CertificateWish wish;
  wish.names = "DNS:other.example";
  const auto failure = failure_with(Certificate(wish), true, "localhost");
  EXPECT_NE(failure.error.sentence().find("for another host name"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketFailureTest, a_certificate_of_another_address_is_named_as_such) {
  CertificateWish wish;
  wish.names = "IP:127.0.0.2";
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("for another host name"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketFailureTest, a_server_without_tls_is_named_as_such) {
  add_socket();
  serve();
  auto chosen = to_server();
  chosen.target.tls = true;
  caller.connect(std::move(chosen));
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::tls);
  EXPECT_NE(failure->error.sentence().find("does not speak TLS"), std::string::npos) << failure->error.sentence();
}

TEST_F(WebSocketFailureTest, a_port_where_nothing_listens_is_named_as_such) {
  add_socket();
  serve();
  const auto chosen = to_server();
  server.reset();
  caller.connect(chosen);
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::connect);
  EXPECT_EQ(failure->error.code, ErrorCode::unavailable);
  EXPECT_NE(failure->error.sentence().find("connection refused"), std::string::npos) << failure->error.sentence();
}

TEST_F(WebSocketFailureTest, an_unknown_name_is_named_as_such) {
  WebSocketClientOptions chosen;
  chosen.target.host = "no-such-host.invalid";  // RFC 2606: never exists
  chosen.message_bytes_max = chosen.queued_bytes_max = 1000;
  caller.connect(std::move(chosen));
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::resolve);
}

TEST_F(WebSocketFailureTest, a_server_that_says_nothing_runs_into_the_deadline) {
  add(Method::get, "/socket",
      DeferredHandler([this](const Request&, Responder respond) { responders.push(std::move(respond)); }));
  serve();
  auto chosen = to_server();
  chosen.connect_timeout = std::chrono::milliseconds(50);
  caller.connect(std::move(chosen));
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::timed_out);
  EXPECT_EQ(failure->error.code, ErrorCode::timeout);
}

TEST_F(WebSocketFailureTest, a_missing_ca_file_is_named) {
  auto chosen = WebSocketClientOptions();
  chosen.target.host = "127.0.0.1";
  chosen.ca_file = "/nowhere/ca.pem";
  caller.connect(std::move(chosen));
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::tls);
  EXPECT_EQ(failure->error.code, ErrorCode::not_found);
  EXPECT_EQ(failure->error.subject, "/nowhere/ca.pem");
}

}  // namespace
}  // namespace leanspec::net::server
