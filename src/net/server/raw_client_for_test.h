#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace leanspec::net::server {

/// One blocking connection to 127.0.0.1 that sends exactly the bytes it is told to, well-formed or not. A read that
/// gets nothing for 20 s gives up, so that a broken server fails a test and does not hang it.
class RawClient {
 public:
  struct Reply {
    unsigned status = 0;  ///< 0: the connection ended without one
    Headers headers;
    std::string body;
    [[nodiscard]] std::string header(std::string_view name) const {
      return std::string(find_header(headers, name).value_or(""));
    }
  };

  explicit RawClient(std::uint16_t port, SSL_CTX* tls = nullptr) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (tls == nullptr) return;
    tls_.reset(SSL_new(tls));
    SSL_set_fd(tls_.get(), socket_);
    connected_ = SSL_connect(tls_.get()) == 1;
  }
  ~RawClient() {
    tls_.reset();
    ::close(socket_);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] SSL* tls() const { return tls_.get(); }
  [[nodiscard]] int socket() const { return socket_; }

  /// False: the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  /// Everything up to and including `mark`; what came, if the connection ends first.
  std::string read_until(std::string_view mark) {
    std::size_t found = std::string::npos;
    while ((found = received_.find(mark)) == std::string::npos && read_some()) {
    }
    return take(found == std::string::npos ? received_.size() : found + mark.size());
  }
  std::string read_bytes(std::size_t count) {
    while (received_.size() < count && read_some()) {
    }
    return take(std::min(count, received_.size()));
  }
  /// Until the server closes.
  std::string read_all() {
    while (read_some()) {
    }
    return take(received_.size());
  }
  /// True: the server has closed and sent nothing more.
  bool closed() { return read_all().empty(); }

  Reply read_reply(bool to_head = false) {
    Reply reply;
    std::string head = read_until("\r\n\r\n");
    if (!head.ends_with("\r\n\r\n") || head.size() < 12) return reply;
    reply.status = static_cast<unsigned>(std::atoi(head.substr(9, 3).c_str()));
    std::size_t at = head.find("\r\n") + 2;
    while (head.compare(at, 2, "\r\n") != 0) {
      const std::size_t colon = head.find(": ", at);
      const std::size_t end = head.find("\r\n", at);
      reply.headers.emplace_back(head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2));
      at = end + 2;
    }
    const std::string length = reply.header("Content-Length");
    if (!to_head && !length.empty()) reply.body = read_bytes(static_cast<std::size_t>(std::atoll(length.c_str())));
    return reply;
  }

  Reply get(std::string_view target, std::string_view more_headers = "") {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) + "\r\n");
    return read_reply();
  }
  Reply post(std::string_view target, std::string_view body, std::string_view more_headers = "") {
    send("POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(more_headers) + "\r\n" + std::string(body));
    return read_reply();
  }

 private:
  bool read_some() {
    char buffer[16384];
    const auto got = tls_ ? SSL_read(tls_.get(), buffer, sizeof buffer) : ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  struct FreeTls {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  int socket_;
  std::unique_ptr<SSL, FreeTls> tls_;
  std::string received_;
  bool connected_ = false;
};

}  // namespace leanspec::net::server
