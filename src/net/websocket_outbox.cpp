#include "net/websocket_outbox.h"

#include <utility>

namespace leanspec::net {
namespace {

constexpr std::size_t close_reason_bytes_max =
    123;  // RFC 6455 section 5.5: a control frame carries 125 bytes, two are the code

/// At most that many bytes, cut between two characters: a torn UTF-8 sequence is a protocol error at the other end.
std::string_view close_reason(std::string_view reason) {
  if (reason.size() <= close_reason_bytes_max) return reason;
  std::size_t length = close_reason_bytes_max;
  while (length > 0 && (static_cast<unsigned char>(reason[length]) & 0xC0U) == 0x80U) --length;
  return reason.substr(0, length);
}

}  // namespace

WebSocketOutbox::WebSocketOutbox(std::size_t queued_bytes_max, std::function<void()> wake)
    : queued_bytes_max_(queued_bytes_max), wake_(std::move(wake)) {}

void WebSocketOutbox::wake_once() {
  if (awake_) return;
  awake_ = true;
  wake_();
}

void WebSocketOutbox::send(std::shared_ptr<const std::string> frame) {
  const std::lock_guard lock(mutex_);
  if (!wake_ || close_ || overflowed_) return;
  if (queued_bytes_ + frame->size() > queued_bytes_max_) {
    overflowed_ = true;
    frames_.clear();
  } else {
    queued_bytes_ += frame->size();
    above_low_water_ = above_low_water_ || queued_bytes_ > queued_bytes_max_ / 4;
    frames_.push_back(std::move(frame));
  }
  wake_once();
}

std::size_t WebSocketOutbox::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

void WebSocketOutbox::pause_reading() {
  const std::lock_guard lock(mutex_);
  reading_paused_ = true;
}

void WebSocketOutbox::resume_reading() {
  const std::lock_guard lock(mutex_);
  if (!wake_ || !reading_paused_) return;
  reading_paused_ = false;
  wake_once();
}

void WebSocketOutbox::close(unsigned code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (!wake_ || close_) return;
  close_ = Close{code, std::string(close_reason(reason))};
  wake_once();
}

WebSocketOutbox::Work WebSocketOutbox::take() {
  const std::lock_guard lock(mutex_);
  awake_ = false;
  Work work;
  work.overflowed = overflowed_;
  work.reading_paused = reading_paused_;
  if (!frames_.empty()) {
    work.frame = std::move(frames_.front());
    frames_.pop_front();
  } else {
    work.close = close_;
  }
  return work;
}

bool WebSocketOutbox::sent(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  queued_bytes_ -= bytes;
  const bool drained = above_low_water_ && queued_bytes_ <= queued_bytes_max_ / 4;
  if (drained) above_low_water_ = false;
  return drained;
}

bool WebSocketOutbox::reading_paused() const {
  const std::lock_guard lock(mutex_);
  return reading_paused_;
}

void WebSocketOutbox::shut() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  frames_.clear();
  queued_bytes_ = 0;
}

}  // namespace leanspec::net
