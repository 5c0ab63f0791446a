#pragma once

#include <optional>
#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"

namespace leanspec::sync {

/// What of a feed entry goes into the rolling digest: where it stands and what it says, not who said it or when.
struct RolledEntry {
  Seq seq;
  DocumentId document;
  VersionId version;
  std::string_view path;
  std::optional<Digest> digest;  ///< nothing: deleted
};

/// The rolling digest of a branch after `entry`, given the one before it (all zero before the first): equal digests at
/// equal positions mean equal feeds up to there, so one comparison tells a client after a restore whether its past is
/// the hub's (law 20). SHA-256 over, in this order: `previous` (32 bytes); seq (8 bytes, big-endian); document (16);
/// version (16); length of the path in bytes (4, big-endian); the path; then 1 and the digest (32), or 0 for a
/// deletion. The hub rolls at each commit; a bridge rolls over the pages from which nothing was left out, and compares.
[[nodiscard]] Digest roll(const Digest& previous, const RolledEntry& entry);

}  // namespace leanspec::sync
