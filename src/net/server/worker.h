#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "net/byte_stream.h"
#include "net/server/http_server.h"
#include "net/websocket_connection.h"

namespace leanspec::net::server {

/// What all connections of one server share. Constant while it serves, but for the counters.
struct Service {
  Service(HttpServerOptions chosen, const Router& table, host::Log& lines, HttpServer::OnFinished report)
      : options(std::move(chosen)), router(table), log(lines), on_finished(std::move(report)) {}

  const HttpServerOptions options;
  const Router& router;
  host::Log& log;
  const HttpServer::OnFinished on_finished;
  std::shared_ptr<ssl_ctx_st> tls;  ///< null: plain
  std::string request_id_prefix;    ///< random, so that ids of two runs differ

  std::atomic<std::uint64_t> requests_total{0};
  std::atomic<std::uint64_t> last_request_number{0};
  std::atomic<std::uint64_t> websockets_open{0};
  std::atomic<std::uint64_t> event_streams_open{0};

  [[nodiscard]] std::uint64_t connections_open() const { return connections_open_.load(); }
  void connection_opened() { ++connections_open_; }
  void connection_ended();
  /// False: some connection was still open at the deadline.
  bool wait_until_none(std::chrono::milliseconds deadline);

 private:
  std::atomic<std::uint64_t> connections_open_{0};
  std::mutex mutex_;
  std::condition_variable none_open_;
};

/// A connection as its worker sees it. Called on the worker's thread only.
class WorkerConnection {
 public:
  virtual ~WorkerConnection() = default;
  /// Finish what is under way, take nothing new.
  virtual void drain() = 0;
  /// End at once.
  virtual void cut() = 0;
};

/// One io_context with its one thread, and the connections that live on it. Shared with pending answers, which may come
/// after the server has stopped: they find the context still there, and nobody in it.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  explicit Worker(Service& service) : service_(service), guard_(context_.get_executor()) {}

  [[nodiscard]] asio::io_context& context() { return context_; }
  void start();
  /// The two steps of stopping, from any thread.
  void drain();
  void cut();
  void join();

  // On the worker's thread:
  void enter(WorkerConnection& connection) { connections_.insert(&connection); }
  void leave(WorkerConnection& connection) { connections_.erase(&connection); }
  [[nodiscard]] bool draining() const { return draining_; }
  /// Keeps a WebSocket until it ends and counts it as a connection.
  void adopt(ByteStream stream, const Request& request, WebSocketAccept accept);

 private:
  Service& service_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> guard_;
  std::thread thread_;
  std::unordered_set<WorkerConnection*> connections_;
  std::unordered_map<std::uint64_t, std::shared_ptr<WebSocketConnection>> websockets_;
  std::uint64_t next_websocket_ = 0;
  bool draining_ = false;
};

}  // namespace leanspec::net::server
