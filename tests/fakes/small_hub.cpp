#include "tests/fakes/small_hub.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "sync/rolling_digest.h"
#include "wire/delta.h"
#include "wire/limits.h"

namespace leanspec::fakes {

std::vector<wire::ToBridge> SmallHub::receive(const wire::ToHub& message) {
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
    const auto base = fetch->base && sends_deltas ? bodies.find(*fetch->base) : bodies.end();
    auto delta = !body.missing && base != bodies.end() && fetch->offset == 0
                     ? wire::make_delta(base->second, found->second)
                     : std::nullopt;
    if (delta) {
      ++deltas_sent;
      body.base = fetch->base;
      body.size = found->second.size();
      body.bytes = spoils_deltas ? "spoilt" : *std::move(delta);
    } else if (!body.missing) {
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

VersionId SmallHub::change(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
  Version made{document, new_version(), path, std::nullopt, 0};
  if (text) {
    made.digest = digest::sha256(*text);
    made.size = text->size();
    bodies[*made.digest] = *text;
  }
  append(made, std::nullopt, std::nullopt);
  return made.version;
}

void SmallHub::begin_another_life(std::size_t keep) {
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

SmallHub SmallHub::fork() const {
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

std::optional<std::string> SmallHub::text_at(const std::string& path) const {
  const auto place = places_.find(path);
  if (place == places_.end()) return std::nullopt;
  for (const auto& document : place->second) {
    const auto& version = heads.at(document);
    if (version.path == path && version.digest) return bodies.at(*version.digest);
  }
  return std::nullopt;
}

std::size_t SmallHub::live() const {
  std::size_t count = 0;
  for (const auto& [document, version] : heads) count += version.digest ? 1U : 0U;
  return count;
}

Epoch SmallHub::epoch_id() const {
  Uuid uuid;
  uuid.bytes = epoch.value;
  return Epoch{uuid};
}

VersionId SmallHub::new_version() {
  Uuid uuid;
  const auto number = ++versions_;
  for (std::size_t i = 0; i < 8; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  // Made one after the other, as the hub's are.
  for (std::size_t i = 0; i < 4; ++i) uuid.bytes[5 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return VersionId{uuid};
}

void SmallHub::greet(const wire::Hello& hello, std::vector<wire::ToBridge>& answers) {
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

void SmallHub::append(const Version& version, std::optional<ChangeId> change, std::optional<GroupId> group) {
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

void SmallHub::remember(const Version& version) {
  by_version_[version.version] = history.size();
  by_document_[version.document].push_back(history.size());
  history.push_back(version);
}

wire::Changes SmallHub::page(Seq after) const {
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

}  // namespace leanspec::fakes
