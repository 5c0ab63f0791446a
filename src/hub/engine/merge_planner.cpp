#include "hub/engine/merge_planner.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "hub/engine/lineage.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::engine {

Status MergePlanner::merge(MemberPlan& member, const store::Version& common) {
  const auto& plan = std::get<sync::Merge>(member.integration);
  if (plan.content != sync::Merge::Content::of_both) return {};
  LEANSPEC_ASSIGN(const auto base, last_text(session_.versions(), common));
  if (!base) return set_aside(member, "the text that both sides went on from is missing");
  if (std::max({base->size, member.head->size, member.push->size}) > merge::document_bytes_max)
    return set_aside(member, "changed here and elsewhere, and too large to be merged");
  // Of all members, whether they are merged already or not, so that each round says the same.
  bytes_ += base->size + member.head->size + member.push->size;
  if (bytes_ > bytes_max)
    return set_aside(member, "changed here and elsewhere, with more texts than are merged at once");

  MergeKey key;
  key.base = *base->digest;
  key.head = *member.head->digest;
  key.pushed = *member.push->digest;
  key.later = member.effective_at < member.head->effective_at ? merge::Side::ours : merge::Side::theirs;
  const auto made =
      std::find_if(job_.merges.begin(), job_.merges.end(), [&](const auto& other) { return other.key == key; });
  if (made != job_.merges.end()) return take(member, *made);

  MergeWork work;
  work.key = key;
  work.now = now_;
  auto& bodies = session_.bodies();
  LEANSPEC_ASSIGN(auto base_text, bodies.get(key.base));
  LEANSPEC_ASSIGN(auto head_text, bodies.get(key.head));
  LEANSPEC_ASSIGN(auto pushed_text, pushed_body(member));
  if (!base_text || !head_text || !pushed_text)
    return Error(ErrorCode::corrupt, "a text of this document is missing in the hub's database", member.push->path);
  work.base = *std::move(base_text);
  work.head = *std::move(head_text);
  work.pushed = *std::move(pushed_text);
  if (job_.postponed >= postponed_max) return take(member, merge_texts(work));
  unmerged_.push_back(std::move(work));
  return {};
}

Status MergePlanner::take(MemberPlan& member, MergedText merged) {
  if (!merged.text) return set_aside(member, std::move(merged.why_not));
  member.merged = std::move(merged);
  return {};
}

Status MergePlanner::set_aside(MemberPlan& member, std::string why) {
  const auto plan = std::get<sync::Merge>(member.integration);
  member.integration = sync::SetAside{plan.document, plan.parent, std::move(why)};
  return {};
}

Result<std::optional<std::string>> MergePlanner::pushed_body(const MemberPlan& member) {
  if (member.body.opened) return member.body.opened;
  if (const auto* whole = std::get_if<wire::WholeBody>(&member.push->content)) return std::optional(whole->bytes);
  return session_.bodies().get(*member.push->digest);
}

}  // namespace leanspec::hub::engine
