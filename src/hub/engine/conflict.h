#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/branch_paths.h"
#include "merge/outcome.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// How the two sides of a conflict stand to each other now. The head may have moved since it began.
enum class ConflictState {
  open,           ///< two texts, with places that people must decide
  merges,         ///< two texts that merge by now
  whole,          ///< no texts, or too large: one of the two
  deleted_head,   ///< the document is deleted at the hub, or never came to stand there
  deleted_other,  ///< the other side deleted it
  same,           ///< both say the same
};
[[nodiscard]] std::string_view to_string(ConflictState state);

/// A side version that nobody has decided, with all that a person needs to decide it (law 17): what both went on from,
/// what is there now, and where they differ. Ours is the head, theirs the other.
struct OpenConflict {
  store::HeldVersion other;
  std::optional<store::Version> head;  ///< a tombstone too; nothing: the document never had one
  std::optional<store::Version> base;  ///< nothing: they go on from nothing common (law 7)
  ConflictState state = ConflictState::open;
  std::string path;                     ///< where the document stands when both are joined
  std::optional<std::string> occupant;  ///< another document that stands there
  // Bytes, of those no larger than what is merged.
  std::optional<std::string> base_text;
  std::optional<std::string> head_text;
  std::optional<std::string> other_text;
  merge::Outcome outcome;  ///< of open and merges; of whole one conflict without texts
};

/// Merges the two sides as they are now, in memory: takes as long as a merge. `paths`: of the branch at this moment.
/// Errors: the store's.
[[nodiscard]] Result<OpenConflict> look_at(store::Session& session, const BranchPaths& paths, store::HeldVersion other);

/// Whether one side's lines can stand behind the other's. A field that is there twice is no frontmatter any more.
[[nodiscard]] bool takes_both(const merge::Conflict& place);

}  // namespace leanspec::hub::engine
