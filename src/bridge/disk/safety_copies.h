#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/disk/copy_keeper.h"
#include "bridge/disk/sqlite_state_store.h"
#include "host/clock.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::disk {

/// One line of what is kept; its text comes from SafetyCopies::text.
struct SafetyCopy {
  std::int64_t number = 0;  ///< what people name it by; never used twice in one folder
  std::string path;         ///< beneath the synced folder
  Instant kept_at;
  CopyReason why = CopyReason::replaced;
  std::optional<VersionId> replaced_by;
  Digest digest;
  std::uint64_t size = 0;
  bool only_here = false;
};

/// What the bridge replaced or removed in one folder, kept for 30 days in a database of its own in the state folder:
/// texts by their digest, compressed and once each, and a line for every time that one left its place.
///
/// A copy is a second safety: the hub has nearly every text that leaves. So it survives the end of this process at once
/// and a power cut soon, without a flush of its own; only a text that is nowhere else is flushed before keep() returns.
/// The daemon and a command may have the file open at the same time. Not thread-safe; one owner each.
class SafetyCopies final : public CopyKeeper {
 public:
  /// Touches nothing yet: the file is made with the first copy.
  SafetyCopies(std::string file, const host::Clock& clock);
  ~SafetyCopies() override;

  [[nodiscard]] Status keep(const LeavingText& text, std::string_view bytes) override;

  /// Newest first; of one path, or of all.
  [[nodiscard]] Result<std::vector<SafetyCopy>> list(const std::optional<std::string>& path);
  [[nodiscard]] Result<SafetyCopy> find(std::int64_t number);
  /// Errors: not_found, corrupt.
  [[nodiscard]] Result<std::string> text(const Digest& digest);

  /// In idle time. Removes what is older than copies_age_max or beyond the bounds, the oldest first, `step_max` lines
  /// at most; `only_here` says of a text whether it still is on its way to the hub, and then it stays. True: there is
  /// more. Closes the file if there is not.
  [[nodiscard]] Result<bool> prune(const std::function<bool(const Digest&)>& only_here);

  /// Why the last copy could not be kept; nothing: it was.
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  /// As long as people go without looking at a project, and longer than an editor's own undo.
  static constexpr std::chrono::hours copies_age_max{30 * 24};
  /// Some 80,000 replaced specs of usual size; nobody misses so much room on a disk.
  static constexpr std::uint64_t copies_bytes_max = 256ULL * 1024 * 1024;
  /// What a line costs beside its text, so that many lines of one text have an end as well.
  static constexpr std::uint64_t line_bytes = 256;
  /// Some milliseconds of work.
  static constexpr int step_max = 256;
  /// For tests of the bound.
  void set_bytes_max(std::uint64_t bytes) { bytes_max_ = bytes; }

 private:
  [[nodiscard]] Status open();
  [[nodiscard]] Status open_once();
  [[nodiscard]] Status execute(const char* sql);
  [[nodiscard]] Status write(const LeavingText& text, std::string_view bytes);
  [[nodiscard]] Result<std::uint64_t> kept_bytes();
  /// Age counts in idle time only: a clock that is wrong for a moment takes nothing away.
  enum class Which { beyond_the_bounds, old_ones_too };
  /// The oldest first. The number of lines removed.
  [[nodiscard]] Result<int> trim(int most, Which which);
  [[nodiscard]] Status forget(std::int64_t number, const Digest& digest);
  [[nodiscard]] Status settle_only_here(const std::function<bool(const Digest&)>& only_here);

  std::string file_;
  const host::Clock& clock_;
  Database database_;
  std::uint64_t bytes_max_ = copies_bytes_max;
  std::optional<std::uint64_t> kept_bytes_;  ///< known while the file is open
  std::optional<Error> problem_;
};

[[nodiscard]] std::string_view to_string(CopyReason why);

}  // namespace leanspec::bridge::disk
