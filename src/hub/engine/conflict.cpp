#include "hub/engine/conflict.h"

#include <utility>

#include "hub/engine/lineage.h"
#include "merge/compare.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::engine {

namespace {

class Look {
 public:
  Look(store::Session& session, const BranchPaths& paths, store::HeldVersion other)
      : session_(session), versions_(session.versions()), paths_(paths) {
    found_.other = std::move(other);
  }

  Result<OpenConflict> run() {
    const store::Version& other = found_.other.version;
    LEANSPEC_ASSIGN(found_.head, versions_.head(other.branch, other.document));
    LEANSPEC_TRY(find_base());
    find_path();
    LEANSPEC_TRY(read_texts());
    compare_texts();
    return std::move(found_);
  }

 private:
  const store::Version& other() const { return found_.other.version; }

  Status find_base() {
    if (!other().parent || !found_.head) return {};
    LEANSPEC_ASSIGN(auto parent, versions_.version(*other().parent));
    if (!parent || parent->branch != other().branch || parent->document != found_.head->document) return {};
    LEANSPEC_ASSIGN(auto common, common_version(versions_, *std::move(parent)));
    if (!common) return {};
    LEANSPEC_ASSIGN(found_.base, last_text(versions_, *std::move(common)));
    return {};
  }

  /// As the hub joins a rename with what happened elsewhere: the only rename, or of two the one that it heard of first.
  void find_path() {
    const bool other_moved = !found_.base || found_.base->path != other().path;
    const bool lives = found_.head && found_.head->digest;
    const bool head_moved = lives && found_.base && found_.base->path != found_.head->path;
    const bool of_other = other().digest && (!lives || (found_.base && other_moved && !head_moved));
    found_.path = of_other || !found_.head ? other().path : found_.head->path;
    const auto others = [&](const DocumentId& document) {
      return !found_.head ? document != other().document : document != found_.head->document;
    };
    if (auto occupant = paths_.occupant(found_.path, others)) found_.occupant = std::move(occupant->path);
  }

  Result<std::optional<std::string>> text_of(const std::optional<store::Version>& version) {
    if (!version || !version->digest || version->size > merge::document_bytes_max) return std::optional<std::string>();
    LEANSPEC_ASSIGN(auto text, session_.bodies().get(*version->digest));
    if (!text)
      return Error(ErrorCode::corrupt, "a text of this document is missing in the hub's database", version->path);
    return text;
  }

  Status read_texts() {
    LEANSPEC_ASSIGN(found_.base_text, text_of(found_.base));
    LEANSPEC_ASSIGN(found_.head_text, text_of(found_.head));
    LEANSPEC_ASSIGN(found_.other_text, text_of(other()));
    return {};
  }

  void compare_texts() {
    const bool head_lives = found_.head && found_.head->digest;
    if (head_lives && found_.head->digest == other().digest) {
      found_.state = found_.head->path == other().path ? ConflictState::same : ConflictState::merges;
      if (found_.head_text) found_.outcome.text = *found_.head_text;
      return;
    }
    if (!other().digest) {
      found_.state = head_lives ? ConflictState::deleted_other : ConflictState::same;
      return;
    }
    if (!head_lives) {
      found_.state = ConflictState::deleted_head;
      return;
    }
    if (!found_.head_text || !found_.other_text || (found_.base && !found_.base_text)) {
      found_.state = ConflictState::whole;
      merge::Conflict place;
      place.kind = merge::ConflictKind::document;
      place.why = "It is larger than what is merged, so one version must be chosen";
      found_.outcome.conflicts.push_back(std::move(place));
      return;
    }
    // As the hub does with a push (law 14).
    const auto later =
        other().effective_at < found_.head->effective_at ? merge::Side::ours : merge::Side::theirs;
    found_.outcome = found_.base_text
                         ? merge::merge_documents(*found_.base_text, *found_.head_text, *found_.other_text, later)
                         : merge::merge_without_base(*found_.head_text, *found_.other_text);
    const auto& places = found_.outcome.conflicts;
    if (places.empty()) {
      found_.state = ConflictState::merges;
    } else if (places.size() == 1 && places[0].kind == merge::ConflictKind::document) {
      found_.state = ConflictState::whole;
    }
  }

  store::Session& session_;
  store::VersionLog& versions_;
  const BranchPaths& paths_;
  OpenConflict found_;
};

}  // namespace

std::string_view to_string(ConflictState state) {
  switch (state) {
    case ConflictState::open:
      return "open";
    case ConflictState::merges:
      return "merges";
    case ConflictState::whole:
      return "whole";
    case ConflictState::deleted_head:
      return "deleted-head";
    case ConflictState::deleted_other:
      return "deleted-other";
    case ConflictState::same:
      return "same";
  }
  return {};
}

Result<OpenConflict> look_at(store::Session& session, const BranchPaths& paths, store::HeldVersion other) {
  return Look(session, paths, std::move(other)).run();
}

bool takes_both(const merge::Conflict& place) {
  return place.kind == merge::ConflictKind::text;
}

}  // namespace leanspec::hub::engine
