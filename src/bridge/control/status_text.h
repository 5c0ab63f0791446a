#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/control/json_writer.h"
#include "bridge/engine/status.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::control {

/// What waits on a branch that is not checked out.
struct WaitingBranch {
  std::string name;
  std::size_t pending = 0;  ///< changes that the hub has not answered
  std::size_t held = 0;
};

/// What is known of one folder, running or not.
struct FolderStatus {
  std::string root;
  std::string project;                           ///< as it was added
  std::optional<engine::ReplicaStatus> replica;  ///< nothing: it could not be started, `problem` says why
  std::string problem;
  std::string remedy;
  std::string connection;         ///< why there is none, "" while there is one
  std::string connection_remedy;  ///< what to do about that, where something is to do
  std::vector<WaitingBranch> others = {};
  std::vector<std::string> warnings;  ///< of the watcher and the state database
};

struct BridgeStatus {
  std::string version;
  std::string machine_id;
  std::string machine_name;
  std::string hub_url;  ///< "" before the first login
  bool running = false;
  std::vector<FolderStatus> folders;
};

/// For people; ends with a newline. `colour`: for a terminal.
[[nodiscard]] std::string status_text(const BridgeStatus& status, Instant now, bool colour);
/// One JSON object on one line, camelCase.
[[nodiscard]] std::string status_json(const BridgeStatus& status);

[[nodiscard]] std::string explanation_text(const engine::FileExplanation& explanation);
[[nodiscard]] std::string explanation_json(const engine::FileExplanation& explanation);

/// True if a person has to do something: the exit code of `status` says so.
[[nodiscard]] bool needs_attention(const BridgeStatus& status);

}  // namespace leanspec::bridge::control
