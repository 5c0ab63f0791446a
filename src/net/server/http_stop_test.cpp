// Stopping, taken ports, TLS and event streams of the server.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <future>
#include <thread>

#include "net/server/certificate_for_test.h"
#include "net/server/served_for_test.h"

namespace leanspec::net::server {
namespace {

class RecordingEvents final : public EventStreamSession {
 public:
  void on_open(std::shared_ptr<EventStream> stream) override { opened.push(std::move(stream)); }
  void on_closed() override { closed.push(true); }
  Awaited<std::shared_ptr<EventStream>> opened;
  Awaited<bool> closed;
};

class HttpStopTest : public Served {
 protected:
  void add_routes() {
    add(Method::get, "/hello", ImmediateHandler([](const Request&) { return text_response(200, "hello"); }));
    add(Method::get, "/later",
        DeferredHandler([this](const Request&, Responder respond) { responders.push(std::move(respond)); }));
    add(Method::get, "/events", EventStreamHandler([this](const Request&) -> std::variant<EventStreamAccept, Response> {
          EventStreamAccept accept;
          accept.session = events;
          return accept;
        }));
  }
  std::string events_head(RawClient& connection) {
    connection.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
    return connection.read_until("\r\n\r\n");
  }
  Awaited<Responder> responders;
  std::shared_ptr<RecordingEvents> events = std::make_shared<RecordingEvents>();
};

TEST_F(HttpStopTest, a_taken_port_is_known_at_once) {
  serve();
  HttpServerOptions same;
  same.port = server->port();
  const auto second = HttpServer::listen(same, router, log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_exists);
}

TEST_F(HttpStopTest, stopping_waits_for_the_request_under_way_and_closes_the_idle) {
  options.threads = 1;  // each begins to stop for itself, and of the busy one's nobody outside sees when
  add_routes();
  serve();
  const auto idle = client(), busy = client();
  EXPECT_EQ(idle->get("/hello").status, 200U);
  busy->send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto respond = responders.next();
  ASSERT_TRUE(respond);
  auto stopped = std::async(std::launch::async, [&] { server->stop(patience); });
  EXPECT_TRUE(idle->closed());
  (*respond)(text_response(200, "finished"));
  const auto reply = busy->read_reply();
  EXPECT_EQ(reply.body, "finished");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(busy->closed());
  stopped.get();
  EXPECT_EQ(server->figures().connections_open, 0U);
  EXPECT_FALSE(client()->connected());
}

TEST_F(HttpStopTest, what_does_not_finish_is_cut_at_the_deadline_and_may_answer_into_the_void) {
  add_routes();
  serve();
  const auto busy = client();
  busy->send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto respond = responders.next();
  ASSERT_TRUE(respond);
  server->stop(std::chrono::milliseconds(20));
  EXPECT_TRUE(busy->closed());
  server.reset();
  (*respond)(text_response(200, "too late"));
}

TEST_F(HttpStopTest, events_flow_in_chunks_and_end_politely_when_the_server_stops) {
  add_routes();
  serve();
  const auto connection = client();
  const std::string head = events_head(*connection);
  for (const char* line : {"Content-Type: text/event-stream", "Cache-Control: no-store, no-transform",
                           "X-Accel-Buffering: no", "Transfer-Encoding: chunked"}) {
    EXPECT_NE(head.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(connection->read_until("\n\n\r\n"), "d\r\nretry: 1000\n\n\r\n");
  const auto stream = events->opened.next();
  ASSERT_TRUE(stream);
  EXPECT_EQ(server->figures().event_streams_open, 1U);
  EXPECT_TRUE((*stream)->send("1.7", "moved", "B"));
  EXPECT_EQ(connection->read_until("\n\n\r\n"), "1e\r\nid: 1.7\nevent: moved\ndata: B\n\n\r\n");
  server->stop(patience);
  EXPECT_EQ(connection->read_all(), "0\r\n\r\n");
  EXPECT_TRUE(events->closed.next());
  server.reset();
  EXPECT_FALSE((*stream)->send("1.8", "moved", "B"));
  (*stream)->close();
}

TEST_F(HttpStopTest, a_quiet_event_stream_has_a_heartbeat) {
  options.event_stream_heartbeat = std::chrono::milliseconds(20);
  add_routes();
  serve();
  const auto connection = client();
  events_head(*connection);
  EXPECT_FALSE(connection->read_until("6\r\n: hb\n\n\r\n6\r\n: hb\n\n\r\n").empty());
}

TEST_F(HttpStopTest, a_client_that_goes_away_ends_its_event_stream) {
  add_routes();
  serve();
  auto connection = client();
  events_head(*connection);
  ASSERT_TRUE(events->opened.next());
  connection.reset();
  EXPECT_TRUE(events->closed.next());
}

TEST_F(HttpStopTest, an_event_stream_whose_client_does_not_read_is_cut_at_its_limit) {
  options.event_stream_queue_bytes_max = 100'000;
  add_routes();
  serve();
  const auto connection = client();
  events_head(*connection);
  const auto stream = events->opened.next();
  ASSERT_TRUE(stream);
  const std::string data(10'000, 'd');
  bool taken = true;
  for (int i = 0; i < 100'000 && taken; ++i) taken = (*stream)->send("", "", data);
  EXPECT_FALSE(taken);
  EXPECT_TRUE(events->closed.next());
}

TEST_F(HttpStopTest, everything_goes_over_tls_too) {
  const Certificate certificate;
  options.tls = certificate.files();
  add_routes();
  serve();
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_load_verify_file(context.get(), certificate.files().certificate_chain.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const auto connection = client(context.get());
  ASSERT_TRUE(connection->connected());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection->get("/hello").body, "hello");

  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  EXPECT_EQ(client(context.get())->get("/hello").body, "hello");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  EXPECT_FALSE(client(context.get())->connected());

  const auto plain = client();
  plain->send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(plain->read_reply().status, 0U);
  server->stop(patience);
}

TEST_F(HttpStopTest, wrong_tls_files_are_named) {
  const Certificate certificate, other;
  const auto refused = [&](TlsFiles files) {
    HttpServerOptions chosen;
    chosen.tls = std::move(files);
    const auto listening = HttpServer::listen(chosen, router, log);
    return listening ? Error(ErrorCode::io, "it went on") : listening.error();
  };
  TlsFiles files = certificate.files();
  files.private_key = "/nowhere/key.pem";
  EXPECT_EQ(refused(files).code, ErrorCode::not_found);
  EXPECT_EQ(refused(files).subject, "/nowhere/key.pem");
  files.private_key = other.files().private_key;
  EXPECT_EQ(refused(files).what, "this key does not belong to the certificate");
  files = certificate.files();
  files.certificate_chain = certificate.folder() + "/empty.pem";
  std::ofstream(files.certificate_chain) << "nothing";
  EXPECT_EQ(refused(files).subject, files.certificate_chain);
}

}  // namespace
}  // namespace leanspec::net::server
