#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "vocabulary/strong.h"
#include "vocabulary/uuid.h"

namespace leanspec {

/// A project's permanent name in URLs and on the wire: a slug of its first name, made unique. Its shown name may change.
using ProjectId = Strong<std::string, struct ProjectIdTag>;
/// A branch row of the hub. On the wire and in the API a branch goes by its name within the project.
using BranchId = Strong<std::int64_t, struct BranchIdTag>;
/// A document; its path is an attribute. Made (UUIDv7) by whoever first saw the file.
using DocumentId = Strong<Uuid, struct DocumentIdTag>;
/// One immutable version of one document. Made (UUIDv7) by the hub; unique across restores, so an unknown one is just unknown.
using VersionId = Strong<Uuid, struct VersionIdTag>;
/// One edit as the bridge sent it; the same id twice is one push (law 2).
using ChangeId = Strong<Uuid, struct ChangeIdTag>;
/// Changes that are committed and applied as one (a folder rename, a git switch).
using GroupId = Strong<Uuid, struct GroupIdTag>;
using MachineId = Strong<Uuid, struct MachineIdTag>;
/// (machine, root folder): the unit that has trees, a cursor and change ids (law 1).
using ReplicaId = Strong<Uuid, struct ReplicaIdTag>;
using UserId = Strong<std::int64_t, struct UserIdTag>;
using KeyId = Strong<std::int64_t, struct KeyIdTag>;

/// Position in a branch's feed: 1 is the first change; 0 is before it. Gap-free and in commit order within an epoch.
using Seq = Strong<std::uint64_t, struct SeqTag>;
/// One life of a hub database. A restore from backup begins another, so that old positions are recognised as such (law 20).
using Epoch = Strong<Uuid, struct EpochTag>;

[[nodiscard]] constexpr Seq next(Seq seq) { return Seq{seq.value() + 1}; }

/// A client's place in a branch's feed.
struct Cursor {
  Epoch epoch;
  Seq seq;

  friend auto operator<=>(const Cursor&, const Cursor&) = default;
};

}  // namespace leanspec
