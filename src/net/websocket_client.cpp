#include "net/websocket_client.h"

#include <algorithm>
#include <charconv>
#include <variant>

#include "net/bearer_challenge.h"
#include "net/byte_stream.h"
#include "net/connector.h"
#include "net/websocket_connection.h"

namespace leanspec::net {
namespace {

constexpr std::chrono::seconds retry_after_max{3600};  // a hub's wish beyond an hour is taken as one hour

std::optional<std::chrono::seconds> parse_retry_after(std::optional<std::string_view> header) {
  if (!header) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (error != std::errc{} || end != header->data() + header->size()) return std::nullopt;
  return std::min(std::chrono::seconds(seconds), retry_after_max);
}

Error explain_refusal(unsigned status, const Headers& headers, const std::string& host) {
  const std::string number = std::to_string(status);
  std::string said = challenge_description(find_header(headers, "WWW-Authenticate").value_or(""));
  if (said.ends_with('.')) said.pop_back();
  const std::string why = said.empty() ? " (" + number + ")" : ": " + said;
  switch (status) {
    case 401:
      return Error(ErrorCode::unauthenticated, "the hub does not accept this machine's key" + why, host,
                   "Make a new key at the hub and run leanspec-bridge login with it. Local work is kept.");
    case 403:
      return Error(ErrorCode::forbidden, "the hub knows this key and does not let it sync" + why, host,
                   "Ask an owner of the hub for a key with the scope bridge:sync. Local work is kept.");
    case 404:
      return Error(ErrorCode::not_found, "there is no hub at this address (404)", host, "Check the address");
    case 429:
      return Error(ErrorCode::exhausted, "the hub asks for fewer attempts (429)", host,
                   "Nothing to do: the next one comes later");
    default:
      break;
  }
  if (status >= 500) {
    return Error(ErrorCode::unavailable, "the hub, or the proxy before it, is not ready (" + number + ")", host,
                 "Nothing to do: the next attempt comes by itself");
  }
  if (status >= 300 && status < 400) {
    const auto location = find_header(headers, "Location");
    return Error(ErrorCode::invalid,
                 "the address only leads on to " + std::string(location.value_or("another one").substr(0, 200)) + " (" +
                     number + ")",
                 host, "Use that one, if you know it; in a public network, sign in there first");
  }
  const auto type = find_header(headers, "Content-Type");
  if (status < 300 && type && type->find("html") != std::string_view::npos) {
    return Error(ErrorCode::unavailable, "a web page answered instead of the hub (" + number + ")", host,
                 "In a public network, sign in there first; else check the address");
  }
  return Error(ErrorCode::unsupported,
               "something answered that is not a hub, or a proxy that forwards no WebSocket (" + number + ")", host,
               "Check the address, and that the proxy passes WebSocket upgrades");
}

/// One attempt: the way to the hub, then the upgrade. Kept alive by the operation under way.
class Attempt final : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(asio::io_context& context, WebSocketClientOptions options, std::shared_ptr<WebSocketSession> session,
          OnConnectFailure on_failure)
      : context_(context),
        options_(std::move(options)),
        session_(std::move(session)),
        on_failure_(std::move(on_failure)),
        deadline_(context.get_executor()) {}

  void start() {
    deadline_.expires_after(options_.connect_timeout);
    deadline_.async_wait([weak = weak_from_this()](NetError error) {
      const auto self = weak.lock();
      if (!self || error) return;
      self->report(ConnectFailure(ConnectStep::timed_out,
                                  Error(ErrorCode::timeout, "no answer in time", self->options_.target.host,
                                        "Check the network, and that the hub runs")));
    });
    connector_ = std::make_shared<Connector>(context_, options_.target, options_.ca_file,
                                             [self = shared_from_this()](std::variant<ByteStream, ConnectFailure> way) {
                                               if (self->over_) return;
                                               if (auto* failure = std::get_if<ConnectFailure>(&way))
                                                 return self->report(std::move(*failure));
                                               self->upgrade(std::move(std::get<ByteStream>(way)));
                                             });
    connector_->start();
  }

  void abandon() {
    over_ = true;
    deadline_.cancel();
    if (connector_) connector_->abandon();
    if (connection_) connection_->forget();
    session_.reset();
    on_failure_ = nullptr;
  }

 private:
  void upgrade(ByteStream stream) {
    const HubTarget& target = options_.target;
    WebSocketAccept accept;
    accept.session = std::make_shared<Relay>(*this);
    accept.message_bytes_max = options_.message_bytes_max;
    accept.queued_bytes_max = options_.queued_bytes_max;
    connection_ = open_websocket(
        std::move(stream), target.authority(), target.path, std::move(options_.headers), std::move(accept),
        [self = shared_from_this()](NetError error, const UpgradeRefusal& refusal) { self->refused(error, refusal); });
  }

  void refused(NetError error, const UpgradeRefusal& refusal) {
    if (over_) return;
    const std::string& host = options_.target.host;
    ConnectFailure failure(ConnectStep::upgrade, explain_refusal(refusal.status, refusal.headers, host));
    if (refusal.status == 0) {
      failure.error = Error(ErrorCode::unavailable, "the connection ended before the hub answered: " + error.message(),
                            host, "Check that the address leads to a hub");
    } else {
      failure.http_status = refusal.status;
      failure.retry_after = parse_retry_after(find_header(refusal.headers, "Retry-After"));
    }
    report(std::move(failure));
  }

  void report(ConnectFailure failure) {
    const auto self = shared_from_this();
    const auto on_failure = std::exchange(on_failure_, nullptr);
    const bool first = !over_;
    abandon();
    if (first && on_failure) on_failure(std::move(failure));
  }

  /// Ends the attempt's deadline when the socket opens; from then on everything is the session's.
  class Relay final : public WebSocketSession {
   public:
    explicit Relay(Attempt& attempt) : attempt_(attempt.weak_from_this()), session_(attempt.session_) {}
    void on_open(std::shared_ptr<WebSocket> socket) override {
      if (const auto attempt = attempt_.lock()) attempt->opened();
      session_->on_open(std::move(socket));
    }
    void on_message(std::string_view message) override { session_->on_message(message); }
    void on_drained() override { session_->on_drained(); }
    void on_closed(unsigned code, std::string_view reason) override { session_->on_closed(code, reason); }

   private:
    std::weak_ptr<Attempt> attempt_;
    std::shared_ptr<WebSocketSession> session_;
  };

  void opened() {
    deadline_.cancel();
    on_failure_ = nullptr;
    session_.reset();
  }

  asio::io_context& context_;
  WebSocketClientOptions options_;
  std::shared_ptr<WebSocketSession> session_;
  OnConnectFailure on_failure_;
  Timer deadline_;
  std::shared_ptr<Connector> connector_;
  std::shared_ptr<WebSocketConnection> connection_;
  bool over_ = false;
};

class Client final : public WebSocketClient {
 public:
  explicit Client(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) { attempt_->start(); }
  ~Client() override { attempt_->abandon(); }

 private:
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace

std::unique_ptr<WebSocketClient> WebSocketClient::connect(asio::io_context& context, WebSocketClientOptions options,
                                                          std::shared_ptr<WebSocketSession> session,
                                                          OnConnectFailure on_failure) {
  return std::make_unique<Client>(
      std::make_shared<Attempt>(context, std::move(options), std::move(session), std::move(on_failure)));
}

}  // namespace leanspec::net
