#include "net/server/event_stream_pump.h"

#include <array>
#include <boost/asio/post.hpp>
#include <cstdio>

namespace leanspec::net::server {

Response event_stream_response(Headers headers) {
  Response response;
  response.headers = std::move(headers);
  response.with_header("Content-Type", "text/event-stream");
  response.with_header("Cache-Control", "no-store, no-transform");
  response.with_header("X-Accel-Buffering", "no");
  return response;
}

EventStreamPump::EventStreamPump(std::shared_ptr<TimedStream> stream, const HttpServerOptions& options,
                                 EventFraming framing)
    : stream_(std::move(stream)),
      signal_(stream_->executor()),
      queue_bytes_max_(options.event_stream_queue_bytes_max),
      heartbeat_(options.event_stream_heartbeat),
      framing_(framing) {}

std::shared_ptr<EventStream> EventStreamPump::open(Worker& worker) {
  outbox_ = std::make_shared<EventStreamOutbox>(queue_bytes_max_, [weak = weak_from_this(), &worker] {
    asio::post(worker.context(), [weak] {
      const auto self = weak.lock();
      if (!self) return;
      if (self->outbox_->overflowed()) self->stream_->close();  // the write under way would wait for the slow reader
      self->signal_.wake();
    });
  });
  return outbox_;
}

Task<void> EventStreamPump::run(std::string head, std::chrono::milliseconds retry) {
  bool sent = co_await stream_->write_all(head, "");
  if (sent) sent = co_await write("retry: " + std::to_string(retry.count()) + "\n\n");
  if (sent) {
    stream_->watch_for_goodbye([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cut();
    });
    co_await pump();
  }
  outbox_->shut();
}

Task<void> EventStreamPump::pump() {
  while (!over_) {
    auto work = outbox_->take();
    if (work.overflowed) {
      stream_->close();
      co_return;
    }
    if (!work.bytes.empty()) {
      const bool sent = co_await write(std::move(work.bytes));
      if (!sent) co_return;
      continue;
    }
    if (work.ended) {
      if (framing_ == EventFraming::chunked) co_await stream_->write_all("0\r\n\r\n", "");
      stream_->cancel();  // the read that waits for a goodbye
      co_return;
    }
    const bool woken = co_await signal_.wait(Signal::Clock::now() + heartbeat_);
    if (woken) continue;
    const bool sent = co_await write(": hb\n\n");
    if (!sent) co_return;
  }
}

Task<bool> EventStreamPump::write(std::string bytes) {
  if (framing_ == EventFraming::until_close) co_return co_await stream_->write_all(bytes, "");
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  bytes += "\r\n";
  co_return co_await stream_->write_all(size.data(), bytes);
}

void EventStreamPump::drain() {
  if (outbox_) outbox_->close();
}

void EventStreamPump::cut() {
  over_ = true;
  signal_.wake();
}

}  // namespace leanspec::net::server
