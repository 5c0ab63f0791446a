#pragma once

#include <optional>
#include <string>
#include <variant>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"

namespace leanspec::sync {

/// What the hub knows about one document state, as far as the rule needs it.
struct Known {
  DocumentId document;
  VersionId version;
  std::string path;
  std::optional<Digest> digest;  ///< nothing: a tombstone
};

/// A push as the rule sees it, with what the store says about its surroundings.
struct IntegrateRequest {
  DocumentId document;
  std::optional<VersionId> base;
  std::string path;
  std::optional<Digest> digest;       ///< nothing: delete
  std::optional<Known> head;          ///< of that document, tombstones too
  std::optional<Known> at_path;       ///< live document at the path, or the last tombstone there
  std::optional<Known> base_version;  ///< the version that `base` names, if the hub has it
  /// What both sides went on from: `base_version`, or its nearest ancestor that was a head itself or was merged into
  /// one. A text that was only set aside is in no head: taken for what both have, its own edits would be undone.
  std::optional<Known> common;
  /// `equal_version` is this very edit, sent before: merged into the head since, by the hub or by a person's decision,
  /// or still beside it.
  bool is_in_head = false;
  bool is_beside_head = false;
  /// The head has what went on from this text, which the hub has lost (law 20).
  bool is_superseded = false;
  std::optional<Known>
      equal_version;  ///< the newest version of the document (or of the one at the path) with these bytes
  /// The replica knows the head: it made it, or has acknowledged it. A file that it makes again after a deletion is
  /// then meant, and not a leftover of somebody who never heard of the deletion.
  bool knows_head = false;
};

/// Becomes the head of `document`, with `parent`.
struct Accept {
  DocumentId document;
  std::optional<VersionId> parent;
  bool revives = false;
  friend bool operator==(const Accept&, const Accept&) = default;
};
/// The head says the same already.
struct Unchanged {
  DocumentId document;
  std::optional<VersionId> head;
  friend bool operator==(const Unchanged&, const Unchanged&) = default;
};
/// The replica has an older version of the document: that is what it is based on (laws 7 and 20).
struct KnownVersion {
  DocumentId document;
  VersionId version;
  std::optional<VersionId> head;
  friend bool operator==(const KnownVersion&, const KnownVersion&) = default;
};
/// Both sides went on from one version, `base`. What is pushed is kept as a side version of `parent`, and a new head
/// joins it with the old one (law 3). Rules for what is not text: an edit or a rename lives on against a
/// deletion, and of two renames the one that the hub heard of first stands.
struct Merge {
  enum class Content {
    of_head,  ///< the push changed no text
    of_push,  ///< the head changed no text, or was deleted
    of_both,  ///< for the three-way merge of texts
  };
  DocumentId document;
  VersionId parent;
  VersionId base;
  VersionId head;
  std::string path;
  Content content = Content::of_both;
  friend bool operator==(const Merge&, const Merge&) = default;
};
/// Kept as a side version; the head stays. `why` is shown to people.
struct SetAside {
  DocumentId document;
  std::optional<VersionId> parent;
  std::string why;
  friend bool operator==(const SetAside&, const SetAside&) = default;
};

using Integration = std::variant<Accept, Unchanged, KnownVersion, Merge, SetAside>;

/// The hub's rule for one push, pure. `document` in the answer is the canonical one (law 4): a create at a live path
/// joins the document there, a create at a tombstone's path revives that document. A push whose base is the head, or
/// whose bytes and path are the head's, goes through; one that shares a version with the head is merged; everything
/// else is set aside. Whether the path of the result is free is the caller's to see, at the end of a group (law 5), and
/// so is whether the texts merge.
[[nodiscard]] Integration integrate(const IntegrateRequest& request);

}  // namespace leanspec::sync
