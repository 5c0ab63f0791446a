#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "net/http_message.h"

namespace leanspec::net::server {

/// The sending half of one `text/event-stream` response (WHATWG HTML section 9.2). Safe from every thread; never
/// blocks.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// Queues one event; an empty `id` or `event` leaves that line out, `data` may have several lines. False: the stream
  /// is closed, or its queue is full; a full stream is closed and the client resumes by id.
  virtual bool send(std::string_view id, std::string_view event, std::string_view data) = 0;
  /// Sends what is queued, then ends the response.
  virtual void close() = 0;
};

/// What an event stream reads from. `on_open` comes once from the connection's I/O thread, `on_closed` once and last.
class EventStreamSession {
 public:
  virtual ~EventStreamSession() = default;
  virtual void on_open(std::shared_ptr<EventStream> stream) = 0;
  virtual void on_closed() = 0;
};

struct EventStreamAccept {
  std::shared_ptr<EventStreamSession> session;
  Headers headers;                        ///< beside the fixed ones (a cookie, a deprecation)
  std::chrono::milliseconds retry{1000};  ///< after which the browser comes back when the stream breaks
};

}  // namespace leanspec::net::server
