#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"
#include "bridge/engine/scan.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// The file that an editor has open while this one lies beside it (vim's `.a.md.swp`, emacs' `.#a.md`, LibreOffice's
/// `.~lock.a.md#`, Kate's `.a.md.kate-swp`); nothing: it is no such file.
[[nodiscard]] std::optional<std::string> edited_beside(std::string_view path);

/// Which documents people edit here, for others to see: changed a short while ago, or open in an editor that says so.
/// A hint in memory, and said again until it is over.
class Editing {
 public:
  static constexpr std::chrono::seconds after_change{120};
  /// The hub forgets it after 45 s.
  static constexpr std::chrono::seconds renew_interval{15};
  /// An editor that crashed leaves its file behind.
  static constexpr std::chrono::hours lock_life{12};
  /// Files of editors that are remembered; more is no desk of a person's.
  static constexpr std::size_t locks_max = 256;

  void changed(const DocumentId& document, BootTime when);
  /// True: it is of an editor's own file, and of no other interest.
  [[nodiscard]] bool hinted(const Hint& hint, Now now);
  /// A look found these names, which are not synced.
  void seen(const std::vector<IgnoredPath>& ignored, Now now);

  /// What the hub is to be told now; nothing: it knows.
  [[nodiscard]] std::optional<wire::Editing> news(const Ledger& ledger, Now now);
  /// A new connection.
  void connected() {
    told_.clear();
    is_told_ = false;
  }
  [[nodiscard]] std::optional<BootTime> deadline() const;

 private:
  /// Nearly every time the answer is the last one, for this is asked at every step of the engine.
  [[nodiscard]] const std::vector<DocumentId>& documents(const Ledger& ledger, Now now);

  std::map<DocumentId, BootTime> changed_;                                      ///< when, the last time
  std::map<std::string, std::pair<std::string, BootTime>, std::less<>> locks_;  ///< the file beside which it lies
  std::vector<DocumentId> edited_;                                              ///< the last answer
  bool is_stale_ = false;
  std::uint64_t edited_of_ = 0;          ///< Ledger::tree_changes() then
  BootTime stale_at_ = BootTime::max();  ///< when the first of changed_ or locks_ lapses
  std::vector<DocumentId> told_;
  bool is_told_ = false;  ///< edited_ is told_
  BootTime told_at_{};
};

}  // namespace leanspec::bridge::engine
