#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/log.h"
#include "net/server/http_server.h"
#include "net/server/raw_client_for_test.h"

namespace leanspec::net::server {

constexpr std::chrono::seconds patience{
    20};  // a test waits for an event, never for a time; this only ends a broken run

/// A list that one thread fills and a test awaits.
template <typename T>
class Awaited {
 public:
  void push(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    arrived_.notify_all();
  }
  [[nodiscard]] std::optional<T> next() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [this] { return !values_.empty(); })) {
      ADD_FAILURE() << "waited in vain";
      return std::nullopt;
    }
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<T> values_;
};

class CapturingLog final : public host::Log {
 public:
  void write(host::LogLevel, std::string_view message, std::initializer_list<host::LogField>) override {
    lines.push(std::string(message));
  }
  Awaited<std::string> lines;
};

/// A server on a free port of 127.0.0.1 with the routes of the test.
class Served : public ::testing::Test {
 protected:
  Served() { options.threads = 2; }
  /// Before the members of the test go, which the handlers use.
  void TearDown() override { server.reset(); }

  void add(Method method, std::string pattern, Handler handler, std::size_t body_bytes_max = 0) {
    Route route;
    route.method = method;
    route.pattern = std::move(pattern);
    route.action = "public";
    route.body_bytes_max = body_bytes_max;
    route.handler = std::move(handler);
    const Status added = router.add(std::move(route));
    ASSERT_TRUE(added) << added.error().sentence();
  }
  void serve() {
    auto listening = HttpServer::listen(options, router, log, on_finished);
    ASSERT_TRUE(listening) << listening.error().sentence();
    server = std::move(listening).value();
    server->start();
  }
  std::unique_ptr<RawClient> client(SSL_CTX* tls = nullptr) { return std::make_unique<RawClient>(server->port(), tls); }

  HttpServerOptions options;
  Router router;
  CapturingLog log;
  HttpServer::OnFinished on_finished;
  std::unique_ptr<HttpServer> server;
};

/// A WebSocket or event stream session that only takes down what happens.
class RecordingSession final : public WebSocketSession {
 public:
  struct Closed {
    unsigned code = 0;
    std::string reason;
  };
  void on_open(std::shared_ptr<WebSocket> socket) override { opened.push(std::move(socket)); }
  void on_message(std::string_view message) override { messages.push(std::string(message)); }
  void on_drained() override { drained.push(true); }
  void on_closed(unsigned code, std::string_view reason) override {
    Closed how;
    how.code = code;
    how.reason = reason;
    closed.push(how);
  }
  Awaited<std::shared_ptr<WebSocket>> opened;
  Awaited<std::string> messages;
  Awaited<bool> drained;
  Awaited<Closed> closed;
};

inline std::shared_ptr<const std::string> frame(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace leanspec::net::server
