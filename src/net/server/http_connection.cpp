#include "net/server/http_connection.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <exception>

#include "host/clock.h"
#include "host/log.h"
#include "net/server/conditional.h"
#include "net/server/content_coding.h"
#include "net/server/event_stream_outbox.h"
#include "net/server/http_target.h"
#include "net/server/request_parser.h"
#include "net/server/response_head.h"

namespace leanspec::net::server {
namespace {

template <typename T>
using Task = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> awaiting;

constexpr std::size_t header_read_bytes = 4096;        // most requests fit
constexpr std::size_t body_read_bytes = 64 * 1024;     // one TLS record is 16 KB; more saves system calls on big uploads
constexpr std::chrono::seconds tls_handshake_timeout{10};
constexpr std::chrono::seconds linger_timeout{1};      // for the peer to read our last answer before the socket goes
constexpr std::size_t linger_bytes_max = 256 * 1024;   // of an unread body that we throw away meanwhile
constexpr std::size_t event_stream_input_max = 4096;   // an event stream's client has nothing to say
constexpr std::size_t request_id_bytes_max = 64;

bool is_sane_request_id(std::string_view id) {
  return !id.empty() && id.size() <= request_id_bytes_max && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  });
}

/// The address that the trusted proxy saw: it appends, so everything before the last one may be invented.
std::string_view last_forwarded(std::string_view header) {
  const auto comma = header.rfind(',');
  if (comma != std::string_view::npos) header.remove_prefix(comma + 1);
  while (header.starts_with(' ')) header.remove_prefix(1);
  while (header.ends_with(' ')) header.remove_suffix(1);
  return header;
}

std::string allow_header(const std::vector<Method>& methods) {
  std::string allow = "OPTIONS";
  bool get = false, head = false;
  for (const Method method : methods) {
    get = get || method == Method::get;
    head = head || method == Method::head;
    const std::string name(to_string(method));
    if ((", " + allow + ",").find(", " + name + ",") == std::string::npos) allow += ", " + name;
  }
  if (get && !head) allow += ", HEAD";
  return allow;
}

