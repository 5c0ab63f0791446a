#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/tree.h"

namespace leanspec::sync {

/// Send a document's local state to the hub. Precondition: the disk still has `digest` at `path`.
struct PushOperation {
  DocumentId document;
  std::optional<VersionId> base;  ///< synced version; nothing: the hub never told us of this document
  std::string path;
  std::optional<Digest> digest;  ///< nothing: delete
  bool moved_only = false;       ///< the bytes are those of the base
  friend bool operator==(const PushOperation&, const PushOperation&) = default;
};

/// Bring a document's remote state to the disk. Precondition: the disk has `expected` at `from` (nothing: no such
/// file).
struct ApplyOperation {
  DocumentId document;
  VersionId version;
  std::optional<std::string> from;  ///< where it is now; nothing: not on disk
  std::optional<Digest> expected;
  std::optional<std::string> to;  ///< where it belongs; nothing: remote delete
  std::optional<Digest> digest;
  friend bool operator==(const ApplyOperation&, const ApplyOperation&) = default;
};

/// Disk and hub already agree: only `synced` moves. No version: both sides deleted it.
struct AdoptOperation {
  DocumentId document;
  std::optional<VersionId> version;
  friend bool operator==(const AdoptOperation&, const AdoptOperation&) = default;
};

struct HeldOperation {
  DocumentId document;
  std::string path;
  std::string why;
  friend bool operator==(const HeldOperation&, const HeldOperation&) = default;
};

struct Plan {
  std::vector<AdoptOperation> adopt;
  std::vector<PushOperation> push;
  std::vector<ApplyOperation> apply;
  std::vector<HeldOperation> held;

  [[nodiscard]] bool empty() const { return adopt.empty() && push.empty() && apply.empty(); }
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// What must happen so that disk and hub agree, from the three trees alone: no I/O, clock or chance (after Dropbox's
/// Nucleus planner and Mutagen's reconcile). Path and content are compared separately, so an edit here and a rename
/// there go together. `local` has been identified already: its document ids are the ones that `synced` and `remote` use
/// (identify.h).
///
///   local = synced, remote = synced   nothing
///   local ≠ synced, remote = synced   push
///   local = synced, remote ≠ synced   apply
///   local = remote                    adopt
///   all three differ                  push with the synced base: the hub decides (accept, merge or hold)
///   deleted here, changed there       apply (the edit lives); changed here, deleted there: push (the edit lives)
///   deleted here, made anew there     apply: the same text as a new version is somebody's word that it is to stay
///
/// Laws (property tests): pure; idempotent once its operations succeeded; if local = synced the disk ends at remote, if
/// remote = synced the hub ends at local (I10); independent of the order in which operations succeed.
[[nodiscard]] Plan reconcile(const Tree& local, const Tree& synced, const Tree& remote, const Holds& holds);

/// The same for one document, appended to `plan`: documents do not depend on each other, so after a change only the
/// documents that it touched need planning. Null: not in that tree, no hold.
void reconcile_document(const DocumentId& document, const Node* local, const Node* synced, const Node* remote,
                        const Hold* hold, Plan& plan);

}  // namespace leanspec::sync
