#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "merge/outcome.h"
#include "vocabulary/digest.h"
#include "vocabulary/time.h"

namespace leanspec::hub::engine {

/// Which merge: the texts by their digests, and whose write is the later one (law 14). The merge sees nothing else, so
/// one that was made for a key is right for ever; the hub's clock only shortens derived times.
struct MergeKey {
  Digest base;
  Digest head;
  Digest pushed;
  merge::Side later = merge::Side::theirs;  ///< ours is the head, theirs what was pushed
  friend auto operator<=>(const MergeKey&, const MergeKey&) = default;
};

/// A merge that a push waits for, with its texts.
struct MergeWork {
  MergeKey key;
  std::string base;
  std::string head;
  std::string pushed;
  Instant now;  ///< hub time: derived times do not lie after it (law 15)
};

struct MergedText {
  MergeKey key;
  std::optional<std::string> text;  ///< nothing: people must decide
  Digest digest;                    ///< of `text`
  std::string why_not;              ///< one sentence for people
};

/// Takes milliseconds for specs, and at the merge's own bounds some tenths of a second: not to be done inside a
/// transaction that others wait for (law 18). Pure; any thread.
[[nodiscard]] MergedText merge_texts(const MergeWork& work);

/// The field, or the lines of ours, in words for people: "the frontmatter", "lines 4 to 7".
[[nodiscard]] std::string place_name(const merge::Conflict& place);

/// What stands in the way of a merge, named by field and line.
[[nodiscard]] std::string sentence(const std::vector<merge::Conflict>& conflicts);

}  // namespace leanspec::hub::engine
