#pragma once

#include "vocabulary/ids.h"

namespace leanspec {

/// Which version of a hub's former life a text was, or went on from, when that hub came back from a backup that lacks
/// it (law 20). Two of one life tell which text went on from which: versions of a document are named in the order of
/// the feed's time.
struct FormerVersion {
  Epoch epoch;  ///< of that life
  VersionId version;
  bool edited = false;  ///< the text goes on from the version; otherwise it is the version's own
  friend bool operator==(const FormerVersion&, const FormerVersion&) = default;
};

}  // namespace leanspec
