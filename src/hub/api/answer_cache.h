#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "net/http_message.h"

namespace leanspec::hub::api {

/// Answers made from a view, by everything that they depend on (branch, seq, target). Least recently used go first.
/// Safe from every thread.
class AnswerCache {
 public:
  explicit AnswerCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  [[nodiscard]] std::optional<net::Response> find(const std::string& key);
  void put(const std::string& key, const net::Response& response);
  [[nodiscard]] std::size_t bytes() const;

  /// A single answer larger than this part of the whole is not kept.
  static constexpr std::size_t share_of_one = 8;

 private:
  struct Kept {
    std::string key;
    net::Response response;
    std::size_t bytes;
  };
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Kept> by_use_;
  std::unordered_map<std::string, std::list<Kept>::iterator> by_key_;
};

}  // namespace leanspec::hub::api
