#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "net/server/event_stream.h"

namespace leanspec::net::server {

/// The bounded queue of one event stream and the only thing of it that other threads touch. `wake` brings the
/// connection's I/O thread here; it is called under the lock and never after `shut`, so that the handle may outlive the
/// server.
class EventStreamOutbox final : public EventStream {
 public:
  EventStreamOutbox(std::size_t queue_bytes_max, std::function<void()> wake);

  bool send(std::string_view id, std::string_view event, std::string_view data) override;
  void close() override;

  struct Work {
    std::string bytes;
    bool ended = false;       ///< nothing more will come
    bool overflowed = false;  ///< the reader is hopelessly slow: cut the connection
  };
  /// For the I/O thread: everything that is queued.
  [[nodiscard]] Work take();
  [[nodiscard]] bool overflowed();
  /// From here on every call does nothing.
  void shut();

 private:
  const std::size_t queue_bytes_max_;
  std::mutex mutex_;
  std::function<void()> wake_;
  std::string queued_;
  bool ended_ = false;
  bool overflowed_ = false;
};

}  // namespace leanspec::net::server
