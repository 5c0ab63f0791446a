#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace leanspec::e2e {

/// Every wait of these tests ends at the latest after this: far beyond any promise of the product, so that a slow
/// machine does not fail a test that asks for something else.
constexpr std::chrono::seconds patience{60};
/// How often a condition is asked for: a program in another process can only be asked.
constexpr std::chrono::milliseconds ask_again{20};

/// True as soon as `condition` holds; false if it does not within `within`.
[[nodiscard]] inline bool wait_until(const std::function<bool()>& condition,
                                     std::chrono::milliseconds within = patience) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(ask_again);
  }
  return true;
}

/// True if `condition` holds all the while: for what must not happen.
[[nodiscard]] inline bool holds_for(std::chrono::milliseconds time, const std::function<bool()>& condition) {
  return !wait_until([&] { return !condition(); }, time);
}

}  // namespace leanspec::e2e
