// The part of SmallHub that decides about pushes.
#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "sync/integrate.h"
#include "tests/fakes/small_hub.h"
#include "wire/delta.h"

namespace leanspec::fakes {

void SmallHub::take(const wire::Push& push, std::vector<wire::ToBridge>& answers) {
  pushes.push_back(push);
  if (!push.group) {
    const auto before = feed.size();
    answers.emplace_back(result_of(push));
    if (feed.size() != before) answers.emplace_back(wire::Head{head()});
    return;
  }
  auto& members = groups[*push.group];
  members.push_back(push);
  if (members.size() < push.group_size) return;
  const auto together = std::move(members);
  groups.erase(*push.group);
  take_group(together, answers);
}

void SmallHub::take_group(const std::vector<wire::Push>& members, std::vector<wire::ToBridge>& answers) {
  auto before = *this;
  std::vector<wire::PushResult> answered;
  for (const auto& member : members) {
    if (const auto head = heads.find(member.document); head != heads.end()) leaving_.insert(head->first);
  }
  for (const auto& member : members) answered.push_back(result_of(member));
  leaving_.clear();
  const auto count = [&](wire::PushOutcome outcome) {
    return std::count_if(answered.begin(), answered.end(),
                         [&](const auto& result) { return result.outcome == outcome; });
  };
  const auto undecided = count(wire::PushOutcome::retry) + count(wire::PushOutcome::need_body);
  const auto refused = count(wire::PushOutcome::rejected);
  const auto aside = count(wire::PushOutcome::held);
  if (undecided + refused + aside > 0) {
    before.bodies = bodies;
    before.seen = seen;
    before.retries = retries;
    before.deltas = deltas;
    before.versions_ = versions_;
    before.accepts_changed_resend = accepts_changed_resend;
    *this = std::move(before);
    for (auto& result : answered) {
      if (result.outcome != wire::PushOutcome::accepted) continue;
      result.outcome = undecided > 0 ? wire::PushOutcome::retry
                       : refused > 0 ? wire::PushOutcome::rejected
                                     : wire::PushOutcome::held;
      result.why = "moves together with another one";
      result.seq = Seq{};
    }
    if (undecided == 0) {
      for (const auto& result : answered) results.emplace(result.change, result);
    }
  }
  for (const auto& result : answered) answers.emplace_back(result);
  answers.emplace_back(wire::Head{head()});
}

wire::PushResult SmallHub::result_of(const wire::Push& push) {
  const auto [first, is_new] = seen.emplace(push.change, push.digest);
  if (!is_new && first->second != push.digest) accepts_changed_resend = true;
  if (const auto known = results.find(push.change); known != results.end()) return known->second;
  wire::PushResult result;
  result.change = push.change;
  result.document = push.document;
  if (retries > 0) {
    --retries;
    result.outcome = wire::PushOutcome::retry;
    result.retry_after = std::chrono::milliseconds{300};
    return result;
  }
  if (reject) {
    result.outcome = wire::PushOutcome::rejected;
    result.why = *reject;
    return result;
  }
  if (hold_deletions && !push.digest) {
    result.outcome = wire::PushOutcome::held;
    result.why = *hold_deletions;
    result.side_version = new_version();
    results.emplace(push.change, result);
    return result;
  }
  if (!keep_body(push)) {
    result.outcome = wire::PushOutcome::need_body;
    return result;
  }
  decide(push, result);
  results.emplace(push.change, result);
  return result;
}

bool SmallHub::keep_body(const wire::Push& push) {
  if (!push.digest) return true;
  std::optional<std::string> bytes;
  if (const auto* whole = std::get_if<wire::WholeBody>(&push.content)) bytes = whole->bytes;
  if (const auto* delta = std::get_if<wire::DeltaBody>(&push.content); delta != nullptr && !forgets_bases) {
    ++deltas;
    if (const auto base = bodies.find(delta->base); base != bodies.end()) {
      if (auto opened = wire::apply_delta(base->second, delta->zstd, push.size, *push.digest)) bytes = *opened;
    }
  }
  if (std::holds_alternative<wire::UploadedBody>(push.content)) bytes = parts[*push.digest];
  if (std::holds_alternative<wire::UnchangedBody>(push.content)) {
    if (const auto known = bodies.find(*push.digest); known != bodies.end()) bytes = known->second;
  }
  if (!bytes || digest::sha256(*bytes) != *push.digest) return false;
  bodies[*push.digest] = *bytes;
  return true;
}

Seq SmallHub::seq_of(const DocumentId& document) const {
  for (auto entry = feed.rbegin(); entry != feed.rend(); ++entry) {
    if (entry->document == document) return entry->seq;
  }
  return Seq{};
}

sync::Known SmallHub::known(const Version& version) {
  sync::Known made;
  made.document = version.document;
  made.version = version.version;
  made.path = version.path;
  made.digest = version.digest;
  return made;
}

void SmallHub::decide(const wire::Push& push, wire::PushResult& result) {
  sync::IntegrateRequest request;
  request.document = push.document;
  request.base = push.base;
  request.path = push.path;
  request.digest = push.digest;
  request.knows_head = true;
  const auto alias = aliases.find(push.document);
  const auto document = alias == aliases.end() ? push.document : alias->second;
  if (const auto found = heads.find(document); found != heads.end()) request.head = known(found->second);
  std::optional<DocumentId> standing;
  for (const auto& other : places_[push.path]) {
    const auto& version = heads.at(other);
    if (version.path != push.path || (version.digest && leaving_.contains(other))) continue;
    if (version.digest && other != document) standing = other;
    if (version.digest || !request.at_path) request.at_path = known(version);
  }
  const auto canonical = request.head      ? request.head->document
                         : request.at_path ? request.at_path->document
                                           : push.document;
  if (const auto base = push.base ? by_version_.find(*push.base) : by_version_.end(); base != by_version_.end())
    request.base_version = known(history[base->second]);
  for (const auto number : by_document_[canonical]) {
    if (history[number].digest == push.digest) request.equal_version = known(history[number]);
  }
  const Version pushed{canonical, new_version(), push.path, push.digest, push.size};
  auto integration = sync::integrate(request);
  if (const auto* accept = std::get_if<sync::Accept>(&integration);
      accept != nullptr && push.digest && standing && *standing != accept->document) {
    integration = sync::SetAside{accept->document, accept->parent, "another document stands there"};
  } else if (!request.head && push.digest) {
    const auto to = std::visit([](const auto& decided) { return decided.document; }, integration);
    if (to != push.document) aliases.insert_or_assign(push.document, to);
  }
  if (const auto* accept = std::get_if<sync::Accept>(&integration)) {
    result.outcome = wire::PushOutcome::accepted;
    result.document = accept->document;
    auto version = pushed;
    version.document = accept->document;
    append(version, push.change, push.group);
    result.head_version = version.version;
    result.seq = head();
  } else if (const auto* unchanged = std::get_if<sync::Unchanged>(&integration)) {
    result.outcome = wire::PushOutcome::unchanged;
    result.document = unchanged->document;
    result.head_version = unchanged->head;
    result.seq = seq_of(unchanged->document);
  } else if (const auto* older = std::get_if<sync::KnownVersion>(&integration)) {
    result.outcome = wire::PushOutcome::known;
    result.document = older->document;
    result.known_version = older->version;
    result.head_version = older->head;
    result.seq = seq_of(older->document);
  } else if (const auto* aside = std::get_if<sync::SetAside>(&integration)) {
    result.outcome = wire::PushOutcome::held;
    result.document = aside->document;
    result.side_version = pushed.version;
    result.why = aside->why;
    remember(pushed);
  }
}

}  // namespace leanspec::fakes
