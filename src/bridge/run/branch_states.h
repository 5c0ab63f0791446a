#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/disk/state_database.h"
#include "bridge/engine/branch_seed.h"
#include "bridge/engine/state.h"
#include "bridge/run/state_folder.h"

namespace leanspec::bridge::run {

/// What waits on a branch that is not checked out.
struct OtherBranch {
  std::string name;
  std::size_t pending = 0;
  std::size_t held = 0;
};

/// The state files of one folder: one for each branch that it was on, so that none can harm another. The first belongs
/// to the branch that was checked out when the folder was added; the others lie beside it in a folder of their own.
class BranchStates {
 public:
  BranchStates(const StateFolder& state, ReplicaId replica) : first_(state.replica_file(replica)) {}

  /// One that is there and can be read while it is not open.
  struct Known {
    std::string file;
    disk::StateFacts facts;
  };
  /// To be asked first, while none is open. What cannot be read is left to open(), which says so.
  [[nodiscard]] std::vector<Known> look();
  /// Where the branch's state is or is to be. "": of a folder without git.
  [[nodiscard]] std::string file_of(const std::string& branch) const;
  [[nodiscard]] const std::string& first() const { return first_; }

  /// The branch whose texts stood on the disk when the folder was last looked at, other than `now`; nothing if it was
  /// `now`, or nobody knows.
  [[nodiscard]] static std::optional<Known> left(const std::vector<Known>& all, const std::string& now);

  /// Opens the branch's state as the one that has the disk. One that is new is begun from what was left. A damaged one
  /// is put aside, with a notice.
  [[nodiscard]] Result<disk::OpenedState> open(const std::string& branch, const engine::LeftBranch* left,
                                               const std::string& commit, Instant now);

  /// More branches than anyone works on at a time. Beyond it the state that was not used for longest goes, if nothing
  /// waits in it; on that branch the folder then joins anew, which loses nothing (law 7).
  static constexpr std::size_t branches_max = 64;

 private:
  [[nodiscard]] std::string folder() const;
  void make_room() const;

  std::string first_;
  std::optional<std::string> first_branch_;  ///< nothing: it belongs to whichever comes first
};

}  // namespace leanspec::bridge::run
