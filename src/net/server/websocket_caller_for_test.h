#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "net/server/certificate_for_test.h"
#include "net/server/served_for_test.h"
#include "net/websocket_client.h"

namespace leanspec::net::server {

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
    boost::asio::post(context_, [&] {
      call();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::shared_ptr<RecordingSession> session = std::make_shared<RecordingSession>();
  Awaited<ConnectFailure> failures;

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
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

}  // namespace leanspec::net::server
