#include "net/server/event_stream_outbox.h"

#include <utility>

#include "net/server/response_head.h"

namespace leanspec::net::server {

EventStreamOutbox::EventStreamOutbox(std::size_t queue_bytes_max, std::function<void()> wake)
    : queue_bytes_max_(queue_bytes_max), wake_(std::move(wake)) {}

bool EventStreamOutbox::send(std::string_view id, std::string_view event, std::string_view data) {
  const std::string text = encode_event(id, event, data);
  const std::lock_guard lock(mutex_);
  if (!wake_ || ended_) return false;
  const bool idle = queued_.empty();
  if (queued_.size() + text.size() > queue_bytes_max_) {
    ended_ = overflowed_ = true;
    wake_();
    return false;
  }
  queued_ += text;
  if (idle) wake_();
  return true;
}

void EventStreamOutbox::close() {
  const std::lock_guard lock(mutex_);
  if (!wake_ || ended_) return;
  ended_ = true;
  wake_();
}

EventStreamOutbox::Work EventStreamOutbox::take() {
  const std::lock_guard lock(mutex_);
  Work work;
  work.bytes = std::exchange(queued_, {});
  work.ended = ended_;
  work.overflowed = overflowed_;
  return work;
}

bool EventStreamOutbox::overflowed() {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void EventStreamOutbox::shut() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  queued_.clear();
}

}  // namespace leanspec::net::server
