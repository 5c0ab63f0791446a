#pragma once

#include <cstdint>
#include <span>

#include "host/entropy.h"

namespace leanspec::fakes {

/// The same bytes for the same seed (xorshift64*, Vigna 2016). One thread.
class SeededEntropy final : public host::Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed = 1) : state_(seed * 0x9E3779B97F4A7C15ULL | 1U) {}

  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 56U);
  }

  [[nodiscard]] std::uint64_t next() {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545F4914F6CDD1DULL;
  }

 private:
  std::uint64_t state_;
};

}  // namespace leanspec::fakes
