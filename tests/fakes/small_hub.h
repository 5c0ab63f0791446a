#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "digest/sha256.h"
#include "sync/integrate.h"
#include "sync/rolling_digest.h"
#include "vocabulary/ids.h"
#include "wire/delta.h"
#include "wire/message.h"

namespace leanspec::fakes {

/// The hub as one bridge sees it, with the real rule for pushes and none of its storage: for tests of the bridge's
/// engine alone.
class SmallHub {
 public:
  struct Version {
    DocumentId document;
    VersionId version;
    std::string path;
    std::optional<Digest> digest;
    std::uint64_t size = 0;
  };

  /// Answers to one message, in order. Nothing while `silent`.
  std::vector<wire::ToBridge> receive(const wire::ToHub& message) {
    std::vector<wire::ToBridge> answers;
    if (const auto* hello = std::get_if<wire::Hello>(&message))
      greet(*hello, answers);
    else if (const auto* push = std::get_if<wire::Push>(&message))
      take(*push, answers);
    else if (const auto* pull = std::get_if<wire::Pull>(&message)) {
      answers.emplace_back(page(pull->after));
      ++pages_read;
    } else if (const auto* ping = std::get_if<wire::Ping>(&message))
      answers.emplace_back(wire::Pong{ping->nonce});
    else if (const auto* part = std::get_if<wire::Part>(&message)) {
      auto& bytes = parts[part->digest];
      if (part->offset == bytes.size()) bytes += part->bytes;
      ++parts_received;
    } else if (const auto* query = std::get_if<wire::PartsQuery>(&message)) {
      answers.emplace_back(wire::PartsState{query->digest, parts[query->digest].size()});
    } else if (const auto* fetch = std::get_if<wire::Fetch>(&message)) {
      ++fetches;
      const auto found = bodies.find(fetch->digest);
      wire::Body body;
      body.digest = fetch->digest;
      body.offset = fetch->offset;
      body.missing = found == bodies.end();
      if (!body.missing) {
        body.size = found->second.size();
        body.bytes = found->second.substr(fetch->offset, wire::limits::part_bytes_max);
      }
      answers.emplace_back(std::move(body));
    } else if (const auto* ack = std::get_if<wire::Ack>(&message))
      acknowledged = ack->seq;
    else if (const auto* report = std::get_if<wire::Report>(&message))
      reported = *report;
    else if (const auto* state = std::get_if<wire::GuardState>(&message))
      guards.push_back(*state);
    else if (const auto* approval = std::get_if<wire::Approval>(&message))
      approvals.push_back(*approval);
    else if (const auto* people = std::get_if<wire::Editing>(&message))
      editing.push_back(*people);
    return answers;
  }

  /// Somebody else's change; the caller tells the bridge of the new head.
  VersionId change(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    Version made{document, new_version(), path, std::nullopt, 0};
    if (text) {
      made.digest = digest::sha256(*text);
      made.size = text->size();
      bodies[*made.digest] = *text;
    }
    append(made, std::nullopt, std::nullopt);
    return made.version;
  }

  /// The database is another one (a restore from backup): the first `keep` changes are what it has.
  void begin_another_life(std::size_t keep) {
    ++lives_;
    epoch.bytes()[0] = static_cast<std::uint8_t>(lives_);
    const auto kept = std::vector<wire::Entry>(feed.begin(), feed.begin() + static_cast<std::ptrdiff_t>(keep));
    feed.clear();
    heads.clear();
    history.clear();
    places_.clear();
    by_version_.clear();
    by_document_.clear();
    results.clear();
    aliases.clear();
    digests = {Digest{}};
    for (const auto& entry : kept)
      append({entry.document, entry.version, entry.path, entry.digest, entry.size}, std::nullopt, std::nullopt);
  }

  /// What the hub has on a branch that begins with the heads of this one.
  [[nodiscard]] SmallHub fork() const {
    SmallHub made;
    made.bodies = bodies;
    made.versions_ = versions_ + 1'000;
    for (const auto& [document, version] : heads) {
      if (!version.digest) continue;
      auto copy = version;
      copy.version = made.new_version();
      made.append(copy, std::nullopt, std::nullopt);
    }
    return made;
  }