class Connection final : public WorkerConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Service& service, std::shared_ptr<Worker> worker, TcpSocket socket)
      : service_(service),
        worker_(std::move(worker)),
        stream_(std::move(socket)),
        deadline_(stream_.get_executor()),
        signal_(stream_.get_executor()) {
    NetError ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = stream_.socket().remote_endpoint(ignored);
    auto address = peer.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    peer_address_ = address.to_string();
    worker_->enter(*this);
  }
  ~Connection() override {
    worker_->leave(*this);
    service_.connection_ended();
  }

  static Task<void> run(std::shared_ptr<Connection> self, Welcome welcome) {
    if (self->service_.tls) {
      const bool encrypted = co_await self->encrypt();
      if (!encrypted) co_return;
    }
    if (welcome == Welcome::turn_away) {
      co_await self->turn_away();
    } else {
      bool more = true;
      while (more) more = co_await self->serve_one();
    }
    if (!self->handed_over_) co_await self->linger();
  }

  void drain() override {
    draining_ = true;
    if (idle_) stream_.cancel();
    if (events_) events_->close();
  }

  void cut() override {
    draining_ = cut_ = true;
    if (!handed_over_) stream_.close();
    signal();
  }

 private:
  /// The promise behind a Responder. Its last copy going away unanswered is an answer too.
  class Answer {
   public:
    Answer(std::shared_ptr<Worker> worker, std::weak_ptr<Connection> connection)
        : worker_(std::move(worker)), connection_(std::move(connection)) {}
    ~Answer() {
      if (!given_) post(std::nullopt);
    }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    void give(Response response) {
      if (!given_.exchange(true)) post(std::move(response));
    }

   private:
    void post(std::optional<Response> response) {
      asio::post(worker_->context(), [connection = connection_, response = std::move(response)]() mutable {
        if (const auto alive = connection.lock()) alive->answered(std::move(response));
      });
    }

    std::shared_ptr<Worker> worker_;
    std::weak_ptr<Connection> connection_;
    std::atomic<bool> given_{false};
  };

  // Deadlines ------------------------------------------------------------------------------------------------------------

  using Clock = std::chrono::steady_clock;

  /// One timer for all waits of the connection: moving the deadline further away costs no system call and no queue operation.
  void set_deadline(Clock::duration wait) {
    due_ = Clock::now() + wait;
    timed_out_ = false;
    if (!armed_until_ || due_ < *armed_until_) arm();
  }
  void clear_deadline() { due_ = Clock::time_point::max(); }

  void arm() {
    armed_until_ = due_;
    deadline_.expires_at(due_);
    deadline_.async_wait([weak = weak_from_this()](NetError error) {
      const auto self = weak.lock();
      if (!self || error) return;
      self->armed_until_.reset();
      if (self->due_ == Clock::time_point::max()) return;
      if (Clock::now() < self->due_) return self->arm();
      self->timed_out_ = true;
      if (!self->handed_over_) self->stream_.cancel();
    });
  }

  void signal() {
    signalled_ = true;
    signal_.cancel();
  }

  /// Sleeps until signal() or `wait` passes. False: it passed.
  Task<bool> wait_for_signal(Clock::time_point until) {
    if (!signalled_) {
      signal_.expires_at(until);
      NetError ignored;
      co_await signal_.async_wait(asio::redirect_error(awaiting, ignored));
    }
    co_return std::exchange(signalled_, false);
  }

  // Bytes ----------------------------------------------------------------------------------------------------------------

  Task<bool> encrypt() {
    stream_.put_under_tls(service_.tls.get());
    set_deadline(tls_handshake_timeout);
    NetError error;
    co_await stream_.async_handshake(StreamRole::server, asio::redirect_error(awaiting, error));
    if (error) stream_.close();
    co_return !error;
  }

  /// Appends what comes to `input_`. False: the peer is gone or the deadline passed.
  Task<bool> read_more(std::size_t room) {
    const std::size_t had = input_.size();
    input_.resize(had + room);
    NetError error;
    const asio::mutable_buffer buffer(input_.data() + had, room);
    const std::size_t bytes = co_await stream_.async_read_some(buffer, asio::redirect_error(awaiting, error));
    input_.resize(had + bytes);
    co_return !error && bytes > 0;
  }

  /// Writes both parts; a peer that takes nothing for `request_timeout` is cut.
  Task<bool> write_all(std::string_view head, std::string_view body) {
    while (!head.empty() || !body.empty()) {
      set_deadline(service_.options.request_timeout);
      const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(head.data(), head.size()),
                                                      asio::const_buffer(body.data(), body.size())};
      NetError error;
      const std::size_t bytes = co_await stream_.async_write_some(buffers, asio::redirect_error(awaiting, error));
      if (error) {
        stream_.close();
        co_return false;
      }
      const std::size_t of_head = std::min(bytes, head.size());
      head.remove_prefix(of_head);
      body.remove_prefix(bytes - of_head);
    }
    clear_deadline();
    co_return true;
  }

  /// Lets the peer read our last answer before the socket goes: closing with unread input would reset it.
  Task<void> linger() {
    if (!stream_.is_open()) co_return;
    set_deadline(linger_timeout);
    NetError error;
    co_await stream_.async_shutdown(asio::redirect_error(awaiting, error));
    std::size_t thrown_away = 0;
    NetError ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    while (!timed_out_ && !cut_ && thrown_away < linger_bytes_max) {
      input_.resize(header_read_bytes);
      const asio::mutable_buffer buffer(input_.data(), input_.size());
      const std::size_t bytes = co_await stream_.socket().async_read_some(buffer, asio::redirect_error(awaiting, error));
      if (error) break;
      thrown_away += bytes;
    }
    stream_.close();
  }

  // One request ----------------------------------------------------------------------------------------------------------

  Task<void> turn_away() {
    Request nobody;
    Response response = service_.router.refuse(503, "this server has as many connections as it can take");
    response.with_header("Retry-After", "5");
    take_request_id(nobody);
    co_await respond(nobody, nullptr, std::move(response), false);
  }

  /// Reads one request and answers it. False: the connection ends.
  Task<bool> serve_one() {
    RequestParser parser(service_.options.header_bytes_max);
    const bool arrived = co_await read_header(parser);
    began_ = Clock::now();
    Request& request = parser.request();
    take_request_id(request);
    if (!arrived) {
      if (!parser.started() || cut_ || !stream_.is_open()) co_return false;
      if (parser.fault().status != 0) {
        co_await refuse(request, nullptr, parser.fault().status, parser.fault().why);
      } else if (timed_out_) {
        co_await refuse(request, nullptr, 408, "the request did not arrive in time");
      }
      co_return false;
    }
    ++service_.requests_total;
    request.peer_address = peer_address_;
    request.secure = service_.tls != nullptr;
    if (service_.options.trust_proxy) believe_proxy(request);
    auto target = parse_target(request.target);
    if (!target) {
      co_await refuse(request, nullptr, 400, "the address is not valid: " + target.error().what);
      co_return false;
    }
    request.path = std::move(target->path);
    request.query = std::move(target->query);

    auto found = service_.router.find(request.method, target->raw_path);
    if (const auto* miss = std::get_if<Router::Miss>(&found)) {
      const bool keep = may_go_on(parser);
      Response response = answer_miss(request, *miss);
      co_return co_await respond(request, nullptr, std::move(response), keep);
    }
    auto& match = std::get<Router::Match>(found);
    const Route& route = *match.route;
    request.captures = std::move(match.captures);
    if (parser.declared_body_bytes().value_or(0) > route.body_bytes_max) {
      co_await refuse(request, &route, 413, "the request body is larger than this address takes");
      co_return false;
    }
    if (const auto& gatekeeper = service_.router.gatekeeper()) {
      auto refusal = guard(request, [&] { return gatekeeper(request, route); });
      if (refusal) {
        const bool keep = may_go_on(parser);
        co_return co_await respond(request, &route, std::move(*refusal), keep);
      }
    }
    const bool whole = co_await read_body(parser, route);
    if (!whole) co_return false;
    co_return co_await handle(parser, route);
  }

  Task<bool> read_header(RequestParser& parser) {
    idle_ = true;
    set_deadline(first_ ? service_.options.request_timeout : service_.options.keep_alive);
    first_ = false;
    while (true) {
      if (!input_.empty()) {
        if (std::exchange(idle_, false)) set_deadline(service_.options.request_timeout);
        const auto progress = parser.feed(input_);
        input_.erase(0, progress.used);
        if (progress.state == RequestParser::State::header) co_return true;
        if (progress.state == RequestParser::State::failed) co_return false;
      }
      if (idle_ && (draining_ || worker_->draining())) co_return false;
      const bool more = co_await read_more(header_read_bytes);
      if (!more) {
        idle_ = false;
        co_return false;
      }
    }
  }

  Task<bool> read_body(RequestParser& parser, const Route& route) {
    parser.set_body_bytes_max(route.body_bytes_max);
    bool wants_go_ahead = has_token(parser.request().header("Expect"), "100-continue") && !parser.is_http_1_0();
    while (true) {
      const auto progress = parser.feed(input_);
      input_.erase(0, progress.used);
      if (progress.state == RequestParser::State::complete) break;
      if (progress.state == RequestParser::State::failed) {
        co_await refuse(parser.request(), &route, parser.fault().status, parser.fault().why);
        co_return false;
      }
      if (input_.size() > service_.options.header_bytes_max + body_read_bytes) {  // a chunk header without end
        co_await refuse(parser.request(), &route, 400, "this is not a valid chunk");
        co_return false;
      }
      if (std::exchange(wants_go_ahead, false) && input_.empty()) {
        const auto due = due_;
        const bool told = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", "");
        if (!told) co_return false;
        set_deadline(due - Clock::now());
      }
      const bool more = co_await read_more(body_read_bytes);
      if (more) continue;
      if (timed_out_ && !cut_) {
        co_await refuse(parser.request(), &route, 408, "the request did not arrive in time");
      }
      co_return false;
    }
    clear_deadline();
    co_return true;
  }

  /// Whether another request can follow when this one's body was not read: only if it has none, or it is here already.
  bool may_go_on(RequestParser& parser) {
    parser.set_body_bytes_max(header_read_bytes);
    const auto progress = parser.feed(input_);
    input_.erase(0, progress.used);
    return progress.state == RequestParser::State::complete && parser.keeps_alive();
  }

  Response answer_miss(const Request& request, const Router::Miss& miss) {
    if (!miss.allowed.empty()) {
      Response response;
      response.status = 204;
      if (request.method != Method::options) response = service_.router.refuse(405, "this address does not take this method");
      return response.with_header("Allow", allow_header(miss.allowed));
    }
    if (const auto& fallback = service_.router.fallback()) {
      auto response = guard(request, [&] { return std::optional<Response>(fallback(request)); });
      if (response) return std::move(*response);
    }
    return service_.router.refuse(404, "there is nothing at this address");
  }

  Task<bool> handle(RequestParser& parser, const Route& route) {
    Request& request = parser.request();
    const bool keep = parser.keeps_alive();
    if (const auto* immediate = std::get_if<ImmediateHandler>(&route.handler)) {
      auto response = guard(request, [&] { return std::optional<Response>((*immediate)(request)); });
      co_return co_await respond(request, &route, std::move(*response), keep);
    }
    if (const auto* deferred = std::get_if<DeferredHandler>(&route.handler)) {
      answer_.reset();
      unanswered_ = false;
      Request copy = request;  // ours is still needed for the answer and the log
      copy.body = std::move(request.body);
      auto failed = guard(request, [&]() -> std::optional<Response> {
        auto answer = std::make_shared<Answer>(worker_, weak_from_this());
        (*deferred)(std::move(copy), [answer](Response response) { answer->give(std::move(response)); });
        return std::nullopt;
      });
      while (!failed && !answer_ && !unanswered_ && !cut_) co_await wait_for_signal(Clock::time_point::max());
      if (cut_) co_return false;
      if (!failed && !answer_) {
        service_.log.error("a handler dropped its request unanswered", {{"request", request.request_id}, {"route", route.pattern}});
        failed = service_.router.refuse(500, "this went wrong inside; the log has more under the request id");
      }
      Response response = failed ? std::move(*failed) : std::move(*answer_);
      answer_.reset();
      co_return co_await respond(request, &route, std::move(response), keep);
    }
    if (const auto* upgrade = std::get_if<WebSocketHandler>(&route.handler)) {
      co_return co_await handle_websocket(request, route, *upgrade, keep);
    }
    co_return co_await handle_event_stream(parser, route, std::get<EventStreamHandler>(route.handler));
  }

  Task<bool> handle_websocket(Request& request, const Route& route, const WebSocketHandler& decide, bool keep) {
    std::optional<WebSocketAccept> accept;
    std::optional<Response> refusal;
    if (is_websocket_upgrade(request)) {
      refusal = guard(request, [&]() -> std::optional<Response> {
        auto decision = decide(request);
        if (auto* response = std::get_if<Response>(&decision)) return std::move(*response);
        accept = std::move(std::get<WebSocketAccept>(decision));
        return std::nullopt;
      });
    } else {
      refusal = service_.router.refuse(426, "this address speaks WebSocket, version 13");
      refusal->with_header("Upgrade", "websocket").with_header("Sec-WebSocket-Version", "13");
    }
    if (refusal) co_return co_await respond(request, &route, std::move(*refusal), keep);
    finished(request, &route, 101, 0);
    handed_over_ = true;
    stream_.unread(input_);
    worker_->adopt(std::move(stream_), request, std::move(*accept));
    co_return false;
  }

  Task<bool> handle_event_stream(RequestParser& parser, const Route& route, const EventStreamHandler& decide) {
    Request& request = parser.request();
    std::optional<EventStreamAccept> accept;
    auto refusal = guard(request, [&]() -> std::optional<Response> {
      auto decision = decide(request);
      if (auto* response = std::get_if<Response>(&decision)) return std::move(*response);
      accept = std::move(std::get<EventStreamAccept>(decision));
      return std::nullopt;
    });
    if (refusal || request.method == Method::head) {
      if (!refusal) refusal = text_response(200, "", "text/event-stream");
      co_return co_await respond(request, &route, std::move(*refusal), parser.keeps_alive());
    }
    Response response;
    response.headers = std::move(accept->headers);
    response.with_header("Content-Type", "text/event-stream");
    response.with_header("Cache-Control", "no-store, no-transform");
    response.with_header("X-Accel-Buffering", "no");
    finish(request, response);
    ResponseHead head(response, request.request_id, host::system_clock().now());
    head.framing = parser.is_http_1_0() ? BodyFraming::until_close : BodyFraming::chunked;
    head.keep_alive = false;
    const std::string text = encode_head(head);
    chunked_ = head.framing == BodyFraming::chunked;
    finished(request, &route, 200, 0);

    const auto outbox = events_ = std::make_shared<EventStreamOutbox>(
        service_.options.event_stream_queue_bytes_max, [weak = weak_from_this(), worker = worker_.get()] {
          asio::post(worker->context(), [weak] {
            const auto self = weak.lock();
            if (!self) return;
            if (self->events_ && self->events_->overflowed()) self->stream_.close();
            self->signal();
          });
        });
    ++service_.event_streams_open;
    bool open = co_await write_all(text, "");
    if (open) open = co_await write_event_bytes("retry: " + std::to_string(accept->retry.count()) + "\n\n");
    guard(request, [&]() -> std::optional<Response> {
      accept->session->on_open(outbox);
      return std::nullopt;
    });
    if (open) {
      watch_for_goodbye();
      co_await pump_events(*outbox);
    }
    outbox->shut();
    events_.reset();
    guard(request, [&]() -> std::optional<Response> {
      accept->session->on_closed();
      return std::nullopt;
    });
    --service_.event_streams_open;
    co_return false;
  }

  Task<void> pump_events(EventStreamOutbox& outbox) {
    if (draining_) outbox.close();
    while (!peer_gone_ && !cut_) {
      auto work = outbox.take();
      if (work.overflowed) {
        stream_.close();
        co_return;
      }
      if (!work.bytes.empty()) {
        const bool open = co_await write_event_bytes(std::move(work.bytes));
        if (!open) co_return;
      } else if (work.ended) {
        if (chunked_) co_await write_all("0\r\n\r\n", "");
        stream_.cancel();  // the watching read
        co_return;
      } else {
        const bool signalled = co_await wait_for_signal(Clock::now() + service_.options.event_stream_heartbeat);
        if (signalled) continue;
        const bool open = co_await write_event_bytes(": hb\n\n");
        if (!open) co_return;
      }
    }
  }

  Task<bool> write_event_bytes(std::string bytes) {
    if (!chunked_) co_return co_await write_all(bytes, "");
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    bytes += "\r\n";
    co_return co_await write_all(size.data(), bytes);
  }

  /// Hears when the client of an event stream goes away; without it only a failing write would tell.
  void watch_for_goodbye() {
    input_.resize(256);
    const asio::mutable_buffer buffer(input_.data(), input_.size());
    stream_.async_read_some(buffer, [self = shared_from_this()](NetError error, std::size_t bytes) {
      self->ignored_input_ += bytes;
      if (!self->events_) return;
      if (!error && self->ignored_input_ <= event_stream_input_max) return self->watch_for_goodbye();
      if (self->timed_out_) return;  // the write that ran into its deadline reports by itself
      self->peer_gone_ = true;
      self->signal();
    });
  }

  // Answers --------------------------------------------------------------------------------------------------------------

  /// Runs a handler; what it throws becomes a 500 and a log line.
  template <typename Call>
  std::optional<Response> guard(const Request& request, Call&& call) {
    try {
      return call();
    } catch (const std::exception& error) {
      service_.log.error("a handler failed with an exception",
                         {{"request", request.request_id}, {"path", request.path}, {"error", error.what()}});
    } catch (...) {
      service_.log.error("a handler failed with an exception of unknown type",
                         {{"request", request.request_id}, {"path", request.path}});
    }
    return service_.router.refuse(500, "this went wrong inside; the log has more under the request id");
  }

  void answered(std::optional<Response> response) {
    unanswered_ = !response;
    answer_ = std::move(response);
    signal();
  }

  void take_request_id(Request& request) {
    static std::atomic<std::uint64_t> last_number{0};
    const auto given = request.header("X-Request-Id");
    if (given && is_sane_request_id(*given)) {
      request.request_id = *given;
    } else {
      request.request_id = service_.request_id_prefix + std::to_string(++last_number);
    }
  }

  void believe_proxy(Request& request) {
    if (const auto forwarded = request.header("X-Forwarded-For")) {
      NetError error;
      const auto address = asio::ip::make_address(std::string(last_forwarded(*forwarded)), error);
      if (!error) request.peer_address = address.to_string();
    }
    if (const auto protocol = request.header("X-Forwarded-Proto")) request.secure = *protocol == "https";
  }

  void finish(const Request& request, Response& response) {
    if (const auto& finisher = service_.router.finisher()) {
      guard(request, [&]() -> std::optional<Response> {
        finisher(request, response);
        return std::nullopt;
      });
    }
  }

  /// Answers by the server itself and ends the connection.
  Task<void> refuse(Request& request, const Route* route, unsigned status, std::string why) {
    Response response = service_.router.refuse(status, why);
    co_await respond(request, route, std::move(response), false);
  }

  /// Sends the answer. True: another request may follow.
  Task<bool> respond(Request& request, const Route* route, Response response, bool keep) {
    finish(request, response);
    apply_condition(request, response);
    apply_coding(request, response);
    ResponseHead head(response, request.request_id, host::system_clock().now());
    head.keep_alive = keep && !draining_ && !worker_->draining();
    const std::string text = encode_head(head);
    const bool bodiless = request.method == Method::head || response.status == 204 || response.status == 304;
    const auto body = response.body;
    const bool sent = co_await write_all(text, bodiless ? std::string_view{} : std::string_view(*body));
    finished(request, route, response.status, text.size() + (bodiless ? 0 : body->size()));
    co_return sent && head.keep_alive;
  }

  void finished(const Request& request, const Route* route, unsigned status, std::size_t bytes) {
    if (!service_.on_finished) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    const HttpServer::Finished report{request, route, status, bytes, took};
    guard(request, [&]() -> std::optional<Response> {
      service_.on_finished(report);
      return std::nullopt;
    });
  }

  Service& service_;
  std::shared_ptr<Worker> worker_;
  ByteStream stream_;
  Timer deadline_;
  Timer signal_;
  std::string peer_address_;
  std::string input_;  ///< read and not yet used
  Clock::time_point due_ = Clock::time_point::max();
  std::optional<Clock::time_point> armed_until_;
  Clock::time_point began_{};
  std::optional<Response> answer_;
  std::shared_ptr<EventStreamOutbox> events_;
  std::size_t ignored_input_ = 0;
  bool first_ = true, idle_ = true, timed_out_ = false, signalled_ = false, unanswered_ = false;
  bool draining_ = false, cut_ = false, handed_over_ = false, peer_gone_ = false, chunked_ = false;
};

}  // namespace

void serve_connection(Service& service, std::shared_ptr<Worker> worker, TcpSocket socket, Welcome welcome) {
  const auto executor = socket.get_executor();
  auto connection = std::make_shared<Connection>(service, std::move(worker), std::move(socket));
  asio::co_spawn(executor, Connection::run(connection, welcome), [&service](std::exception_ptr failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      service.log.error("a connection ended with an exception", {{"error", error.what()}});
    } catch (...) {
      service.log.error("a connection ended with an exception of unknown type");
    }
  });
}

}  // namespace leanspec::net::server
