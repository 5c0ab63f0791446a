#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"

namespace leanspec::sync {

/// One document in one tree. `version` is nothing only in a local tree (the disk knows no versions).
struct Node {
  std::string path;  ///< relative to the specs root, '/' separated, as the hub spells it
  Digest digest;
  std::uint64_t size = 0;
  std::optional<VersionId> version;

  friend bool operator==(const Node&, const Node&) = default;
};

/// The live documents of one branch in one place: what is on disk (*local*), what this replica last agreed on with the hub
/// (*synced*), what the hub last said (*remote*). Ordered, so that every plan made from it is deterministic.
using Tree = std::map<DocumentId, Node>;

/// A text that the hub has set aside (or this replica was told to hold): nothing is sent for the document while the disk still
/// has exactly this (law 17).
struct Hold {
  std::optional<Digest> digest;  ///< of what is on disk; nothing: the absence of the file is held
  std::string path;
  std::string why;

  friend bool operator==(const Hold&, const Hold&) = default;
};
using Holds = std::map<DocumentId, Hold>;

}  // namespace leanspec::sync
