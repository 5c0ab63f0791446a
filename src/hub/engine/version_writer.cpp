#include "hub/engine/version_writer.h"

#include <algorithm>
#include <string>
#include <variant>

namespace leanspec::hub::engine {

namespace {

/// So that who reads the answer late can tell whether it is older than what they have read of the feed.
Seq seq_of_head(const MemberPlan& member, const DocumentId& document) {
  return member.head && member.head->document == document ? member.head->seq : Seq{};
}

}  // namespace

Result<wire::PushResult> VersionWriter::write(const MemberPlan& member) {
  wire::PushResult result;
  result.change = member.push->change;
  if (const auto* plan = std::get_if<sync::Accept>(&member.integration)) {
    LEANSPEC_TRY(accept(member, *plan, result));
  } else if (const auto* unchanged = std::get_if<sync::Unchanged>(&member.integration)) {
    LEANSPEC_TRY(settle_held(unchanged->document));
    result.outcome = wire::PushOutcome::unchanged;
    result.document = unchanged->document;
    result.head_version = unchanged->head;
    result.seq = seq_of_head(member, unchanged->document);
  } else if (const auto* older = std::get_if<sync::KnownVersion>(&member.integration)) {
    result.outcome = wire::PushOutcome::known;
    result.document = older->document;
    result.head_version = older->head;
    result.known_version = older->version;
    result.seq = seq_of_head(member, older->document);
  } else if (const auto* both = std::get_if<sync::Merge>(&member.integration)) {
    LEANSPEC_TRY(merge(member, *both, result));
  } else {
    LEANSPEC_TRY(set_aside(member, std::get<sync::SetAside>(member.integration), result));
  }
  if (member.needs_alias) {
    LEANSPEC_TRY(versions_.add_alias(job_.origin.branch, member.push->document, result.document));
  }
  return result;
}

Status VersionWriter::accept(const MemberPlan& member, const sync::Accept& plan, wire::PushResult& result) {
  LEANSPEC_TRY(put_body(*member.push, member.body, session_.bodies()));
  auto version = pushed_version(member);
  version.document = plan.document;
  version.parent = plan.parent;
  LEANSPEC_ASSIGN(auto appended, versions_.append(std::move(version)));
  LEANSPEC_TRY(note_former(member, appended));
  LEANSPEC_TRY(settle_held(plan.document));
  result.outcome = wire::PushOutcome::accepted;
  result.document = plan.document;
  result.head_version = appended.id;
  result.seq = appended.seq;
  if (!appended.digest && !member.push->approval) ++trace_.unapproved_deletions;
  trace_.appended.push_back(std::move(appended));
  return {};
}

/// Law 3. To the replica the pushed text is a version that the hub has; the head comes to it through the feed.
Status VersionWriter::merge(const MemberPlan& member, const sync::Merge& plan, wire::PushResult& result) {
  LEANSPEC_TRY(put_body(*member.push, member.body, session_.bodies()));
  LEANSPEC_ASSIGN(const auto side, keep_aside(member, plan.document, plan.parent));
  LEANSPEC_ASSIGN(auto merged, merged_version(member, plan, side));
  LEANSPEC_ASSIGN(auto appended, versions_.append(std::move(merged)));
  LEANSPEC_TRY(settle_held(plan.document));
  result.outcome = wire::PushOutcome::known;
  result.document = plan.document;
  result.known_version = side.id;
  result.head_version = appended.id;
  result.seq = appended.seq;
  trace_.appended.push_back(std::move(appended));
  return {};
}

Status VersionWriter::set_aside(const MemberPlan& member, const sync::SetAside& plan, wire::PushResult& result) {
  LEANSPEC_TRY(put_body(*member.push, member.body, session_.bodies()));
  // A further edit takes the place of this replica's earlier one in what is shown; the earlier text stays in the
  // history.
  LEANSPEC_TRY(settle_held(plan.document));
  LEANSPEC_ASSIGN(auto side, keep_aside(member, plan.document, plan.parent));
  LEANSPEC_TRY(versions_.hold(side.id, plan.why));
  result.outcome = wire::PushOutcome::held;
  result.document = plan.document;
  result.side_version = side.id;
  if (member.head && member.head->document == plan.document) result.head_version = member.head->id;
  result.why = plan.why;
  trace_.sides.push_back(std::move(side));
  return {};
}

Status VersionWriter::settle_held(const DocumentId& document) {
  const auto held = paths_.held.find({document, job_.origin.replica});
  if (held == paths_.held.end()) return {};
  for (const auto& side : held->second) {
    // A person may have dealt with it meanwhile.
    if (auto status = versions_.release_held(side); !status && status.error().code != ErrorCode::not_found)
      return status;
  }
  trace_.settled.emplace_back(document, job_.origin.replica);
  return {};
}

store::Version VersionWriter::pushed_version(const MemberPlan& member) const {
  const auto& push = *member.push;
  store::Version version;
  version.id = VersionId{new_id_(trace_.accepted_at)};
  version.branch = job_.origin.branch;
  version.path = member.path;
  version.digest = push.digest;
  version.size = push.digest ? push.size : 0;
  version.machine = job_.origin.machine;
  version.replica = job_.origin.replica;
  version.user = job_.origin.user;
  version.change = push.change;
  version.group = push.group;
  version.commit = push.commit;
  version.accepted_at = trace_.accepted_at;
  version.effective_at = member.effective_at;
  return version;
}

/// An edit that was offered before, and is again because the head moved, is the version that it was.
Result<store::Version> VersionWriter::keep_aside(const MemberPlan& member, const DocumentId& document,
                                                 const std::optional<VersionId>& parent) {
  if (member.same_edit) return *member.same_edit;
  auto side = pushed_version(member);
  side.kind = store::VersionKind::side;
  side.document = document;
  side.parent = parent;
  LEANSPEC_TRY(versions_.add_side(side));
  LEANSPEC_TRY(note_former(member, side));
  return side;
}

/// Of what came under another name (law 4) the former life's version is one of another document.
Status VersionWriter::note_former(const MemberPlan& member, const store::Version& version) {
  if (!member.push->former || version.document != member.push->document) return {};
  return versions_.note_former(version.id, *member.push->former);
}

/// Made by the hub: it names no replica and no change, or the replica would take it for the text that it pushed.
Result<store::Version> VersionWriter::merged_version(const MemberPlan& member, const sync::Merge& plan,
                                                     const store::Version& side) {
  store::Version version = side;
  version.id = VersionId{new_id_(trace_.accepted_at)};
  version.kind = store::VersionKind::head;
  version.parent = plan.head;
  version.second_parent = side.id;
  version.path = plan.path;
  version.replica.reset();
  version.change.reset();
  version.group = member.push->group;
  version.accepted_at = trace_.accepted_at;
  version.effective_at = std::max(side.effective_at, member.head->effective_at);
  switch (plan.content) {
    case sync::Merge::Content::of_push:
      break;
    case sync::Merge::Content::of_head:
      version.digest = member.head->digest;
      version.size = member.head->size;
      break;
    case sync::Merge::Content::of_both:
      LEANSPEC_TRY(session_.bodies().put(member.merged->digest, *member.merged->text));
      version.digest = member.merged->digest;
      version.size = member.merged->text->size();
      break;
  }
  return version;
}

}  // namespace leanspec::hub::engine
