#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/engine/status.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::run {

struct MachineIdentity {
  MachineId id;
  std::string name;
  bool renamed = false;  ///< a person chose the name here, and the hub has not heard of it
};

struct HubSettings {
  std::string url;       ///< "" before the first login
  std::string key_file;  ///< absolute
  std::string ca_file;   ///< "": the system's roots only
};

/// One folder that is synced: the replica of law 1.
struct FolderSettings {
  ReplicaId replica;
  std::string root;     ///< absolute, links resolved
  std::string project;  ///< id, or a name until the hub first answered
  std::string branch;   ///< "": the folder's only one
  engine::SyncMode mode = engine::SyncMode::push;
  bool create_project = false;
};

/// The bridge's own folder ($XDG_STATE_HOME/leanspec-bridge), private to its user:
///
///     machine        who we are; made once
///     hub  hub.key   where the hub is and the key for it
///     folders        what is synced
///     replicas/      one SQLite file per folder
///     copies/        and one with what was replaced or removed there in the last 30 days
///     control.sock   while a daemon runs; `lock` is held by it
///
/// Each file is replaced as a whole. One process at a time changes them: whoever holds `lock`.
class StateFolder {
 public:
  /// Makes what is missing. Errors: forbidden if others can look into it, io.
  /// `machine_id_file`: what tells this system from others; where there is none, nothing is told apart.
  [[nodiscard]] static Result<StateFolder> open(std::string path, const std::string& machine_id_file = "/etc/machine-id");
  /// $XDG_STATE_HOME/leanspec-bridge or ~/.local/state/leanspec-bridge. Error: not_found if there is no home.
  [[nodiscard]] static Result<std::string> default_path();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string control_socket() const { return path_ + "/control.sock"; }
  [[nodiscard]] std::string lock_file() const { return path_ + "/lock"; }
  [[nodiscard]] std::string key_file() const { return path_ + "/hub.key"; }
  [[nodiscard]] std::string replica_file(ReplicaId replica) const {
    return path_ + "/replicas/" + to_string(replica.value()) + ".db";
  }
  [[nodiscard]] std::string copies_file(ReplicaId replica) const {
    return path_ + "/copies/" + to_string(replica.value()) + ".db";
  }

  /// Made at the first call; `name_if_new` empty: the host's name. A state folder that was made on another system and
  /// copied here gets an identity of its own, and so does each of its folders (G11): they join the hub like new ones,
  /// which deletes nothing.
  [[nodiscard]] Result<MachineIdentity> machine(host::Entropy& entropy, Instant now,
                                                const std::string& name_if_new) const;
  [[nodiscard]] Status save_machine(const MachineIdentity& machine) const;

  [[nodiscard]] Result<HubSettings> hub() const;
  [[nodiscard]] Status save_hub(const HubSettings& hub) const;

  [[nodiscard]] Result<std::vector<FolderSettings>> folders() const;
  [[nodiscard]] Status save_folders(const std::vector<FolderSettings>& folders) const;

 private:
  StateFolder(std::string path, std::string system) : path_(std::move(path)), system_(std::move(system)) {}
  [[nodiscard]] Result<MachineIdentity> begin_anew(host::Entropy& entropy, Instant now,
                                                   const std::string& name_if_new) const;
  std::string path_;
  std::string system_;  ///< a digest that tells it from others; "" unknown
};

/// The key in `file`: its first line. Errors: invalid (empty, or no key), not_found, and, where `must_be_private`,
/// forbidden if others can read it. The bridge's own copy must be; a file that someone hands us (a mounted secret) is
/// theirs to protect.
[[nodiscard]] Result<std::string> read_key(const std::string& file, bool must_be_private);

/// A folder is refused that holds, or lies in, or is, one of `folders`: a file would belong to two replicas.
[[nodiscard]] Status check_new_root(const std::vector<FolderSettings>& folders, const std::string& root);

/// More folders than anyone has; keeps one daemon's memory bounded.
constexpr std::size_t folders_max = 256;

}  // namespace leanspec::bridge::run
