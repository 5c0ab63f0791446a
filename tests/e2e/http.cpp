#include "tests/e2e/http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <stdexcept>

#include "host/descriptor.h"

namespace leanspec::e2e {
namespace {

constexpr std::chrono::milliseconds answer_within{60'000};

class PlainConnection : public HttpConnection {
 public:
  explicit PlainConnection(host::Descriptor socket) : socket_(std::move(socket)) {}
  [[nodiscard]] bool send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  [[nodiscard]] bool receive(std::string& into) override {
    char buffer[65536];
    ssize_t count = 0;
    // A child that ends, such as git of a forge in this process, wakes whoever waits here.
    do count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    into.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

 protected:
  host::Descriptor socket_;
};

class TlsConnection final : public PlainConnection {
 public:
  explicit TlsConnection(host::Descriptor socket)
      : PlainConnection(std::move(socket)),
        context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
        tls_(SSL_new(context_.get()), &SSL_free) {
    SSL_set_fd(tls_.get(), socket_.get());
  }
  [[nodiscard]] bool shake_hands() { return SSL_connect(tls_.get()) == 1; }
  [[nodiscard]] bool send(std::string_view bytes) override {
    return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  [[nodiscard]] bool receive(std::string& into) override {
    char buffer[16384];
    const int count = SSL_read(tls_.get(), buffer, sizeof buffer);
    if (count <= 0) return false;
    into.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
};

[[nodiscard]] std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

[[nodiscard]] std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// The head of an answer, taken off the front of `received`; nothing if the connection ended before it was whole.
[[nodiscard]] std::optional<HttpResponse> take_head(HttpConnection& connection, std::string& received) {
  std::size_t end = 0;
  while ((end = received.find("\r\n\r\n")) == std::string::npos) {
    if (!connection.receive(received)) return std::nullopt;
  }
  HttpResponse response;
  std::string_view head = std::string_view(received).substr(0, end + 2);
  bool first = true;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    if (std::exchange(first, false)) {
      response.status = static_cast<int>(number(line.substr(std::min<std::size_t>(9, line.size())), 10));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    response.headers[lower(line.substr(0, colon))] = value;
  }
  received.erase(0, end + 4);
  return response;
}

/// One chunk of a chunked body; an empty one ends it.
[[nodiscard]] std::optional<std::string> take_chunk(HttpConnection& connection, std::string& received) {
  std::size_t line_end = 0;
  while ((line_end = received.find("\r\n")) == std::string::npos) {
    if (!connection.receive(received)) return std::nullopt;
  }
  const std::size_t size = number(std::string_view(received).substr(0, line_end), 16);
  while (received.size() < line_end + 2 + size + 2) {
    if (!connection.receive(received)) return std::nullopt;
  }
  std::string chunk = received.substr(line_end + 2, size);
  received.erase(0, line_end + 2 + size + 2);
  return chunk;
}

AnswerWatcher& watcher_of_answers() {
  static AnswerWatcher watcher = [](const auto&, auto, auto, const auto&) {};
  return watcher;
}

EventWatcher& watcher_of_events() {
  static EventWatcher watcher = [](auto, const auto&) {};
  return watcher;
}

}  // namespace

void watch_answers(AnswerWatcher watcher, EventWatcher events) {
  watcher_of_answers() = std::move(watcher);
  watcher_of_events() = std::move(events);
}

boost::json::value ServerEvent::json() const { return boost::json::parse(data); }

boost::json::value HttpResponse::json() const {
  try {
    return boost::json::parse(body);
  } catch (const std::exception&) {
    throw std::runtime_error("status " + std::to_string(status) + " and no JSON: " + body.substr(0, 300));
  }
}

HttpAddress parse_address(std::string_view url) {
  HttpAddress address;
  address.tls = url.starts_with("https://");
  url.remove_prefix(url.find("//") + 2);
  const auto colon = url.rfind(':');
  address.host = url.substr(0, colon);
  address.port = static_cast<std::uint16_t>(number(url.substr(colon + 1), 10));
  return address;
}

std::unique_ptr<HttpConnection> HttpConnection::open(const HttpAddress& address, std::chrono::milliseconds time_limit) {
  host::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{time_limit.count() / 1000, (time_limit.count() % 1000) * 1000};
  const int at_once = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host == "localhost" ? "127.0.0.1" : address.host.c_str(), &where.sin_addr);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return nullptr;
  if (!address.tls) return std::make_unique<PlainConnection>(std::move(socket));
  auto connection = std::make_unique<TlsConnection>(std::move(socket));
  if (!connection->shake_hands()) return nullptr;
  return connection;
}

HttpClient::HttpClient(std::string_view url, std::string bearer)
    : url_(url), address_(parse_address(url)), bearer_(std::move(bearer)) {}

HttpResponse HttpClient::request(std::string_view method, std::string_view path, std::string_view body) {
  std::string text = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: " + address_.host + "\r\n";
  if (!bearer_.empty()) text += "Authorization: Bearer " + bearer_ + "\r\n";
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n" + std::string(body);
  // A connection that was kept may have been closed meanwhile; a fresh one is the hub's own answer.
  const bool kept = connection_ != nullptr;
  auto response = attempt(text);
  if (!response && kept) response = attempt(text);
  if (response) watcher_of_answers()(url_, method, path, *response);
  return response.value_or(HttpResponse());
}

std::optional<HttpResponse> HttpClient::attempt(const std::string& request) {
  if (connection_ == nullptr) {
    received_.clear();
    connection_ = HttpConnection::open(address_, answer_within);
  }
  if (connection_ == nullptr) return std::nullopt;
  auto response = connection_->send(request) ? take_head(*connection_, received_) : std::nullopt;
  if (response && response->headers["transfer-encoding"] == "chunked") {
    for (;;) {
      const auto chunk = take_chunk(*connection_, received_);
      if (!chunk) response.reset();
      if (!chunk || chunk->empty()) break;
      response->body += *chunk;
    }
  } else if (response) {
    const std::size_t size = number(response->headers["content-length"], 10);
    while (response && received_.size() < size) {
      if (!connection_->receive(received_)) response.reset();
    }
    if (response) response->body = received_.substr(0, size);
    if (response) received_.erase(0, size);
  }
  if (!response || response->headers["connection"] == "close") connection_.reset();
  return response;
}

EventStream::EventStream(std::string_view url, std::string_view bearer, std::string_view path) : path_(path) {
  const HttpAddress address = parse_address(url);
  connection_ = HttpConnection::open(address, answer_within);
  if (connection_ == nullptr) throw std::runtime_error("nobody listens at " + std::string(url));
  const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + address.host +
                              "\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + std::string(bearer) +
                              "\r\n\r\n";
  const bool sent = connection_->send(request);
  const auto head = sent ? take_head(*connection_, received_) : std::nullopt;
  if (head && head->status == 200) watcher_of_answers()(std::string(url), "GET", path, *head);
  if (!head || head->status != 200) throw std::runtime_error("no stream of events at " + std::string(path));
}

std::optional<ServerEvent> EventStream::next() {
  // The stream is never silent: a comment comes every few seconds.
  const auto deadline = std::chrono::steady_clock::now() + answer_within;
  for (;;) {
    std::size_t end = 0;
    while ((end = text_.find("\n\n")) == std::string::npos) {
      const auto chunk = take_chunk(*connection_, received_);
      if (!chunk || chunk->empty() || std::chrono::steady_clock::now() > deadline) return std::nullopt;
      text_ += *chunk;
    }
    std::string_view block = std::string_view(text_).substr(0, end + 1);
    ServerEvent event;
    while (!block.empty()) {
      const std::string_view line = block.substr(0, block.find('\n'));
      block.remove_prefix(line.size() + 1);
      if (line.starts_with("id: ")) event.id = line.substr(4);
      if (line.starts_with("event: ")) event.name = line.substr(7);
      if (line.starts_with("data: ")) event.data += line.substr(6);
    }
    text_.erase(0, end + 2);
    if (event.data.empty()) continue;  // a comment, or when to come back
    watcher_of_events()(path_, event);
    return event;
  }
}

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-_.~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

}  // namespace leanspec::e2e
