#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "bridge/engine/state.h"

namespace leanspec::bridge::engine {

/// A text that stood on disk as another branch's when this one was checked out (law 28).
struct Carried {
  DocumentId document;
  Digest digest;
  std::optional<VersionId> version;  ///< of the other branch; nothing: it is still on its way there
  std::string branch;                ///< that one
  bool elsewhere = false;            ///< another replica wrote it
};
/// The disk as the branch before was left. What was there came along, and what was not was taken away by nobody.
struct CarriedDisk {
  std::map<std::string, Carried> texts = {};        ///< by path; what the hub has of them, or is about to get
  std::optional<std::set<std::string>> files = {};  ///< the paths of all that stood there; nothing: not known
};

/// What is known of a folder as it goes to another branch.
struct LeftBranch {
  ReplicaState state;
  std::set<DocumentId> written_elsewhere;  ///< another replica wrote what is agreed on, or was carried over to it
};
/// `store`: of that state. Errors: corrupt, io.
[[nodiscard]] Result<LeftBranch> left_branch(ReplicaState state, StateStore& store);

[[nodiscard]] CarriedDisk carried_from(const LeftBranch& from, const std::string& branch);

/// The first state of a branch that this replica was never on: the disk as it was left, agreed on as far as the other
/// branch had agreed on it. Whether the hub knows the branch already is found out at the next welcome; until then it
/// has a seed. Nothing of the other branch's unsent work comes along: what of it still stands on the disk is an edit.
/// Who wrote what is agreed on does: what another replica wrote and git does not know, git takes away here as there.
[[nodiscard]] StateUpdate state_of_new_branch(const LeftBranch& from, const std::string& commit);

}  // namespace leanspec::bridge::engine
