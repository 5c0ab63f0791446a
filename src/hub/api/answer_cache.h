#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "net/http_message.h"
#include "vocabulary/ids.h"

namespace leanspec::hub::api {

/// Answers made from a view, by the state of their branch and everything else that they depend on (target, body,
/// coding). Least recently used go first, and all of a branch when it moves. Plain answers are put together in less
/// time than they take on the wire, so one is kept only when the same question comes a second time: what is asked once
/// (a search word by word, a filter tried out) must not push out what every open browser asks. Safe from every thread.
class AnswerCache {
 public:
  /// A hundred compressed lists, or the plain ones of a few projects: enough for what is asked again and again.
  static constexpr std::size_t bytes_max_usual = std::size_t{6} * 1024 * 1024;
  /// A single answer larger than this part of the whole, of 1 MiB, is not kept. The plain hierarchy of 400 specs is the
  /// largest, with 0.65 MiB.
  static constexpr std::size_t share_of_one = 6;
  /// Questions that are remembered without their answers, eight bytes each; then the memory starts anew.
  static constexpr std::size_t questions_max = 8192;

  struct State {
    BranchId branch;
    Epoch epoch;
    Seq seq;
  };
  enum class Price {
    low,   ///< kept from the second time on
    high,  ///< compressed, which takes many times what making it did: kept at once
  };

  explicit AnswerCache(std::size_t bytes_max = bytes_max_usual) : bytes_max_(bytes_max) {}

  [[nodiscard]] std::optional<net::Response> find(const State& state, const std::string& question);
  /// After `find` found nothing.
  void put(const State& state, const std::string& question, const net::Response& response, Price price);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Kept {
    std::string key;
    BranchId branch;
    net::Response response;
    std::size_t bytes;
  };
  using Place = std::list<Kept>::iterator;

  /// False: `state` is behind what others have seen already.
  [[nodiscard]] bool follow(const State& state);
  void drop(Place place);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Kept> by_use_;
  std::unordered_map<std::string, Place> by_key_;
  std::unordered_map<std::int64_t, State> states_;              ///< by branch
  std::unordered_map<std::size_t, std::uint32_t> times_asked_;  ///< by hash of the key; answers that are not kept
};

}  // namespace leanspec::hub::api
