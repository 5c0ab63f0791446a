#include "net/server/http_server.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <future>

#include "host/log.h"
#include "net/server/http_connection.h"
#include "net/server/tls_server.h"
#include "net/server/worker.h"

namespace leanspec::net::server {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr std::size_t turned_away_max = 64;  // at once, beyond connections_max; more are closed without a word
constexpr std::chrono::milliseconds accept_pause{100};  // when the process has no file descriptors left
constexpr unsigned threads_max = 256;

std::string random_prefix() {
  std::array<unsigned char, 4> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02x%02x%02x%02x-", unsigned{bytes[0]}, unsigned{bytes[1]},
                unsigned{bytes[2]}, unsigned{bytes[3]});
  return text.data();
}

Error cannot_listen(const HttpServerOptions& options, NetError error) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  if (error == asio::error::address_in_use) {
    return Error(ErrorCode::already_exists, "another program already listens on this port", where,
                 "choose another with --port");
  }
  if (error == asio::error::access_denied) {
    return Error(ErrorCode::forbidden, "this port needs more rights than this program has", where,
                 "choose one above 1023 with --port");
  }
  return Error(ErrorCode::io, "cannot listen: " + error.message(), where, "check --host and --port");
}

class Server final : public HttpServer {
 public:
  Server(HttpServerOptions options, const Router& router, host::Log& log, OnFinished on_finished)
      : service_(std::move(options), router, log, std::move(on_finished)) {
    service_.request_id_prefix = random_prefix();
    for (unsigned i = 0; i < std::clamp(service_.options.threads, 1U, threads_max); ++i) {
      workers_.push_back(std::make_shared<Worker>(service_));
    }
    acceptor_ = std::make_unique<Acceptor>(workers_.front()->context().get_executor());
    pause_ = std::make_unique<Timer>(workers_.front()->context().get_executor());
  }
  ~Server() override { stop(std::chrono::milliseconds(0)); }

  Status open() {
    if (service_.options.tls) {
      LEANSPEC_ASSIGN(service_.tls, make_tls_server_context(*service_.options.tls));
    }
    NetError error;
    Resolver resolver(workers_.front()->context().get_executor());
    const auto found =
        resolver.resolve(service_.options.host, std::to_string(service_.options.port),
                         asio::ip::resolver_base::passive | asio::ip::resolver_base::numeric_service, error);
    if (error || found.empty()) return cannot_listen(service_.options, error);
    const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(service_.options, error);
    port_ = acceptor_->local_endpoint().port();
    return {};
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  [[nodiscard]] HttpServerFigures figures() const override {
    HttpServerFigures figures;
    figures.connections_open = service_.connections_open();
    figures.websockets_open = service_.websockets_open;
    figures.event_streams_open = service_.event_streams_open;
    figures.requests_total = service_.requests_total;
    return figures;
  }

  void start() override {
    started_ = true;
    accept();
    for (const auto& worker : workers_) worker->start();
  }

  void stop(std::chrono::milliseconds deadline) override {
    if (std::exchange(stopped_, true)) return;
    if (!started_) return;
    std::promise<void> closed;
    asio::post(workers_.front()->context(), [this, &closed] {
      NetError ignored;
      acceptor_->close(ignored);
      pause_->cancel();
      closed.set_value();
    });
    closed.get_future().wait();
    for (const auto& worker : workers_) worker->drain();
    if (!service_.wait_until_none(deadline)) {
      service_.log.warning("connections were cut at the deadline", {{"open", service_.connections_open()}});
    }
    for (const auto& worker : workers_) worker->cut();
    for (const auto& worker : workers_) worker->join();
  }

 private:
  /// One acceptor hands the sockets round: with SO_REUSEPORT a second hub of the same user would get half of ours
  /// unnoticed.
  void accept() {
    auto& worker = workers_[next_worker_++ % workers_.size()];
    acceptor_->async_accept(worker->context(), [this, worker](NetError error, TcpSocket socket) {
      if (!acceptor_->is_open()) return;
      if (error) {
        if (error != asio::error::connection_aborted) return pause_accepting(error);
      } else {
        welcome(worker, std::move(socket));
      }
      accept();
    });
  }

  void welcome(const std::shared_ptr<Worker>& worker, TcpSocket socket) {
    const auto open = service_.connections_open();
    if (open >= service_.options.connections_max + turned_away_max) return;
    const Welcome kind = open >= service_.options.connections_max ? Welcome::turn_away : Welcome::serve;
    if (kind == Welcome::turn_away && service_.tls) return;  // a handshake to say no would be the costliest part
    service_.connection_opened();
    asio::post(worker->context(), [this, worker, kind, socket = std::move(socket)]() mutable {
      serve_connection(service_, worker, std::move(socket), kind);
    });
  }

  void pause_accepting(NetError error) {
    service_.log.error("cannot accept connections", {{"error", error.message()}});
    pause_->expires_after(accept_pause);
    pause_->async_wait([this](NetError cancelled) {
      if (!cancelled && acceptor_->is_open()) accept();
    });
  }

  Service service_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<Timer> pause_;
  std::size_t next_worker_ = 0;
  std::uint16_t port_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(HttpServerOptions options, const Router& router, host::Log& log,
                                                       OnFinished on_finished) {
  auto server = std::make_unique<Server>(std::move(options), router, log, std::move(on_finished));
  LEANSPEC_TRY(server->open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace leanspec::net::server
