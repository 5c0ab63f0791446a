#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/websocket.h"

namespace leanspec::net {

/// The bounded send queue of one WebSocket and the only thing of it that other threads touch. The socket's I/O thread
/// takes frames out; `wake` brings it here and is called under the lock and never after `shut`, so that it may refer to
/// an io_context that dies later than the socket but earlier than the handle.
class WebSocketOutbox final : public WebSocket {
 public:
  WebSocketOutbox(std::size_t queued_bytes_max, std::function<void()> wake);

  void send(std::shared_ptr<const std::string> frame) override;
  [[nodiscard]] std::size_t queued_bytes() const override;
  void pause_reading() override;
  void resume_reading() override;
  void close(unsigned code, std::string_view reason) override;

  struct Close {
    unsigned code = 0;
    std::string reason;
  };
  /// For the I/O thread: what there is to do now.
  struct Work {
    std::shared_ptr<const std::string> frame;  ///< the next to send; null: none
    std::optional<Close> close;                ///< set once the queue is empty and a close was asked for
    bool overflowed = false;                   ///< the reader is hopelessly slow: drop the connection
    bool reading_paused = false;
  };
  [[nodiscard]] Work take();
  /// A frame of `bytes` has been handed to the system. True: the queue has just drained below its low-water mark.
  [[nodiscard]] bool sent(std::size_t bytes);
  [[nodiscard]] bool reading_paused() const;
  /// From here on every call does nothing.
  void shut();

 private:
  void wake_once();

  const std::size_t queued_bytes_max_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::deque<std::shared_ptr<const std::string>> frames_;
  std::size_t queued_bytes_ = 0;
  std::optional<Close> close_;
  bool overflowed_ = false;
  bool above_low_water_ = false;
  bool reading_paused_ = false;
  bool awake_ = false;
};

}  // namespace leanspec::net
