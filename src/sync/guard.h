#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "vocabulary/ids.h"
#include "vocabulary/time.h"

namespace leanspec::sync {

/// The root folder as the system knows it. Device numbers are given out anew at each boot on some systems, so they count only
/// within one boot.
struct RootIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  Uuid boot;
  friend bool operator==(const RootIdentity&, const RootIdentity&) = default;
};
[[nodiscard]] bool same_root(const RootIdentity& before, const RootIdentity& now);

enum class GuardReason { none, root_missing, root_emptied, root_replaced, mass_delete };
[[nodiscard]] std::string_view to_string(GuardReason reason);

/// Stands between "files are gone" and "delete them for everybody" (G01, G02, G03). Deletes pass while they are few; more than
/// max(10 files, 20 %) of the synced documents within 60 s are held until a person approves. A root that is missing, emptied or
/// replaced stops everything. Time is passed in; no I/O. After a restart the same absences trip it again, so nothing is persisted.
class Guard {
 public:
  static constexpr std::size_t deletes_always_allowed = 10;
  static constexpr std::size_t deletes_allowed_percent = 20;
  static constexpr std::chrono::seconds window{60};
  static constexpr std::size_t emptied_documents_min = 2;

  [[nodiscard]] static std::size_t allowed(std::size_t synced);

  /// `root` from each look at the root. `files`: regular files present, where the look was complete.
  void root_missing();
  void root_replaced();
  void root_seen(std::optional<std::size_t> files, std::size_t synced);
  /// A confirmed absence. True: it may go on; false: held.
  [[nodiscard]] bool release(const std::set<DocumentId>& vanished, std::size_t synced, BootTime now);
  /// The document is there again, or the hub deleted it as well.
  void returned(DocumentId document);
  /// A person looked at it: what is held now may go on, and the root is accepted as it is.
  std::set<DocumentId> approve();

  [[nodiscard]] GuardReason reason() const { return reason_; }
  /// True: nothing at all may be sent.
  [[nodiscard]] bool halted() const;
  [[nodiscard]] const std::set<DocumentId>& held() const { return held_; }

 private:
  GuardReason reason_ = GuardReason::none;
  bool emptied_approved_ = false;
  std::set<DocumentId> held_;
  std::multimap<BootTime, std::size_t> released_;  ///< how many, when
};

}  // namespace leanspec::sync
