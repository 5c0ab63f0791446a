#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace leanspec::net {

/// The sending half of one `text/event-stream` response (WHATWG HTML section 9.2). Safe from every thread; never blocks.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// Queues one event. False: the stream is closed, or its queue is full; a full stream is closed and the client resumes by id.
  virtual bool send(std::string_view id, std::string_view event, std::string_view data) = 0;
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
  /// Extra response headers (a cookie, a deprecation).
  std::string retry_milliseconds = "1000";
};

}  // namespace leanspec::net
