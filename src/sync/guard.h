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

/// The root folder as the system knows it. Device numbers are given out anew at each boot on some systems, so they
/// count only within one boot.
struct RootIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  Uuid boot;
  friend bool operator==(const RootIdentity&, const RootIdentity&) = default;
};
[[nodiscard]] bool same_root(const RootIdentity& before, const RootIdentity& now);

enum class GuardReason { none, root_missing, root_emptied, root_replaced, mass_delete };
[[nodiscard]] std::string_view to_string(GuardReason reason);

/// Stands between "files are gone" and "delete them for everybody" (G01, G02, G03). Deletes pass while they are few;
/// more than max(10 files, 20 %) of the synced documents within 60 s are held until a person approves. A root that is
/// missing, emptied or replaced stops everything. Time is passed in; no I/O. After a restart the same absences trip it
/// again; what was let go of in the minute before it is for the caller to keep and to say again (released_before).
class Guard {
 public:
  static constexpr std::size_t deletes_always_allowed = 10;
  static constexpr std::size_t deletes_allowed_percent = 20;
  static constexpr std::chrono::seconds window{60};
  static constexpr std::size_t emptied_documents_min = 2;

  [[nodiscard]] static std::size_t allowed(std::size_t synced);

  /// The root is not there. Ends with the next root_seen(); a person cannot approve it.
  void root_missing();
  /// The root was looked at: whether it is the folder that we know (same_root, or everything in it is as we know it),
  /// and how many regular files it holds if all of it was looked at.
  void root_seen(bool same, std::optional<std::size_t> files, std::size_t synced);
  /// The last of the files that we know are confirmed to be gone, and nothing else is there.
  void root_emptied(std::size_t synced);
  /// These documents are confirmed to be gone. True: their deletes may go on; false: all of them are held.
  [[nodiscard]] bool release(const std::set<DocumentId>& vanished, std::size_t synced, BootTime now);
  /// So many were let go of then, by an earlier process. Before any release().
  void released_before(BootTime when, std::size_t count);
  /// The document is there again, or the hub deleted it as well.
  void returned(const DocumentId& document);
  /// A person looked at it: the root is accepted as it is, and the documents in the answer may be deleted.
  std::set<DocumentId> approve();

  [[nodiscard]] GuardReason reason() const { return reason_; }
  /// True: nothing at all may be sent.
  [[nodiscard]] bool halted() const;
  [[nodiscard]] const std::set<DocumentId>& held() const { return held_; }

 private:
  void settle_reason();

  GuardReason reason_ = GuardReason::none;
  bool root_gone_ = false;
  bool root_other_ = false;
  bool root_empty_ = false;
  bool other_approved_ = false;
  bool empty_approved_ = false;
  std::set<DocumentId> held_;
  std::multimap<BootTime, std::size_t> released_;  ///< how many, when
};

}  // namespace leanspec::sync
