#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/disk/copy_keeper.h"
#include "bridge/engine/apply.h"
#include "host/files.h"
#include "sync/disk_file.h"
#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::disk {

using engine::Application;
using engine::Applied;
using engine::ApplyOutcome;
using engine::Displaced;

/// Brings remote changes to the disk and loses nothing that is there (laws 8 to 11; the exchange after Linux's
/// RENAME_EXCHANGE, the order of syncs after "All File Systems Are Not Created Equal", OSDI 2014). Replace: stage the
/// new text, swap the two names in one step, look at what came out. Create and rename take a free name only. Delete
/// moves into the staging folder and looks there. What a crash leaves in the staging folder, recover() explains.
///
/// Not thread-safe; one owner. The caller makes the intent durable before apply(), calls make_durable() after one or
/// many of them, and only then commits the state that says so (law 10).
class Applier {
 public:
  /// `copies`: gets each text before it leaves the disk; may be null. If it cannot take one, that goes all the same
  /// where the hub has the text, and stays in the staging folder where it does not.
  explicit Applier(host::WritableFileTree& tree, CopyKeeper* copies = nullptr) : tree_(tree), copies_(copies) {}

  /// The whole request, made durable, with what came out looked at once more.
  [[nodiscard]] engine::ApplyResult carry_out(const engine::ApplyRequest& request);

  /// `name`: of the staged file; unique, made before the intent is written down.
  [[nodiscard]] Applied apply(const Application& wanted, const std::string& name);

  /// The names that apply() and recover() changed are on the disk.
  [[nodiscard]] Status make_durable();

  /// What a crash left behind of apply(wanted, name): the disk is whole, with the old state or the new; `left_over` and
  /// `displaced` as after apply(). `applied`: the new state stands. `moved_on`: it does not, plan again.
  [[nodiscard]] Applied recover(const Application& wanted, const std::string& name);

  /// The file that was taken from its place, looked at again: gone for good if it still is `wanted.expected` and nobody
  /// has it open for writing; what a program wrote into it afterwards otherwise, for the caller to push before it calls
  /// again.
  struct LeftOver {
    bool gone = false;
    std::optional<Displaced> edited;
  };
  [[nodiscard]] Result<LeftOver> look_at_left_over(const std::string& name, const Application& wanted);
  /// Names in the staging folder, in order. What a crash left half staged goes: it was never in anybody's place.
  [[nodiscard]] Result<std::vector<std::string>> left_overs();

  static constexpr std::string_view staging_folder = engine::staging_folder;
  /// Ends the name of what is being written there: only a whole text gets the name of an intent.
  static constexpr std::string_view unfinished = ".part";
  /// Nobody but the user reads what is staged.
  static constexpr std::uint32_t staged_mode = 0600;
  /// A new file, before the umask of nobody: as git makes them.
  static constexpr std::uint32_t new_file_mode = 0644;

 private:
  struct Text {
    Digest digest;
    std::shared_ptr<const std::string> bytes;
    sync::FileFacts facts;
  };

  [[nodiscard]] Applied swap(const Application& wanted);
  [[nodiscard]] Applied look_back(const Application& wanted, const std::string& name);
  [[nodiscard]] Applied come(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied go(const Application& wanted, const std::string& staged);
  [[nodiscard]] Applied change(const Application& wanted, const std::string& staged);
  [[nodiscard]] std::optional<Applied> objection(const Application& wanted, std::uint32_t& mode);
  [[nodiscard]] Status make_staging_folder();
  [[nodiscard]] Status stage(const std::string& staged, std::string_view bytes, std::uint32_t mode);
  [[nodiscard]] Status make_folders_above(const std::string& path);
  void remove_empty_folders_above(const std::string& path);
  [[nodiscard]] Applied stands(const Application& wanted);
  void look_at_what_came_out(const Application& wanted, const std::string& staged, Applied& applied);
  [[nodiscard]] Result<std::optional<Text>> text_at(const std::string& path);
  void changed(const std::string& path);

  host::WritableFileTree& tree_;
  CopyKeeper* copies_;
  std::set<std::string> unsynced_;  ///< folders
};

}  // namespace leanspec::bridge::disk
