#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

namespace leanspec::simulation {

/// What happened, in order: the hash of all of it, and the last lines for people. Two runs of one seed must have the
/// same hash; otherwise something looked at the real world.
class EventLog {
 public:
  static constexpr std::size_t lines_kept = 2'000;

  void add(std::chrono::milliseconds at, std::string_view what) {
    mix(std::to_string(at.count()));
    mix(what);
    if (lines_.size() == lines_kept) lines_.pop_front();
    lines_.push_back(std::to_string(at.count()) + " " + std::string(what));
  }
  /// FNV-1a, 64 bits, of eight bytes at once: half of what happens are frames, and its multiplications wait for each
  /// other.
  void mix(std::string_view bytes) {
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      const auto size = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), size);
      hash_ = (hash_ ^ word) * 0x100000001b3ULL;
      hash_ ^= hash_ >> 32U;  // a product passes nothing on to lower bits
      bytes.remove_prefix(size);
    }
  }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::string tail() const {
    std::string text;
    for (const auto& line : lines_) text += line + "\n";
    return text;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::deque<std::string> lines_;
};

}  // namespace leanspec::simulation
