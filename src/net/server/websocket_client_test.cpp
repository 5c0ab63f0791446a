#include "net/websocket_client.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <future>
#include <thread>

#include "net/server/certificate_for_test.h"
#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

namespace asio = boost::asio;

/// The caller's side of a client: an io_context with its thread, and what came of the attempt.
class Caller {
 public:
  Caller() : guard_(context_.get_executor()), thread_([this] { context_.run(); }) {}
  ~Caller() {
    disconnect();
    guard_.reset();
    thread_.join();
  }
  void connect(WebSocketClientOptions options) {
    on_thread([&] {
      client_ = WebSocketClient::connect(context_, std::move(options), session,
                                         [this](ConnectFailure failure) { failures.push(std::move(failure)); });
    });
  }
  void disconnect() {
    on_thread([this] { client_.reset(); });
  }
  void on_thread(const std::function<void()>& call) {
    std::promise<void> done;
    asio::post(context_, [&] {
      call();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::shared_ptr<RecordingSession> session = std::make_shared<RecordingSession>();
  Awaited<ConnectFailure> failures;

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::unique_ptr<WebSocketClient> client_;
  std::thread thread_;
};

class WebSocketClientTest : public Served {
 protected:
  void add_socket() {
    add(Method::get, "/socket",
        WebSocketHandler([this](const Request& request) -> std::variant<WebSocketAccept, Response> {
          requests.push(request);
          if (refusal) return *refusal;
          WebSocketAccept accept;
          accept.session = session;
          accept.message_bytes_max = message_bytes_max;
          accept.queued_bytes_max = queued_bytes_max;
          return accept;
        }));
  }
  WebSocketClientOptions to_server(std::string host = "127.0.0.1") {
    WebSocketClientOptions chosen;
    chosen.target.tls = options.tls.has_value();
    chosen.target.host = std::move(host);
    chosen.target.port = server->port();
    chosen.target.path = "/socket";
    chosen.message_bytes_max = message_bytes_max;
    chosen.queued_bytes_max = queued_bytes_max;
    return chosen;
  }
  /// Serves with `certificate` and connects to it; trusting it if asked.
  ConnectFailure failure_with(const Certificate& certificate, bool trusted, std::string host = "127.0.0.1") {
    options.tls = certificate.files();
    add_socket();
    serve();
    auto chosen = to_server(std::move(host));
    if (trusted) chosen.ca_file = certificate.files().certificate_chain;
    caller.connect(std::move(chosen));
    return caller.failures.next().value_or(
        ConnectFailure(ConnectStep::timed_out, Error(ErrorCode::timeout, "nothing came")));
  }

  std::size_t message_bytes_max = 8 * 1024 * 1024;
  std::size_t queued_bytes_max = 32 * 1024 * 1024;
  std::optional<Response> refusal;
  Awaited<Request> requests;
  Awaited<Responder> responders;
  std::shared_ptr<RecordingSession> session = std::make_shared<RecordingSession>();
  Caller caller;
};

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

TEST_F(WebSocketClientTest, refusals_keep_status_and_retry_after) {
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

TEST_F(WebSocketClientTest, a_captive_portal_is_named_as_such) {
  refusal = text_response(200, "<html>Please sign in to our Wi-Fi</html>", "text/html");
  add_socket();
  serve();
  caller.connect(to_server());
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->error.sentence().find("a web page answered instead of the hub"), std::string::npos);
}

TEST_F(WebSocketClientTest, a_self_signed_certificate_is_named_as_such) {
  const auto failure = failure_with(Certificate(), false);
  EXPECT_EQ(failure.step, ConnectStep::tls);
  EXPECT_NE(failure.error.sentence().find("self-signed"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketClientTest, an_expired_certificate_is_named_as_such) {
  CertificateWish wish;
  wish.valid_until_seconds = -60;
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("has expired"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketClientTest, a_certificate_of_tomorrow_points_at_the_clock) {
  CertificateWish wish;
  wish.valid_from_seconds = 86'400;
  wish.valid_until_seconds = 2 * 86'400;
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("not yet valid"), std::string::npos) << failure.error.sentence();
  EXPECT_NE(failure.error.sentence().find("clock"), std::string::npos);
}

TEST_F(WebSocketClientTest, a_certificate_of_another_host_is_named_as_such) {
  CertificateWish wish;
  wish.names = "DNS:other.example";
  const auto failure = failure_with(Certificate(wish), true, "localhost");
  EXPECT_NE(failure.error.sentence().find("for another host name"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketClientTest, a_certificate_of_another_address_is_named_as_such) {
  CertificateWish wish;
  wish.names = "IP:127.0.0.2";
  const auto failure = failure_with(Certificate(wish), true);
  EXPECT_NE(failure.error.sentence().find("for another host name"), std::string::npos) << failure.error.sentence();
}

TEST_F(WebSocketClientTest, a_server_without_tls_is_named_as_such) {
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

TEST_F(WebSocketClientTest, a_port_where_nothing_listens_is_named_as_such) {
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

TEST_F(WebSocketClientTest, an_unknown_name_is_named_as_such) {
  WebSocketClientOptions chosen;
  chosen.target.host = "no-such-host.invalid";  // RFC 2606: never exists
  chosen.message_bytes_max = chosen.queued_bytes_max = 1000;
  caller.connect(std::move(chosen));
  const auto failure = caller.failures.next();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, ConnectStep::resolve);
}

TEST_F(WebSocketClientTest, a_server_that_says_nothing_runs_into_the_deadline) {
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

TEST_F(WebSocketClientTest, a_missing_ca_file_is_named) {
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
