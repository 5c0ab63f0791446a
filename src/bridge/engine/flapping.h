#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// Notices that something else syncs the same folder (G09): a text that was just replaced by what the hub has comes
/// back, again and again. One such undo is a person's; several within a few minutes are a program's.
class Flapping {
 public:
  /// A text that comes back later than this was brought back on purpose.
  static constexpr std::chrono::seconds comes_back_within{120};
  static constexpr std::chrono::minutes window{10};
  static constexpr std::size_t times_min = 4;
  /// Replaced texts that are remembered, of all documents together.
  static constexpr std::size_t remembered_max = 256;

  /// The text `before` stood on the disk and was replaced by the hub's.
  void replaced(const DocumentId& document, const Digest& before, BootTime now);
  /// Somebody saved this text here.
  void saved(const DocumentId& document, const std::string& path, const Digest& digest, BootTime now);
  /// One sentence for people, or empty.
  [[nodiscard]] std::string warning(BootTime now) const;

 private:
  struct Replaced {
    DocumentId document;
    Digest before;
    BootTime when;
  };
  std::deque<Replaced> replaced_;
  std::deque<std::pair<BootTime, std::string>> came_back_;  ///< when, and where
};

}  // namespace leanspec::bridge::engine
