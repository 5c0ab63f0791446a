#include "hub/api/answer_cache.h"

#include <utility>

namespace leanspec::hub::api {

std::optional<net::Response> AnswerCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->response;
}

void AnswerCache::put(const std::string& key, const net::Response& response) {
  std::size_t bytes = key.size() + response.body->size() + 512;  // the entry's own weight
  for (const auto& encoded : response.encodings) bytes += encoded.body->size();
  if (bytes > bytes_max_ / share_of_one) return;
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return;
  by_use_.push_front({key, response, bytes});
  by_key_[key] = by_use_.begin();
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    bytes_ -= by_use_.back().bytes;
    by_key_.erase(by_use_.back().key);
    by_use_.pop_back();
  }
}

std::size_t AnswerCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace leanspec::hub::api
