#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

#include "host/descriptor.h"

namespace leanspec::e2e {

/// A line between a bridge and a hub that can be bad in every way: forwards TCP on loopback with one thread of its own.
class CutProxy {
 public:
  enum class Line {
    whole,
    cut,               ///< existing connections end at once, new ones are refused by an immediate end
    half_open,         ///< both ends stay open, and nothing comes through
    answers_lost,      ///< what goes to the hub arrives, what it answers does not
    garbage_to_bridge  ///< whoever connects hears bytes that mean nothing
  };

  explicit CutProxy(std::uint16_t to_port);
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void set(Line line) { line_ = line; }
  /// Each way; 0: as fast as it goes.
  void throttle(std::size_t bytes_per_second) { bytes_per_second_ = bytes_per_second; }
  /// From now on, new connections go there.
  void set_target(std::uint16_t port) { to_port_ = port; }
  [[nodiscard]] std::size_t connections_made() const { return made_; }
  [[nodiscard]] std::uint64_t bytes_to_hub() const { return bytes_to_hub_; }
  [[nodiscard]] std::uint64_t bytes_to_bridge() const { return bytes_to_bridge_; }

 private:
  /// One direction, with what was read and not yet written.
  struct Way {
    std::string waiting;
    bool from_ended = false;
    bool told_end = false;
  };
  struct Pair {
    host::Descriptor bridge;
    host::Descriptor hub;
    Way to_hub;
    Way to_bridge;
    bool dead = false;
  };
  void run();
  void accept();
  void move(Pair& pair, Line line, std::size_t allowance);
  static void flow(const host::Descriptor& from, const host::Descriptor& to, Way& way, std::size_t allowance, bool drop,
                   bool& dead, std::atomic<std::uint64_t>& counted);

  std::atomic<std::uint16_t> to_port_;
  std::uint16_t port_ = 0;
  host::Descriptor listening_;
  std::atomic<Line> line_ = Line::whole;
  std::atomic<std::size_t> bytes_per_second_ = 0;
  std::atomic<std::size_t> made_ = 0;
  std::atomic<std::uint64_t> bytes_to_hub_ = 0;
  std::atomic<std::uint64_t> bytes_to_bridge_ = 0;
  std::atomic<bool> ending_ = false;
  std::list<Pair> pairs_;
  std::thread thread_;
};

}  // namespace leanspec::e2e
