#include "hub/engine/merge_undo.h"

#include <utility>

#include "hub/engine/lineage.h"
#include "hub/engine/text_merge.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::engine {

namespace {

Result<std::optional<std::string>> text_of(store::Session& session, const store::Version& version) {
  if (!version.digest || version.size > merge::document_bytes_max) return std::optional<std::string>();
  return session.bodies().get(*version.digest);
}

MergeUndo not_undone(std::string why, std::optional<store::Version> head) {
  MergeUndo undo;
  undo.why_not = std::move(why);
  undo.head = std::move(head);
  return undo;
}

}  // namespace

bool is_automatic_merge(const store::Version& version) {
  return version.second_parent.has_value() && version.machine.has_value() && !version.replica;
}

Result<std::optional<merge::Outcome>> look_at_merge(store::Session& session, const store::Version& merged) {
  auto& versions = session.versions();
  const auto nothing = std::optional<merge::Outcome>();
  if (!merged.parent || !merged.second_parent) return nothing;
  LEANSPEC_ASSIGN(const auto head, versions.version(*merged.parent));
  LEANSPEC_ASSIGN(const auto side, versions.version(*merged.second_parent));
  if (!head || !side || !side->parent) return nothing;
  LEANSPEC_ASSIGN(auto parent, versions.version(*side->parent));
  if (!parent) return nothing;
  LEANSPEC_ASSIGN(auto common, common_version(versions, *std::move(parent)));
  if (!common) return nothing;
  LEANSPEC_ASSIGN(const auto base, last_text(versions, *std::move(common)));
  if (!base) return nothing;
  LEANSPEC_ASSIGN(const auto base_text, text_of(session, *base));
  LEANSPEC_ASSIGN(const auto head_text, text_of(session, *head));
  LEANSPEC_ASSIGN(const auto side_text, text_of(session, *side));
  if (!base_text || !head_text || !side_text) return nothing;
  const auto later = side->effective_at < head->effective_at ? merge::Side::ours : merge::Side::theirs;
  return std::optional(merge::merge_documents(*base_text, *head_text, *side_text, later));
}

Result<MergeUndo> undo_merge(store::Session& session, const store::Version& merged, Keep keep) {
  auto& versions = session.versions();
  LEANSPEC_ASSIGN(auto head, versions.head(merged.branch, merged.document));
  const auto& kept_id = keep == Keep::first ? merged.parent : merged.second_parent;
  std::optional<store::Version> kept;
  if (kept_id) {
    LEANSPEC_ASSIGN(kept, versions.version(*kept_id));
  }
  if (!head || !kept) return not_undone("the versions of this merge are not in the history", std::move(head));
  const bool untouched = head->id == merged.id;
  if (!head->digest && !untouched)
    return not_undone("the document has been deleted since; bring back the version that you want", std::move(head));

  HubEdit edit;
  edit.branch = merged.branch;
  edit.document = head->document;
  edit.expected = head->id;
  edit.path = head->path == merged.path ? kept->path : head->path;
  if (untouched || head->digest == merged.digest) {
    if (kept->digest) {
      LEANSPEC_ASSIGN(edit.text, session.bodies().get(*kept->digest));
      if (!edit.text)
        return Error(ErrorCode::corrupt, "a text of this document is missing in the hub's database", kept->path);
    }
    MergeUndo undo;
    undo.edit = std::move(edit);
    undo.head = std::move(head);
    return undo;
  }
  if (!kept->digest)
    return not_undone("the document has been edited since; delete it, if that is meant", std::move(head));

  LEANSPEC_ASSIGN(const auto merged_text, text_of(session, merged));
  LEANSPEC_ASSIGN(const auto head_text, text_of(session, *head));
  LEANSPEC_ASSIGN(const auto kept_text, text_of(session, *kept));
  if (!merged_text || !head_text || !kept_text)
    return not_undone("the document has been edited since, and is too large to be merged; bring back a version as a whole",
                      std::move(head));
  // The person who undoes it writes now, so single fields go by the kept version.
  auto outcome = merge::merge_documents(*merged_text, *head_text, *kept_text, merge::Side::theirs);
  MergeUndo undo;
  undo.head = std::move(head);
  if (outcome.clean()) {
    edit.text = std::move(outcome.text);
    undo.edit = std::move(edit);
    return undo;
  }
  undo.why_not = sentence(outcome.conflicts);
  undo.places = std::move(outcome.conflicts);
  return undo;
}

}  // namespace leanspec::hub::engine
