#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace leanspec::bridge::engine {

/// The answer to "am I in sync?": everything that was saved before it was asked is at the hub, and everything that the
/// hub had then is here. For that the whole folder is looked at once more, and the hub answers once more: its pong
/// comes after every head that it knew at the ping. Questions are answered in order, and when nothing is on its way.
class Barrier {
 public:
  using Ticket = std::uint64_t;

  /// `look`: the number of the look at everything that has to end.
  Ticket ask(std::uint64_t look);
  [[nodiscard]] bool waits_for_hub() const;
  /// A ping with this number is on its way.
  void sent(std::uint64_t nonce);
  void heard(std::uint64_t nonce);
  void disconnected();
  /// Nothing is on its way, and all looks up to this one have ended. True: some question is answered by that.
  [[nodiscard]] bool quiet(std::uint64_t looked);
  [[nodiscard]] bool is_reached(Ticket ticket) const { return ticket <= reached_; }

  /// A program that asks in a circle while the hub is away; the older questions are answered with the younger ones.
  static constexpr std::size_t questions_max = 256;

 private:
  struct Question {
    Ticket ticket;
    std::uint64_t look;
    std::uint64_t nonce = 0;  ///< of the ping; 0: none was sent
    bool heard = false;
  };
  std::deque<Question> questions_;
  Ticket last_ = 0;
  Ticket reached_ = 0;
};

}  // namespace leanspec::bridge::engine
