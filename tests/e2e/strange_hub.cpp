#include "tests/e2e/strange_hub.h"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <string_view>

namespace leanspec::e2e {
namespace {

constexpr int turn_milliseconds = 50;
constexpr int trickle_milliseconds = 20;
/// RFC 6455 section 5.2: a final binary frame whose length of 64 bits follows; here 2^30.
constexpr std::string_view gibibyte_frame("\x82\x7f\x00\x00\x00\x00\x40\x00\x00\x00", 10);
/// The same with a length of 16 bits; here 60,000.
constexpr std::string_view permitted_frame("\x82\x7e\xea\x60", 4);

/// RFC 6455 section 4.2.2.
[[nodiscard]] std::string accept_of(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 64> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

[[nodiscard]] std::string key_in(const std::string& head) {
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view name = "sec-websocket-key:";
  const auto at = lower.find(name);
  if (at == std::string::npos) return {};
  const auto begin = head.find_first_not_of(' ', at + name.size());
  return head.substr(begin, head.find('\r', begin) - begin);
}

}  // namespace

StrangeHub::StrangeHub(Manner manner) : manner_(manner), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_.get(), plain, size) != 0 || ::listen(listening_.get(), 16) != 0 ||
      ::getsockname(listening_.get(), plain, &size) != 0)
    throw std::runtime_error("no port to listen on");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

StrangeHub::~StrangeHub() {
  ending_ = true;
  thread_.join();
}

void StrangeHub::run() {
  while (!ending_) {
    pollfd waited{listening_.get(), POLLIN, 0};
    if (::poll(&waited, 1, turn_milliseconds) <= 0) continue;
    const host::Descriptor connection(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    ++connections_;
    treat(connection.get());
  }
}

bool StrangeHub::wait(int connection, int milliseconds) const {
  pollfd waited{connection, POLLIN, 0};
  if (::poll(&waited, 1, milliseconds) > 0) {
    char heard[4096];
    const ssize_t count = ::recv(connection, heard, sizeof heard, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
  }
  return !ending_;
}

bool StrangeHub::put(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count <= 0 && !wait(connection, turn_milliseconds)) return false;
    if (count <= 0) continue;
    bytes_taken_ += static_cast<std::size_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool StrangeHub::upgrade(int connection) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    pollfd waited{connection, POLLIN, 0};
    if (ending_) return false;
    if (::poll(&waited, 1, turn_milliseconds) <= 0) continue;
    char heard[4096];
    const ssize_t count = ::recv(connection, heard, sizeof heard, 0);
    if (count <= 0) return false;
    head.append(heard, static_cast<std::size_t>(count));
  }
  return put(connection,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                 accept_of(key_in(head)) + "\r\n\r\n");
}

void StrangeHub::treat(int connection) {
  if (manner_ == Manner::silent) {
    while (wait(connection, turn_milliseconds)) {
    }
    return;
  }
  if (!upgrade(connection)) return;
  if (manner_ == Manner::oversized) {
    const std::string chunk(std::size_t{64} * 1024, 'x');
    if (!put(connection, gibibyte_frame)) return;
    while (put(connection, chunk)) {
    }
    return;
  }
  if (!put(connection, permitted_frame)) return;
  while (wait(connection, trickle_milliseconds) && put(connection, "x")) {
  }
}

}  // namespace leanspec::e2e
