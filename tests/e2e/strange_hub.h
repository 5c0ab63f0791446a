#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include "host/descriptor.h"

namespace leanspec::e2e {

/// Something that listens where a hub should be, and treats whoever connects badly in one way. One thread, one
/// connection at a time.
class StrangeHub {
 public:
  enum class Manner {
    silent,     ///< takes the connection and never says a word
    oversized,  ///< takes the WebSocket, announces a frame of a gibibyte, and sends as much of it as is taken
    trickling,  ///< takes the WebSocket, and sends a permitted frame so slowly that it never ends
  };

  explicit StrangeHub(Manner manner);
  ~StrangeHub();
  StrangeHub(const StrangeHub&) = delete;
  StrangeHub& operator=(const StrangeHub&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// Of the frames; what lies in the system's buffers counts.
  [[nodiscard]] std::size_t bytes_taken() const { return bytes_taken_; }

 private:
  void run();
  void treat(int connection);
  /// False once the other end has gone, or this hub ends.
  [[nodiscard]] bool put(int connection, std::string_view bytes);
  [[nodiscard]] bool wait(int connection, int milliseconds) const;
  [[nodiscard]] bool upgrade(int connection);

  const Manner manner_;
  host::Descriptor listening_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> bytes_taken_ = 0;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace leanspec::e2e
