#include "tests/e2e/cut_proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <vector>

namespace leanspec::e2e {
namespace {

/// One turn of the thread: how late a new state of the line is noticed at most.
constexpr std::chrono::milliseconds turn{5};
/// What may wait inside the proxy, each way.
constexpr std::size_t waiting_max = 256 * 1024;

[[nodiscard]] sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void reset_at_close(const host::Descriptor& socket) {
  const linger none{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

}  // namespace

CutProxy::CutProxy(std::uint16_t to_port)
    : to_port_(to_port), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_.get(), plain, size) != 0 || ::listen(listening_.get(), 64) != 0 ||
      ::getsockname(listening_.get(), plain, &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

CutProxy::~CutProxy() {
  ending_ = true;
  thread_.join();
}

void CutProxy::accept() {
  for (;;) {
    host::Descriptor bridge(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!bridge) return;
    ++made_;
    if (line_ == Line::cut) {
      reset_at_close(bridge);
      continue;
    }
    // Blocking: on loopback it is answered at once, by a connection or a refusal.
    host::Descriptor hub(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(to_port_);
    if (::connect(hub.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      reset_at_close(bridge);
      continue;
    }
    const int at_once = 1;
    for (const host::Descriptor* socket : {&bridge, &hub})
      ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    Pair& pair = pairs_.emplace_back();
    pair.bridge = std::move(bridge);
    pair.hub = std::move(hub);
    if (line_ == Line::garbage_to_bridge) {
      pair.to_bridge.waiting = "\x16\x03 this is no answer to what was asked \xff\xfe\r\n\r\n";
      pair.to_bridge.waiting.append(64 * 1024, '\x7f');
    }
  }
}

void CutProxy::flow(const host::Descriptor& from, const host::Descriptor& to, Way& way, std::size_t allowance,
                    bool drop, bool& dead, std::atomic<std::uint64_t>& counted) {
  char buffer[65536];
  while (way.waiting.size() < waiting_max) {
    const ssize_t count = ::recv(from.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count == 0) way.from_ended = true;
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) dead = true;
    if (count <= 0) break;
    if (!drop) way.waiting.append(buffer, static_cast<std::size_t>(count));
  }
  while (!way.waiting.empty() && allowance > 0) {
    const ssize_t sent =
        ::send(to.get(), way.waiting.data(), std::min(way.waiting.size(), allowance), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) dead = true;
    if (sent <= 0) break;
    counted += static_cast<std::uint64_t>(sent);
    allowance -= static_cast<std::size_t>(sent);
    way.waiting.erase(0, static_cast<std::size_t>(sent));
  }
  if (way.from_ended && way.waiting.empty() && !way.told_end) {
    ::shutdown(to.get(), SHUT_WR);
    way.told_end = true;
  }
}

void CutProxy::move(Pair& pair, Line line, std::size_t allowance) {
  if (line == Line::half_open) return;
  if (line == Line::cut) {
    pair.dead = true;
    return;
  }
  const bool lost = line == Line::answers_lost || line == Line::garbage_to_bridge;
  flow(pair.bridge, pair.hub, pair.to_hub, allowance, line == Line::garbage_to_bridge, pair.dead, bytes_to_hub_);
  flow(pair.hub, pair.bridge, pair.to_bridge, allowance, lost, pair.dead, bytes_to_bridge_);
  if (pair.to_hub.told_end && pair.to_bridge.told_end) pair.dead = true;
}

void CutProxy::run() {
  auto before = std::chrono::steady_clock::now();
  while (!ending_) {
    const std::size_t speed = bytes_per_second_;
    const Line line = line_;
    std::vector<pollfd> waited{{listening_.get(), POLLIN, 0}};
    if (line != Line::half_open && speed == 0) {
      for (const Pair& pair : pairs_) {
        if (!pair.to_hub.from_ended) waited.push_back({pair.bridge.get(), POLLIN, 0});
        if (!pair.to_bridge.from_ended) waited.push_back({pair.hub.get(), POLLIN, 0});
      }
    }
    (void)::poll(waited.data(), waited.size(), static_cast<int>(turn.count()));
    accept();
    const auto now = std::chrono::steady_clock::now();
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - before);
    before = now;
    const std::size_t allowance =
        speed == 0 ? waiting_max
                   : std::max<std::size_t>(1, speed * static_cast<std::size_t>(passed.count()) / 1'000'000);
    for (Pair& pair : pairs_) {
      move(pair, line_, allowance);
      if (!pair.dead) continue;
      reset_at_close(pair.bridge);
      reset_at_close(pair.hub);
    }
    pairs_.remove_if([](const Pair& pair) { return pair.dead; });
  }
}

}  // namespace leanspec::e2e
