#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::e2e {

struct HttpResponse {
  int status = 0;  ///< 0: no answer came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] boost::json::value json() const;
};

/// Where a hub is, taken from its URL.
struct HttpAddress {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
};
[[nodiscard]] HttpAddress parse_address(std::string_view url);

/// One connection that blocks; TLS without checking the peer, since what is checked here is the hub.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  /// False: the connection is gone, or nothing could be sent within the time limit.
  [[nodiscard]] virtual bool send(std::string_view bytes) = 0;
  /// Appends what has come, waiting for at least one byte. False: closed, or the time is over.
  [[nodiscard]] virtual bool receive(std::string& into) = 0;
  /// Null if nobody listens.
  [[nodiscard]] static std::unique_ptr<HttpConnection> open(const HttpAddress& address,
                                                            std::chrono::milliseconds time_limit);
};

struct ServerEvent {
  std::string id;
  std::string name;  ///< "" it has none
  std::string data;

  [[nodiscard]] boost::json::value json() const;
};

/// Sees every answer that a client or a stream of this process gets, on the thread that asked.
using AnswerWatcher = std::function<void(const std::string& url, std::string_view method, std::string_view path,
                                         const HttpResponse& response)>;
/// Sees every event that a stream of this process gets, on the thread that waits for it; `path` is the stream's.
using EventWatcher = std::function<void(std::string_view path, const ServerEvent& event)>;
/// Set before anybody asks.
void watch_answers(AnswerWatcher watcher, EventWatcher events);

/// A client for one hub, with one connection that is kept alive. One thread.
class HttpClient {
 public:
  HttpClient(std::string_view url, std::string bearer);
  [[nodiscard]] HttpResponse get(std::string_view path) { return request("GET", path, {}); }
  [[nodiscard]] HttpResponse post(std::string_view path, std::string_view body) { return request("POST", path, body); }
  /// Status 0 if the hub cannot be reached.
  [[nodiscard]] HttpResponse request(std::string_view method, std::string_view path, std::string_view body);

 private:
  [[nodiscard]] std::optional<HttpResponse> attempt(const std::string& request);

  std::string url_;
  HttpAddress address_;
  std::string bearer_;
  std::unique_ptr<HttpConnection> connection_;
  std::string received_;
};

/// GET of a stream of server-sent events.
class EventStream {
 public:
  EventStream(std::string_view url, std::string_view bearer, std::string_view path);
  /// The next event; nothing if the stream ended, or none came for a minute.
  [[nodiscard]] std::optional<ServerEvent> next();

 private:
  std::unique_ptr<HttpConnection> connection_;
  std::string path_;
  std::string received_;  ///< as it came, in chunks
  std::string text_;
};

/// As it stands in a path: everything but letters, digits and -_.~ as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace leanspec::e2e
