#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "store/store.h"
#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace leanspec::hub::engine {

/// Texts as deltas against others, for the bridges that have the older one on their disks. What a writer sent is handed
/// on as it came; any other is made once for all who ask. In memory only and bounded: what was pushed out is made again.
/// Any thread.
class BodyDeltas {
 public:
  struct Delta {
    std::uint64_t size = 0;  ///< of the text
    std::string zstd;        ///< wire/delta.h
  };
  /// Null: a delta against this base would save nothing.
  using Known = std::shared_ptr<const Delta>;
  struct Made {
    Known delta;
    std::uint64_t work = 0;  ///< bytes that were read for it; 0: somebody else had it made
  };

  /// A delta that was opened, and gave the text with the digest `target`.
  void remember(const Digest& base, const Digest& target, std::uint64_t size, std::string zstd);
  /// Nothing: nobody has asked for it so far.
  [[nodiscard]] std::optional<Known> find(const Digest& base, const Digest& target);
  /// Waits for whoever makes the same one just now. Without one of the two texts there is no delta. Error: the store's.
  [[nodiscard]] Result<Made> make(store::Store& store, const Digest& base, const Digest& target);

  [[nodiscard]] std::size_t bytes() const;

  /// Of all deltas together, with what the table takes for each: thousands of edits of a line. They are asked for in the
  /// moments after an edit; who was away for longer is rarely told of the same two texts as others.
  static constexpr std::size_t bytes_max = std::size_t{2} * 1024 * 1024;
  /// What an entry takes besides its bytes, roughly.
  static constexpr std::size_t entry_bytes = 256;

 private:
  using Key = std::pair<Digest, Digest>;

  [[nodiscard]] std::optional<Known> find_locked(const Key& key) const;
  void keep(const Key& key, Known delta);

  mutable std::mutex mutex_;
  std::map<Key, Known> known_;
  std::deque<Key> order_;  ///< of known_, oldest first
  std::size_t bytes_ = 0;
  std::map<Key, std::shared_ptr<std::mutex>> being_made_;
};

}  // namespace leanspec::hub::engine
