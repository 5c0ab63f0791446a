#pragma once

#include <string>

#include "bridge/control/status_text.h"
#include "bridge/run/state_folder.h"

namespace leanspec::bridge::run {

/// The bridge while no daemon runs: its files, changed and read by the commands themselves. Each call holds the state
/// folder's lock, so that a daemon that starts meanwhile waits. Error of all: conflict, if one holds the lock already.
/// Nothing is repaired here: a damaged state is put aside by the daemon, which says so where people look.
class StoppedBridge {
 public:
  explicit StoppedBridge(const StateFolder& state) : state_(state) {}

  /// Errors: as check_new_root.
  [[nodiscard]] Status add(FolderSettings folder) const;
  [[nodiscard]] Status remove(const std::string& root) const;
  /// Of one folder, or of all if `root` is empty; the next daemon finds them so. Errors: not_found if none is meant;
  /// corrupt if its state database is damaged.
  [[nodiscard]] Status set_paused(const std::string& root, bool paused) const;
  /// `name` has been checked.
  [[nodiscard]] Status rename(const std::string& name) const;
  /// What the files say.
  [[nodiscard]] Result<control::BridgeStatus> status() const;

 private:
  [[nodiscard]] control::FolderStatus folder_status(const FolderSettings& folder) const;

  const StateFolder& state_;
};

}  // namespace leanspec::bridge::run
