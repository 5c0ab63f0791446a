#include "net/server/worker.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <vector>

#include "host/log.h"

namespace leanspec::net::server {
namespace {

constexpr unsigned code_going_away = 1001;

}  // namespace

void Service::connection_ended() {
  if (--connections_open_ > 0) return;
  const std::lock_guard lock(mutex_);
  none_open_.notify_all();
}

bool Service::wait_until_none(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  return none_open_.wait_for(lock, deadline, [this] { return connections_open_ == 0; });
}

void Worker::start() {
  thread_ = std::thread([this] {
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        service_.log.error("an exception reached the I/O thread", {{"error", error.what()}});
      }
    }
  });
}

void Worker::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    const std::vector<WorkerConnection*> connections(connections_.begin(), connections_.end());
    for (WorkerConnection* connection : connections) connection->drain();
    const auto websockets = websockets_;
    for (const auto& [number, websocket] : websockets) websocket->close(code_going_away, "the server is stopping");
  });
}

void Worker::cut() {
  asio::post(context_, [this] {
    draining_ = true;
    const std::vector<WorkerConnection*> connections(connections_.begin(), connections_.end());
    for (WorkerConnection* connection : connections) connection->cut();
    const auto websockets = websockets_;
    for (const auto& [number, websocket] : websockets) websocket->drop();
  });
}

void Worker::join() {
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

void Worker::adopt(ByteStream stream, const Request& request, WebSocketAccept accept) {
  const std::uint64_t number = next_websocket_++;
  service_.connection_opened();
  ++service_.websockets_open;
  websockets_[number] = accept_websocket(std::move(stream), request, std::move(accept), [this, number] {
    --service_.websockets_open;
    service_.connection_ended();
    websockets_.erase(number);
  });
}

}  // namespace leanspec::net::server
