#include "hub/engine/hub_edit.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "sync/path_policy.h"

namespace leanspec::hub::engine {

namespace {

HubEditDone refused(std::string why, std::optional<store::Version> head) {
  return {HubEditOutcome::refused, std::move(head), std::move(why)};
}

/// Why the edit cannot be made whatever its document is.
std::optional<std::string> obstacle(const HubEdit& edit, const BranchPaths& paths, const SequencerLimits& limits) {
  if (!edit.text) return std::nullopt;
  if (const auto allowed = sync::check_path(edit.path); !allowed) return allowed.error().sentence();
  if (edit.text->size() > limits.document_bytes_max) return "the text is larger than 64 MiB";
  const auto others = [&](const DocumentId& document) { return document != edit.document; };
  if (paths.path_of(edit.document) != edit.path) {
    if (const auto occupant = paths.occupant(edit.path, others))
      return "another document stands at " + occupant->path + "; choose another place";
  }
  if (!paths.path_of(edit.document) && paths.documents() >= limits.documents_max)
    return "the project holds " + std::to_string(limits.documents_max) + " documents, the most that it can";
  return std::nullopt;
}

/// The side version is one of this document that nobody has decided yet.
Result<bool> is_open(const HubEdit& edit, store::VersionLog& versions) {
  LEANSPEC_ASSIGN(const auto held, versions.held(edit.branch));
  return std::any_of(held.begin(), held.end(), [&](const store::HeldVersion& one) {
    return one.version.id == *edit.decides && one.version.document == edit.document;
  });
}

}  // namespace

Result<HubEditDone> write_edit(const HubEdit& edit, store::Session& session, const BranchPaths& paths,
                               const NewId& new_id, const SequencerLimits& limits, Instant now) {
  auto& versions = session.versions();
  LEANSPEC_ASSIGN(auto head, versions.head(edit.branch, edit.document));
  if ((head ? std::optional(head->id) : std::nullopt) != edit.expected)
    return HubEditDone{HubEditOutcome::stale, std::move(head), "the document has changed since it was looked at"};
  if (edit.decides) {
    LEANSPEC_ASSIGN(const bool open, is_open(edit, versions));
    if (!open) return HubEditDone{HubEditOutcome::stale, std::move(head), "this conflict has been decided already"};
  }
  // A document that never came to stand here is deleted by deciding so: its machine hears of it like of any deletion.
  if (!head && !edit.text && !edit.decides) return refused("there is no such document", std::nullopt);
  if (auto why = obstacle(edit, paths, limits)) return refused(*std::move(why), std::move(head));

  const auto digest = edit.text ? std::optional(digest::sha256(*edit.text)) : std::nullopt;
  const bool same = head && head->digest == digest && (!digest || head->path == edit.path);
  if (same && !edit.decides) return HubEditDone{HubEditOutcome::unchanged, std::move(head), {}};

  store::Version version;
  version.id = VersionId{new_id(now)};
  version.branch = edit.branch;
  version.document = head ? head->document : edit.document;
  if (head) version.parent = head->id;
  version.second_parent = edit.decides;
  // A tombstone lies where the document stood.
  version.path = edit.text || !head ? edit.path : head->path;
  version.digest = digest;
  version.size = edit.text ? edit.text->size() : 0;
  version.user = edit.user;
  version.accepted_at = now;
  version.effective_at = now;
  if (edit.text) LEANSPEC_TRY(session.bodies().put(*digest, *edit.text));
  LEANSPEC_ASSIGN(auto made, versions.append(std::move(version)));
  if (edit.decides) LEANSPEC_TRY(versions.release_held(*edit.decides));
  return HubEditDone{HubEditOutcome::made, std::move(made), {}};
}

}  // namespace leanspec::hub::engine