  [[nodiscard]] Seq head() const { return Seq{feed.size()}; }
  [[nodiscard]] std::optional<std::string> text_at(const std::string& path) const {
    const auto place = places_.find(path);
    if (place == places_.end()) return std::nullopt;
    for (const auto& document : place->second) {
      const auto& version = heads.at(document);
      if (version.path == path && version.digest) return bodies.at(*version.digest);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t live() const {
    std::size_t count = 0;
    for (const auto& [document, version] : heads) count += version.digest ? 1U : 0U;
    return count;
  }

  struct EpochBytes {
    std::array<std::uint8_t, 16> value{};
    std::array<std::uint8_t, 16>& bytes() { return value; }
  };

  std::map<DocumentId, Version> heads;
  std::vector<Version> history;  ///< side versions too
  std::map<Digest, std::string> bodies;
  std::map<Digest, std::string> parts;
  std::map<DocumentId, DocumentId> aliases;  ///< of ids that joined another document, for ever
  std::map<ChangeId, wire::PushResult> results;
  std::map<ChangeId, std::optional<Digest>> seen;  ///< every change id with the digest that it first came with
  std::vector<wire::Push> pushes;                  ///< everything that arrived
  std::vector<wire::Entry> feed;
  std::vector<Digest> digests{Digest{}};
  std::map<GroupId, std::vector<wire::Push>> groups;
  std::optional<Seq> acknowledged;
  std::optional<wire::Report> reported;
  std::vector<wire::GuardState> guards;  ///< everything that was said of the guard
  std::vector<wire::Approval> approvals;
  std::vector<wire::Editing> editing;
  std::optional<wire::Refused> refuse;
  std::optional<std::string> reject;          ///< answer every push so
  std::optional<std::string> hold_deletions;  ///< set every deletion aside, and say so
  std::size_t retries = 0;                    ///< answer so many pushes `retry`
  std::size_t page_entries = 500;
  std::size_t parts_received = 0;
  std::size_t pages_read = 0;
  std::size_t fetches = 0;
  std::size_t deltas = 0;
  bool opened_here = false;                      ///< says that this replica opened the branch
  std::vector<std::optional<wire::Fork>> forks;  ///< of each hello
  bool forgets_bases = false;                    ///< cannot open deltas
  bool accepts_changed_resend = false;           ///< set by a change id that came with other bytes
  EpochBytes epoch;

 private:
  [[nodiscard]] Epoch epoch_id() const {
    Uuid uuid;
    uuid.bytes = epoch.value;
    return Epoch{uuid};
  }

  VersionId new_version() {
    Uuid uuid;
    const auto number = ++versions_;
    for (std::size_t i = 0; i < 8; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return VersionId{uuid};
  }

  void greet(const wire::Hello& hello, std::vector<wire::ToBridge>& answers) {
    if (refuse) {
      answers.emplace_back(*refuse);
      return;
    }
    replica_ = hello.replica;
    groups.clear();
    wire::Welcome welcome;
    welcome.project = "project-1";
    welcome.project_name = hello.project;
    welcome.machine_name = hello.machine_name;
    welcome.hub_version = "test";
    welcome.epoch = epoch_id();
    welcome.head = head();
    welcome.head_digest = digests.back();
    welcome.resume = hello.cursor && hello.cursor->epoch == welcome.epoch && hello.cursor->seq <= head() &&
                     digests[hello.cursor->seq.value()] == hello.head_digest;
    welcome.opened = opened_here;
    forks.push_back(hello.fork);
    answers.emplace_back(welcome);
  }

  void append(const Version& version, std::optional<ChangeId> change, std::optional<GroupId> group) {
    wire::Entry entry;
    entry.seq = Seq{feed.size() + 1};
    entry.document = version.document;
    entry.version = version.version;
    entry.path = version.path;
    entry.digest = version.digest;
    entry.size = version.size;
    if (change) entry.replica = replica_;
    entry.change = change;
    entry.group = group;
    feed.push_back(entry);
    digests.push_back(sync::roll(digests.back(), {entry.seq, entry.document, entry.version, entry.path, entry.digest}));
    heads.insert_or_assign(version.document, version);
    places_[version.path].insert(version.document);
    remember(version);
  }

  void remember(const Version& version) {
    by_version_[version.version] = history.size();
    by_document_[version.document].push_back(history.size());
    history.push_back(version);
  }

  wire::Changes page(Seq after) const {
    wire::Changes changes;
    changes.epoch = epoch_id();
    changes.after = after;
    const auto begin = static_cast<std::size_t>(after.value());
    changes.digest_before = digests[begin];
    const auto end = std::min(feed.size(), begin + page_entries);
    changes.entries.assign(feed.begin() + static_cast<std::ptrdiff_t>(begin),
                           feed.begin() + static_cast<std::ptrdiff_t>(end));
    changes.head = head();
    changes.through = Seq{end};
    changes.digest_through = digests[end];
    return changes;
  }

  void take(const wire::Push& push, std::vector<wire::ToBridge>& answers) {
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

  /// All members or none; paths are compared at the end, so members may take each other's places.
  void take_group(const std::vector<wire::Push>& members, std::vector<wire::ToBridge>& answers) {
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

  wire::PushResult result_of(const wire::Push& push) {
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

  bool keep_body(const wire::Push& push) {
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

  [[nodiscard]] Seq seq_of(const DocumentId& document) const {
    for (auto entry = feed.rbegin(); entry != feed.rend(); ++entry) {
      if (entry->document == document) return entry->seq;
    }
    return Seq{};
  }

  static sync::Known known(const Version& version) {
    sync::Known made;
    made.document = version.document;
    made.version = version.version;
    made.path = version.path;
    made.digest = version.digest;
    return made;
  }

  void decide(const wire::Push& push, wire::PushResult& result) {
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

  std::set<DocumentId> leaving_;
  std::map<std::string, std::set<DocumentId>> places_;  ///< who ever stood at a path
  std::map<VersionId, std::size_t> by_version_;         ///< numbers in `history`
  std::map<DocumentId, std::vector<std::size_t>> by_document_;
  std::optional<ReplicaId> replica_;
  std::uint64_t versions_ = 0;
  int lives_ = 0;
};

}  // namespace leanspec::fakes
