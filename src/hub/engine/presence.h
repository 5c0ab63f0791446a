#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/listener_list.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"

namespace leanspec::hub::engine {

/// One document that somebody edits now.
struct PresentEditor {
  DocumentId document;
  std::string who;                   ///< a machine's or a person's name
  std::optional<MachineId> machine;  ///< nothing: in a browser
  Instant since;
  friend bool operator==(const PresentEditor&, const PresentEditor&) = default;
};

/// Who edits what, in memory only: a hint for people that lapses by itself. A source is one connection of a bridge, or
/// one person's browser; each word of it stands for all that it said before. Safe from every thread; listeners are
/// called outside the lock, with the branch whose list is another now.
class Presence {
 public:
  /// Without a renewal.
  static constexpr std::chrono::seconds lapse_after{45};
  /// Machines and browsers that edit one branch at once; who comes later is not shown.
  static constexpr std::size_t sources_max = 1'000;

  void edits(const Uuid& source, BranchId branch, std::string_view who, std::optional<MachineId> machine,
             const std::vector<DocumentId>& documents, Instant now);
  void leave(const Uuid& source);
  /// Forgets what was not renewed.
  void lapse(Instant now);

  /// By document, then who; without those of `apart_from`.
  [[nodiscard]] std::vector<PresentEditor> of(BranchId branch, std::optional<Uuid> apart_from = std::nullopt) const;
  /// Another figure whenever of(branch) may be another list.
  [[nodiscard]] std::uint64_t version(BranchId branch) const;
  [[nodiscard]] Subscription subscribe(std::function<void(const BranchId&)> listener);

 private:
  struct Source {
    BranchId branch;
    std::string who;
    std::optional<MachineId> machine;
    std::map<DocumentId, Instant> documents;  ///< since when
    Instant until;
  };

  mutable std::mutex mutex_;
  std::map<Uuid, Source> sources_;
  std::map<BranchId, std::uint64_t> versions_;
  ListenerList<BranchId> listeners_;
};

}  // namespace leanspec::hub::engine
