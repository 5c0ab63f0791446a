#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace leanspec::hub::mirrors {

/// A commit that a forge has announced. Its servers agree with each other within seconds, so the answer to the first
/// look may still be the old one; then it is looked again, soon and a few times, instead of at the next full hour.
/// Pure.
class AwaitedCommit {
 public:
  /// The newest word counts. "": nothing in particular.
  void announce(std::string commit);
  /// A look has found `head`: how long to wait for the next one. Nothing: it is there, none was announced, or it does
  /// not come any more (it was replaced, or the word was late).
  [[nodiscard]] std::optional<std::chrono::milliseconds> after_look(const std::string& head);
  [[nodiscard]] bool waits() const { return !commit_.empty(); }

  static constexpr std::chrono::seconds first_wait{1};
  static constexpr unsigned looks_max = 7;  ///< 1 + 2 + 4 + … s: two minutes in all

 private:
  std::string commit_;
  unsigned looks_ = 0;
};

}  // namespace leanspec::hub::mirrors
