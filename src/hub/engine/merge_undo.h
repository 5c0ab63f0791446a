#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/engine/hub_edit.h"
#include "merge/outcome.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// Whether the hub joined two texts by itself: a person's decision comes from no machine.
[[nodiscard]] bool is_automatic_merge(const store::Version& version);

/// What an automatic merge decided, found out again: a merge depends on its texts alone. Nothing: it was not of two
/// texts, or one is too large. Errors: the store's.
[[nodiscard]] Result<std::optional<merge::Outcome>> look_at_merge(store::Session& session, const store::Version& merged);

enum class Keep { first, second };  ///< the head of that time, or the side version that was joined to it

/// How a merge is taken back.
struct MergeUndo {
  std::optional<HubEdit> edit;          ///< makes it undone
  std::vector<merge::Conflict> places;  ///< edited since where the merge had changed something; ours is the head
  std::string why_not;                  ///< without an edit: for people
  std::optional<store::Version> head;
};

/// Takes what the version not kept had brought out of the present head: a three-way merge whose base is the merged
/// text, ours the head and theirs the kept version. Edits made since stay. `merged` has a second parent. The edit is
/// still to be given its project and user. Errors: the store's.
[[nodiscard]] Result<MergeUndo> undo_merge(store::Session& session, const store::Version& merged, Keep keep);

}  // namespace leanspec::hub::engine
