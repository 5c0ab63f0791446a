#pragma once

#include <memory>
#include <string>

#include "net/server/event_stream_outbox.h"
#include "net/server/timed_stream.h"
#include "net/server/worker.h"

namespace leanspec::net::server {

enum class EventFraming { chunked, until_close };

/// What stands in front of the events. `headers`: beside the fixed ones.
[[nodiscard]] Response event_stream_response(Headers headers);

/// Moves events from their queue to the wire, with a comment now and then so that proxies keep the connection and dead
/// clients are noticed. Lives on the connection's I/O thread.
class EventStreamPump : public std::enable_shared_from_this<EventStreamPump> {
 public:
  EventStreamPump(std::shared_ptr<TimedStream> stream, const HttpServerOptions& options, EventFraming framing);

  /// The sending half, for the session; made once.
  [[nodiscard]] std::shared_ptr<EventStream> open(Worker& worker);
  /// Sends `head` as it is and the retry time, then events until either side ends. The outbox is shut afterwards.
  Task<void> run(std::string head, std::chrono::milliseconds retry);
  /// Sends what is queued, then ends.
  void drain();
  void cut();

 private:
  Task<void> pump();
  Task<bool> write(std::string bytes);

  std::shared_ptr<TimedStream> stream_;
  std::shared_ptr<EventStreamOutbox> outbox_;
  Signal signal_;
  std::size_t queue_bytes_max_;
  std::chrono::milliseconds heartbeat_;
  EventFraming framing_;
  bool over_ = false;
};

}  // namespace leanspec::net::server
