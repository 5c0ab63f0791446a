#include "hub/api/answer_cache.h"

#include <memory>
#include <utility>

namespace leanspec::hub::api {

namespace {

[[nodiscard]] std::string key_of(const AnswerCache::State& state, const std::string& question) {
  return std::to_string(state.branch.value()) + '\n' + question;
}

/// Without the room that a body was given while it grew, up to as much again: what is kept takes what it says.
[[nodiscard]] std::shared_ptr<const std::string> fitted(const std::shared_ptr<const std::string>& body) {
  constexpr std::size_t waste_part = 16;
  const bool fits = body->capacity() - body->size() <= body->size() / waste_part;
  return fits ? body : std::make_shared<const std::string>(body->data(), body->size());
}

}  // namespace

bool AnswerCache::follow(const State& state) {
  const auto [known, first] = states_.try_emplace(state.branch.value(), state);
  if (first || (known->second.epoch == state.epoch && known->second.seq == state.seq)) return true;
  if (known->second.epoch == state.epoch && state.seq < known->second.seq) return false;
  known->second = state;
  for (auto place = by_use_.begin(); place != by_use_.end();) {
    const auto next = std::next(place);
    if (place->branch == state.branch) drop(place);
    place = next;
  }
  times_asked_.clear();
  return true;
}

void AnswerCache::drop(Place place) {
  bytes_ -= place->bytes;
  by_key_.erase(place->key);
  by_use_.erase(place);
}

std::optional<net::Response> AnswerCache::find(const State& state, const std::string& question) {
  const std::string key = key_of(state, question);
  const std::lock_guard lock(mutex_);
  if (!follow(state)) return std::nullopt;
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return found->second->response;
  }
  if (times_asked_.size() >= questions_max) times_asked_.clear();
  ++times_asked_[std::hash<std::string>()(key)];
  return std::nullopt;
}

void AnswerCache::put(const State& state, const std::string& question, const net::Response& response, Price price) {
  std::string key = key_of(state, question);
  std::size_t bytes = 2 * key.size() + response.body->size() + 1024;  // the entry's own weight
  for (const auto& encoded : response.encodings) bytes += encoded.body->size();
  if (bytes > bytes_max_ / share_of_one) return;
  const std::lock_guard lock(mutex_);
  if (!follow(state) || by_key_.contains(key)) return;
  if (const auto asked = times_asked_.find(std::hash<std::string>()(key)); asked != times_asked_.end()) {
    if (price == Price::low && asked->second < 2) return;
    times_asked_.erase(asked);
  } else if (price == Price::low) {
    return;
  }
  net::Response kept = response;
  kept.body = fitted(response.body);
  for (auto& encoded : kept.encodings) encoded.body = fitted(encoded.body);
  by_use_.push_front({key, state.branch, std::move(kept), bytes});
  by_key_.emplace(std::move(key), by_use_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_) drop(std::prev(by_use_.end()));
}

std::size_t AnswerCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace leanspec::hub::api
