#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/http_message.h"
#include "net/server/event_stream.h"
#include "net/websocket.h"
#include "vocabulary/result.h"

namespace leanspec::net::server {

/// The one-shot answer to a request. May be called from any thread, once; dropping it unanswered sends 500.
using Responder = std::function<void(Response)>;

/// Answers at once on the connection's I/O thread: for work in memory only.
using ImmediateHandler = std::function<Response(const Request&)>;
/// Answers later through the responder: for whatever waits for a disk or another thread.
using DeferredHandler = std::function<void(Request, Responder)>;
/// Decides about an upgrade to WebSocket: a session to speak to, or the refusing response.
using WebSocketHandler = std::function<std::variant<WebSocketAccept, Response>(const Request&)>;
/// Decides about an event stream: a source to read from, or the refusing response.
using EventStreamHandler = std::function<std::variant<EventStreamAccept, Response>(const Request&)>;

using Handler = std::variant<ImmediateHandler, DeferredHandler, WebSocketHandler, EventStreamHandler>;

struct Route {
  Method method = Method::get;
  std::string pattern;  ///< "/api/projects/{project}/specs/{spec}"; a last segment "{rest...}" takes the remainder
  std::string action;   ///< the right that the caller needs, or "public"; a route without one is refused at start
  std::size_t body_bytes_max = 0;  ///< larger bodies are answered 413 unread
  Handler handler;
};

/// The table of all routes. Built once before serving and constant after; safe to read from every thread. Literal
/// segments win over captures, and captures over a remainder, segment by segment from the left. HEAD is answered by
/// GET; OPTIONS and 405 with Allow come from the table itself.
class Router {
 public:
  /// Errors: a route without an action, a pattern that is malformed, or two routes with the same method and pattern up
  /// to the names of captures (all are bugs found at start).
  [[nodiscard]] Status add(Route route);

  struct Match {
    const Route* route = nullptr;
    std::vector<std::pair<std::string, std::string>> captures;
  };
  struct Miss {
    std::vector<Method> allowed;  ///< methods that the path has; empty: no such path
  };
  /// `raw_path` is the path as received, still percent-encoded: "%2F" inside a segment does not part it. Captures come
  /// decoded.
  [[nodiscard]] std::variant<Match, Miss> find(Method method, std::string_view raw_path) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

  /// Runs around every matched route, before its body is read and its handler called: authentication, rights, rate
  /// limits. A response ends the request. Runs on the connection's I/O thread: work in memory only.
  using Gatekeeper = std::function<std::optional<Response>(Request&, const Route&)>;
  void set_gatekeeper(Gatekeeper gatekeeper) { gatekeeper_ = std::move(gatekeeper); }
  [[nodiscard]] const Gatekeeper& gatekeeper() const { return gatekeeper_; }
  /// Answers what no route matches (the web app's pages, the JSON 404). Sees no body.
  void set_fallback(ImmediateHandler fallback) { fallback_ = std::move(fallback); }
  [[nodiscard]] const ImmediateHandler& fallback() const { return fallback_; }
  /// Shapes the answers that the server gives by itself (400, 404, 405, 408, 413, 426, 431, 500, 503): status and a
  /// plain sentence.
  using RefusalShape = std::function<Response(unsigned status, std::string_view why)>;
  void set_refusal_shape(RefusalShape shape) { refusal_shape_ = std::move(shape); }
  /// The shaped refusal; JSON {"error":{"code","message"}} where no shape is set.
  [[nodiscard]] Response refuse(unsigned status, std::string_view why) const;

  /// Runs on every response just before it is encoded, those of the server itself too: security headers.
  using Finisher = std::function<void(const Request&, Response&)>;
  void set_finisher(Finisher finisher) { finisher_ = std::move(finisher); }
  [[nodiscard]] const Finisher& finisher() const { return finisher_; }

 private:
  struct Segment {
    enum class Kind { literal, capture, remainder };
    Kind kind = Kind::literal;
    std::string text;  ///< the literal, or the name of the capture
  };
  struct Entry {
    const Route* route = nullptr;
    std::vector<Segment> segments;
  };

  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<Entry> entries_;  ///< most specific first, so that the first match is the best
  Gatekeeper gatekeeper_;
  ImmediateHandler fallback_;
  RefusalShape refusal_shape_;
  Finisher finisher_;
};

}  // namespace leanspec::net::server
