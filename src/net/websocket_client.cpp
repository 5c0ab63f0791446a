#include "net/websocket_client.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <charconv>

#include "net/bearer_challenge.h"
#include "net/byte_stream.h"
#include "net/tls_client.h"
#include "net/websocket_connection.h"

namespace leanspec::net {
namespace {

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr std::size_t addresses_max = 8;               // of one name; more are ignored
constexpr std::chrono::seconds retry_after_max{3600};  // a hub's wish beyond an hour is taken as one hour
/// One silent address must not use up the whole time while others wait (the usual case: IPv6 that leads nowhere).
constexpr std::chrono::milliseconds one_address_timeout{2500};

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

/// The steps of one attempt, each a member function, in the order in which they run. Kept alive by the operation under
/// way.
class Attempt final : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(asio::io_context& context, WebSocketClientOptions options, std::shared_ptr<WebSocketSession> session,
          OnConnectFailure on_failure)
      : context_(context),
        options_(std::move(options)),
        session_(std::move(session)),
        on_failure_(std::move(on_failure)),
        resolver_(context.get_executor()),
        deadline_(context.get_executor()),
        address_deadline_(context.get_executor()) {}

  void start() {
    deadline_.expires_after(options_.connect_timeout);
    deadline_.async_wait([weak = weak_from_this()](NetError error) {
      const auto self = weak.lock();
      if (!self || error) return;
      self->fail(ConnectStep::timed_out, Error(ErrorCode::timeout, "no answer in time", self->options_.target.host,
                                               "Check the network, and that the hub runs"));
    });
    if (options_.target.tls) {
      auto context = make_tls_client_context(options_.ca_file);
      if (!context) {
        asio::post(context_,
                   [self = shared_from_this(), error = context.error()] { self->fail(ConnectStep::tls, error); });
        return;
      }
      tls_ = std::move(context).value();
    }
    if (options_.target.host == "localhost") return connect_to_this_machine();
    resolver_.async_resolve(options_.target.host, std::to_string(options_.target.port),
                            asio::ip::resolver_base::numeric_service,
                            [self = shared_from_this()](NetError error, const Resolver::results_type& found) {
                              if (self->over_) return;
                              if (error) return self->name_not_found(error);
                              for (const auto& entry : found) {
                                if (self->addresses_.size() < addresses_max)
                                  self->addresses_.push_back(entry.endpoint());
                              }
                              self->connect_next();
                            });
  }

  void abandon() {
    over_ = true;
    deadline_.cancel();
    address_deadline_.cancel();
    resolver_.cancel();
    if (stream_) stream_->close();
    if (connection_) connection_->forget();
    session_.reset();
    on_failure_ = nullptr;
  }

 private:
  /// This name is never asked of anybody (RFC 6761, 6.3): an unencrypted connection is allowed to it, and a machine need
  /// not have it in its hosts file.
  void connect_to_this_machine() {
    addresses_.emplace_back(asio::ip::address_v4::loopback(), options_.target.port);
    addresses_.emplace_back(asio::ip::address_v6::loopback(), options_.target.port);
    asio::post(context_, [self = shared_from_this()] { self->connect_next(); });
  }

  void name_not_found(NetError error) {
    const bool unknown = error == asio::error::host_not_found || error == asio::error::no_data;
    fail(ConnectStep::resolve,
         Error(ErrorCode::unavailable,
               unknown ? "no machine of this name is known" : "looking up the name failed: " + error.message(),
               options_.target.host, "Check the spelling and the network"));
  }

  void connect_next() {
    if (next_address_ == addresses_.size()) return not_reached();
    const auto address = addresses_[next_address_++];
    stream_ = std::make_unique<ByteStream>(TcpSocket(context_.get_executor()));
    if (next_address_ < addresses_.size()) {
      address_deadline_.expires_after(one_address_timeout);
      address_deadline_.async_wait([weak = weak_from_this(), number = next_address_](NetError error) {
        const auto self = weak.lock();
        if (self && !error && number == self->next_address_ && !self->connected_) self->stream_->close();
      });
    }
    stream_->socket().async_connect(address, [self = shared_from_this()](NetError error) {
      if (self->over_) return;
      self->address_deadline_.cancel();
      if (error) {
        // "Nothing listens" says more than what a second address, perhaps of a family that is not in use here, has.
        if (error != asio::error::operation_aborted && self->last_error_ != asio::error::connection_refused)
          self->last_error_ = error;
        return self->connect_next();
      }
      self->connected();
    });
  }

  void not_reached() {
    const std::string& host = options_.target.host;
    const std::string where = host + ":" + std::to_string(options_.target.port);
    if (last_error_ == asio::error::connection_refused) {
      return fail(ConnectStep::connect, Error(ErrorCode::unavailable, "nothing listens there (connection refused)",
                                              where, "Check the port, and that the hub runs"));
    }
    const std::string why = last_error_ ? last_error_.message() : "no answer";
    fail(ConnectStep::connect,
         Error(ErrorCode::unavailable, "the machine cannot be reached: " + why, where, "Check the network"));
  }

  void connected() {
    connected_ = true;
    NetError ignored;
    stream_->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    if (!tls_) return upgrade();
    stream_->put_under_tls(tls_.get());
    expect_host(stream_->tls(), options_.target.host);
    stream_->async_handshake(StreamRole::client, [self = shared_from_this()](NetError error, std::size_t) {
      if (self->over_) return;
      if (!error) return self->upgrade();
      const bool from_library = error.category() == asio::error::get_ssl_category();
      const unsigned long code = from_library ? static_cast<unsigned long>(static_cast<unsigned>(error.value())) : 0;
      self->fail(ConnectStep::tls,
                 explain_tls_failure(self->stream_->tls(), self->options_.target.host, code, error.message()));
    });
  }

  void upgrade() {
    const WebSocketTarget& target = options_.target;
    std::string host = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
    if (target.port != (target.tls ? 443 : 80)) host += ":" + std::to_string(target.port);
    WebSocketAccept accept;
    accept.session = std::make_shared<Relay>(*this);
    accept.message_bytes_max = options_.message_bytes_max;
    accept.queued_bytes_max = options_.queued_bytes_max;
    connection_ = open_websocket(
        std::move(*stream_), host, target.path, std::move(options_.headers), std::move(accept),
        [self = shared_from_this()](NetError error, const UpgradeRefusal& refusal) { self->refused(error, refusal); });
    stream_.reset();
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

  void fail(ConnectStep step, Error error) { report(ConnectFailure(step, std::move(error))); }

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
  Resolver resolver_;
  Timer deadline_;
  Timer address_deadline_;
  TlsContext tls_;
  std::vector<asio::ip::tcp::endpoint> addresses_;
  std::size_t next_address_ = 0;
  NetError last_error_;
  std::unique_ptr<ByteStream> stream_;
  std::shared_ptr<WebSocketConnection> connection_;
  bool connected_ = false;
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
