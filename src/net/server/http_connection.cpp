#include "net/server/http_connection.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "host/clock.h"
#include "host/log.h"
#include "net/server/conditional.h"
#include "net/server/content_coding.h"
#include "net/server/event_stream_pump.h"
#include "net/server/handler_guard.h"
#include "net/server/http_target.h"
#include "net/server/pending_answer.h"
#include "net/server/request_origin.h"
#include "net/server/request_parser.h"
#include "net/server/response_head.h"
#include "net/server/route_miss.h"
#include "net/server/timed_stream.h"

namespace leanspec::net::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t header_read_bytes = 4096;                  // most requests fit
constexpr std::chrono::milliseconds linger_usually{1000};        // for the peer to take our last answer
constexpr std::chrono::milliseconds linger_while_stopping{100};  // a server that stops keeps nobody waiting
constexpr std::size_t body_read_bytes = 64 * 1024;  // one TLS record is 16 KB; more saves system calls on big uploads

/// One client's conversation, request after request. Owned by its coroutine.
class Connection final : public WorkerConnection {
 public:
  Connection(Service& service, std::shared_ptr<Worker> worker, TcpSocket socket)
      : service_(service),
        worker_(std::move(worker)),
        stream_(std::make_shared<TimedStream>(std::move(socket), service.options.request_timeout)),
        peer_address_(stream_->peer_address()) {
    worker_->enter(*this);
  }
  ~Connection() override {
    worker_->leave(*this);
    service_.connection_ended();
  }

  static Task<void> run(std::shared_ptr<Connection> self, Welcome welcome) {
    if (self->service_.tls) {
      const bool encrypted = co_await self->stream_->encrypt(self->service_.tls.get());
      if (!encrypted) co_return;
    }
    if (welcome == Welcome::turn_away) {
      co_await self->turn_away();
    } else {
      bool more = true;
      while (more) more = co_await self->serve_one();
    }
    if (self->spoke_last_)
      co_await self->stream_->linger(self->worker_->draining() ? linger_while_stopping : linger_usually);
    self->stream_->close();
  }

  void drain() override {
    draining_ = true;
    if (idle_) stream_->cancel();
    if (events_) events_->drain();
  }

  void cut() override {
    draining_ = cut_ = true;
    stream_->close();
    if (pending_) pending_->give_up();
    if (events_) events_->cut();
  }

 private:
  Task<void> turn_away() {
    Request nobody;
    Response response = service_.router.refuse(503, "this server has as many connections as it can take");
    response.with_header("Retry-After", "5");
    take_request_id(service_, nobody);
    co_await respond(nobody, nullptr, std::move(response), false);
  }

