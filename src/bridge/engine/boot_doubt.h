#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"

namespace leanspec::bridge::engine {

/// Whether a text is what was known of it without its end; `perhaps`, where it is shorter and the bytes of what was
/// known are not at hand.
enum class CutShort { no, perhaps, yes };

/// Since this replica last looked at its folder and decided everything that it found there.
[[nodiscard]] bool began_anew(const Ledger& ledger, const ReplicaConfig& config);

/// After the machine began anew, perhaps without having been shut down (law 10). What a file system had in memory when
/// the power went is lost: a file stands there as it was before its last save, empty, cut short, or not at all. That is
/// nobody's edit. What the disk shows instead of a text that this replica knew counts as an earlier state of the
/// document, so that the hub's comes again, unless somebody wrote it after the boot, or, where it is none of the
/// document's earlier texts, after the one that this replica knew. The time of change tells: that of a lost save goes
/// back with it.
///
/// Every file that was known is read again at the first look after a boot: one whose text was lost may look the same.
/// Some of it takes longer than that look: an absence counts after two seconds, a file that cannot be read waits. A
/// process that begins in the meantime goes on doubting what nobody has written since the boot (ReplicaRow::in_doubt).
class BootDoubt {
 public:
  /// The system writes back what nobody synced after 30 s, with a delay.
  static constexpr std::chrono::seconds written_back_after{60};

  /// The disk's time may be that much ahead of what a program is told, and no more.
  static constexpr std::chrono::seconds clock_slack{2};

  BootDoubt(Ledger& ledger, const ReplicaConfig& config, Now now);

  /// Something may not have survived.
  [[nodiscard]] bool any() const { return !doubted_.empty(); }

  /// The document has another text, at `path`, where somebody may have moved it since. `cut_short`: whether it is the
  /// front of what was there, or empty. True: that is no edit, and the trees say so.
  [[nodiscard]] bool takes_back(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                                CutShort cut_short, Now now);
  /// The document is not there: whether its file may have been lost, and was not deleted. `has_backup`: the former file
  /// stands beside its place under the name that editors give it while they save, however old it is.
  [[nodiscard]] bool is_lost(const std::string& path, const DocumentId& document, bool has_backup) const;
  /// The document that was agreed on with this text at `path`, if it counts as deleted and nobody has put the file
  /// there since the boot: a file may keep the times that it has through a rename of its folder, and the power took
  /// that back. Also where the hub has that deletion, which was made not long before the machine ended.
  [[nodiscard]] std::optional<DocumentId> stands_again(const std::string& path, const sync::DiskFile& file,
                                                       Now now) const;
  /// The document counted as deleted, and stands at `path`, where nobody has put it since the boot: the power took the
  /// deletion back. True: what stands there is no edit, and the trees say so. `cut_short`: of what was agreed on.
  [[nodiscard]] bool comes_back(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                                CutShort cut_short, Now now);
  /// Its document is not there, and nobody else had it when the machine ended: it was lost, however soon that is said.
  /// Nothing is deleted by it, and it must be said before the hub has the text: a process that begins then would not
  /// know it any more.
  [[nodiscard]] bool is_unheard(const std::string& path) const;
  /// The file that was at `path` stands at another document's place, and nobody has touched it since: it had been moved
  /// to `path` with its folder, perhaps, and the power took that back. Nobody deleted anything then.
  [[nodiscard]] bool was_moved_back(const std::string& path, const std::string& now_at, const sync::DiskFile& file,
                                    Now now) const;
  /// It was lost, and the trees say so.
  void take_away(const std::string& path, const DocumentId& document);
  /// What was known of the file there has survived, or does not matter any more.
  void settled(const std::string& path) {
    if (any()) doubted_.erase(path);
  }
  /// Everything is decided of what has no place in the local tree any more. True: nothing is left to doubt.
  [[nodiscard]] bool is_over();

 private:
  [[nodiscard]] bool was_changed_since_boot(std::int64_t changed_ns, Now now) const;
  [[nodiscard]] bool rewinds(const DocumentId& document, const std::string& path, const sync::DiskFile& file, bool lost,
                             bool older);
  void let_go_of_pending(const DocumentId& document);

  Ledger& ledger_;
  struct Times {
    std::int64_t changed_ns = 0;
    std::int64_t modified_ns = 0;
    std::int64_t sign_ns = 0;  ///< `changed_ns`, by the clock as it was set last (ReplicaRow::leap)
    /// Nobody else had it when the machine ended. No time is asked then, which a clock that was set makes worthless:
    /// its text is on its way, and comes back.
    bool unheard = false;
  };
  /// Those that each file had, by its path: another document's file may come there before it is looked at.
  std::map<std::string, Times> doubted_;
  bool began_anew_ = false;
  /// The boot before this one ended as well before all was decided of the one before that: what was lost then was not
  /// written shortly before the last end.
  bool undecided_ = false;
  std::int64_t booted_ns_ = 0;
  std::int64_t last_sign_ns_ = 0;  ///< the newest of them that is not in the future
};

}  // namespace leanspec::bridge::engine
