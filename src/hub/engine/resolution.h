#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/conflict.h"
#include "hub/engine/hub_edit.h"

namespace leanspec::hub::engine {

/// What a person decides a conflict to be.
enum class Take {
  head,    ///< as it is; the other text stays in the history
  other,   ///< the other text, or its deletion
  both,    ///< at each place the head's lines and then the other's; without a common version as `beside`
  beside,  ///< the head as it is, and the other text in a file of its own beside it
  merged,  ///< the merge, which has become clean since
  places,  ///< place by place
  text,    ///< a text of the person's own
};
[[nodiscard]] std::string_view to_string(Take take);
[[nodiscard]] std::optional<Take> parse_take(std::string_view text);

/// The ways out of this conflict, in the order in which they are offered.
[[nodiscard]] std::vector<Take> takes_of(const OpenConflict& conflict);

struct PlaceChoice {
  std::size_t index = 0;  ///< of OpenConflict::outcome.conflicts
  merge::Choice choice;
};

struct Resolution {
  Take take = Take::head;
  std::string text;
  std::vector<PlaceChoice> places;  ///< one for each place
  std::optional<std::string> path;  ///< another place for the document than the conflict's
};

/// Who decides, and where.
struct Decision {
  ProjectId project;
  std::optional<UserId> user;
  std::string machine;     ///< name of the machine that the other text comes from
  DocumentId new_document; ///< for a file beside
};

/// The edits that carry the resolution out, in this order; the last one decides. Bytes that are too large to be looked
/// at are read here. Errors: invalid, with the field that is wrong as its subject, in words for people; the store's.
[[nodiscard]] Result<std::vector<HubEdit>> edits_of(store::Session& session, const BranchPaths& paths,
                                                    const OpenConflict& conflict, const Resolution& resolution,
                                                    const Decision& decision);

/// `082-web/README.md` of the machine "Ada's laptop": `082-web/README.ada-s-laptop.md`.
[[nodiscard]] std::string path_beside(std::string_view path, std::string_view machine, std::size_t attempt);

}  // namespace leanspec::hub::engine