  /// Reads one request and answers it. False: the connection ends.
  Task<bool> serve_one() {
    RequestParser parser(service_.options.header_bytes_max);
    const bool arrived = co_await read_header(parser);
    began_ = Clock::now();
    Request& request = parser.request();
    take_request_id(service_, request);
    if (!arrived) {
      if (!parser.started() || cut_ || !stream_->is_open()) co_return false;
      if (parser.fault().status != 0) {
        co_await refuse(request, nullptr, parser.fault().status, parser.fault().why);
      } else if (stream_->timed_out()) {
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
      Response response = answer_miss(service_, request, *miss);
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
      auto refusal = guard(service_, request, [&] { return gatekeeper(request, route); });
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
    stream_->set_deadline(first_ ? service_.options.request_timeout : service_.options.keep_alive);
    first_ = false;
    while (true) {
      if (!stream_->input().empty()) {
        if (std::exchange(idle_, false)) stream_->set_deadline(service_.options.request_timeout);
        const auto progress = parser.feed(stream_->input());
        stream_->input().erase(0, progress.used);
        if (progress.state == RequestParser::State::header) co_return true;
        if (progress.state == RequestParser::State::failed) co_return false;
      }
      if (idle_ && (draining_ || worker_->draining())) co_return false;
      const bool more = co_await stream_->read_more(header_read_bytes);
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
      const auto progress = parser.feed(stream_->input());
      stream_->input().erase(0, progress.used);
      if (progress.state == RequestParser::State::complete) break;
      if (progress.state == RequestParser::State::failed) {
        co_await refuse(parser.request(), &route, parser.fault().status, parser.fault().why);
        co_return false;
      }
      if (stream_->input().size() >
          service_.options.header_bytes_max + body_read_bytes) {  // a chunk header without end
        co_await refuse(parser.request(), &route, 400, "this is not a valid chunk");
        co_return false;
      }
      if (std::exchange(wants_go_ahead, false) && stream_->input().empty()) {
        const auto due = stream_->deadline();
        const bool told = co_await stream_->write_all("HTTP/1.1 100 Continue\r\n\r\n", "");
        if (!told) co_return false;
        stream_->set_deadline_at(due);
      }
      const bool more = co_await stream_->read_more(body_read_bytes);
      if (more) continue;
      if (stream_->timed_out() && !cut_) {
        co_await refuse(parser.request(), &route, 408, "the request did not arrive in time");
      }
      co_return false;
    }
    stream_->clear_deadline();
    co_return true;
  }

  /// Whether another request can follow when this one's body was not read: only if it has none, or it is here already.
  bool may_go_on(RequestParser& parser) {
    parser.set_body_bytes_max(header_read_bytes);
    const auto progress = parser.feed(stream_->input());
    stream_->input().erase(0, progress.used);
    return progress.state == RequestParser::State::complete && parser.keeps_alive();
  }

  Task<bool> handle(RequestParser& parser, const Route& route) {
    Request& request = parser.request();
    const bool keep = parser.keeps_alive();
    if (const auto* immediate = std::get_if<ImmediateHandler>(&route.handler)) {
      auto response = guard(service_, request, [&] { return std::optional<Response>((*immediate)(request)); });
      co_return co_await respond(request, &route, std::move(*response), keep);
    }
    if (const auto* deferred = std::get_if<DeferredHandler>(&route.handler)) {
      co_return co_await handle_deferred(request, route, *deferred, keep);
    }
    if (const auto* upgrade = std::get_if<WebSocketHandler>(&route.handler)) {
      co_return co_await handle_websocket(request, route, *upgrade, keep);
    }
    co_return co_await handle_event_stream(parser, route, std::get<EventStreamHandler>(route.handler));
  }

  Task<bool> handle_deferred(Request& request, const Route& route, const DeferredHandler& handler, bool keep) {
    pending_ = std::make_shared<PendingAnswer>(stream_->executor());
    std::string body = std::move(request.body);
    Request copy = request;  // ours is still needed for the answer and the log, but never its body
    copy.body = std::move(body);
    auto response = guard(service_, request, [&] { handler(std::move(copy), pending_->responder(worker_)); });
    if (!response) response = co_await pending_->wait();
    pending_.reset();
    if (cut_) co_return false;
    if (!response) {
      service_.log.error("a handler dropped its request unanswered",
                         {{"request", request.request_id}, {"route", route.pattern}});
      response = internal_error(service_);
    }
    co_return co_await respond(request, &route, std::move(*response), keep);
  }

  Task<bool> handle_websocket(Request& request, const Route& route, const WebSocketHandler& decide, bool keep) {
    std::optional<WebSocketAccept> accept;
    std::optional<Response> refusal;
    if (is_websocket_upgrade(request)) {
      refusal = guard(service_, request, [&]() -> std::optional<Response> {
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
    worker_->adopt(stream_->hand_over(), request, std::move(*accept));
    co_return false;
  }

  Task<bool> handle_event_stream(RequestParser& parser, const Route& route, const EventStreamHandler& decide) {
    Request& request = parser.request();
    std::optional<EventStreamAccept> accept;
    auto refusal = guard(service_, request, [&]() -> std::optional<Response> {
      auto decision = decide(request);
      if (auto* response = std::get_if<Response>(&decision)) return std::move(*response);
      accept = std::move(std::get<EventStreamAccept>(decision));
      return std::nullopt;
    });
    if (!refusal && request.method == Method::head) refusal = text_response(200, "", "text/event-stream");
    if (refusal) co_return co_await respond(request, &route, std::move(*refusal), parser.keeps_alive());

    Response response = event_stream_response(std::move(accept->headers));
    finish(request, response);
    ResponseHead head(response, request.request_id, host::system_clock().now());
    head.framing = parser.is_http_1_0() ? BodyFraming::until_close : BodyFraming::chunked;
    head.keep_alive = false;
    finished(request, &route, 200, 0);

    spoke_last_ = true;
    const auto framing = parser.is_http_1_0() ? EventFraming::until_close : EventFraming::chunked;
    events_ = std::make_shared<EventStreamPump>(stream_, service_.options, framing);
    const auto sender = events_->open(*worker_);
    ++service_.event_streams_open;
    const auto failed = guard(service_, request, [&] { accept->session->on_open(sender); });
    if (failed || draining_ || worker_->draining()) events_->drain();
    co_await events_->run(encode_head(head), accept->retry);
    events_.reset();
    --service_.event_streams_open;
    guard(service_, request, [&] { accept->session->on_closed(); });
    co_return false;
  }

  void finish(const Request& request, Response& response) {
    if (const auto& finisher = service_.router.finisher()) {
      guard(service_, request, [&] { finisher(request, response); });
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
    spoke_last_ = !head.keep_alive;
    const std::string text = encode_head(head);
    const bool bodiless = request.method == Method::head || response.status == 204 || response.status == 304;
    const auto body = response.body;
    const bool sent = co_await stream_->write_all(text, bodiless ? std::string_view() : std::string_view(*body));
    finished(request, route, response.status, text.size() + (bodiless ? 0 : body->size()));
    co_return sent&& head.keep_alive;
  }

  void finished(const Request& request, const Route* route, unsigned status, std::size_t bytes) {
    if (!service_.on_finished) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    const HttpServer::Finished report{request, route, status, bytes, took};
    guard(service_, request, [&] { service_.on_finished(report); });
  }

  Service& service_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<TimedStream> stream_;
  std::string peer_address_;
  std::shared_ptr<PendingAnswer> pending_;   ///< while a deferred handler works
  std::shared_ptr<EventStreamPump> events_;  ///< while events flow
  Clock::time_point began_{};
  bool first_ = true;        ///< no request came yet
  bool idle_ = true;         ///< between two requests
  bool spoke_last_ = false;  ///< the answer on its way ends the connection
  bool draining_ = false, cut_ = false;
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
