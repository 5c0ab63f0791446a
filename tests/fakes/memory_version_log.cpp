#include <algorithm>

#include "sync/rolling_digest.h"
#include "tests/fakes/memory_session.h"

namespace leanspec::fakes {

using store::Branch;
using store::ChangeOutcome;
using store::HeldVersion;
using store::Version;
using store::VersionKind;

Result<std::optional<Version>> MemoryVersionLog::head(BranchId branch, const DocumentId& document) {
  const DocumentId canonical = look_up(tables_.aliases, {branch, document}).value_or(document);
  const auto found = tables_.heads.find({branch, canonical});
  if (found == tables_.heads.end()) return std::optional<Version>();
  return std::optional(tables_.versions[found->second.position].version);
}

Result<std::optional<Version>> MemoryVersionLog::head_at_path(BranchId branch, std::string_view path) {
  const auto documents = tables_.at_path.find({branch, std::string(path)});
  if (documents == tables_.at_path.end()) return std::optional<Version>();
  const MemoryTables::Head* best = nullptr;
  for (const DocumentId& document : documents->second) {
    const MemoryTables::Head& head = tables_.heads.at({branch, document});
    const bool better = best == nullptr || (best->deleted && !head.deleted) ||
                        (best->deleted == head.deleted && best->position < head.position);
    if (better) best = &head;
  }
  if (best == nullptr) return std::optional<Version>();
  return std::optional(tables_.versions[best->position].version);
}

Result<std::vector<Version>> MemoryVersionLog::deleted(BranchId branch, std::optional<VersionId> before,
                                                       std::size_t limit) {
  const std::size_t end = before ? look_up(tables_.version_by_id, *before).value_or(0) : tables_.versions.size();
  std::vector<std::size_t> positions;
  for (auto at = tables_.heads.lower_bound({branch, DocumentId{}});
       at != tables_.heads.end() && at->first.first == branch; ++at) {
    if (at->second.deleted && at->second.position < end) positions.push_back(at->second.position);
  }
  std::sort(positions.rbegin(), positions.rend());
  std::vector<Version> page;
  for (const std::size_t position : positions) {
    if (page.size() == limit) break;
    page.push_back(tables_.versions[position].version);
  }
  return page;
}

Result<std::vector<Version>> MemoryVersionLog::heads(BranchId branch) {
  std::vector<Version> live;
  for (auto at = tables_.heads.lower_bound({branch, DocumentId{}});
       at != tables_.heads.end() && at->first.first == branch; ++at) {
    if (!at->second.deleted) live.push_back(tables_.versions[at->second.position].version);
  }
  std::sort(live.begin(), live.end(),
            [](const Version& a, const Version& b) { return std::tie(a.path, a.seq) < std::tie(b.path, b.seq); });
  return live;
}

Result<std::vector<Version>> MemoryVersionLog::heads_at(BranchId branch, Seq seq) {
  std::map<DocumentId, const Version*> last;
  for (auto at = tables_.feed.lower_bound({branch, Seq{}});
       at != tables_.feed.end() && at->first.first == branch && at->first.second <= seq; ++at) {
    const Version& version = tables_.versions[at->second].version;
    last[version.document] = &version;
  }
  std::vector<Version> live;
  for (const auto& [document, version] : last) {
    if (version->digest) live.push_back(*version);
  }
  std::sort(live.begin(), live.end(),
            [](const Version& a, const Version& b) { return std::tie(a.path, a.seq) < std::tie(b.path, b.seq); });
  return live;
}

Result<std::optional<Version>> MemoryVersionLog::copy_of(BranchId branch, const DocumentId& document) {
  const auto found = tables_.branches.find(branch);
  if (found == tables_.branches.end()) return std::optional<Version>();
  for (auto at = tables_.history.lower_bound({branch, document, 0}); at != tables_.history.end(); ++at) {
    if (std::get<0>(*at) != branch || std::get<1>(*at) != document) break;
    const Version& version = tables_.versions[std::get<2>(*at)].version;
    if (version.seq > Seq{}) return version.seq <= found->second.copied ? std::optional(version) : std::nullopt;
  }
  return std::optional<Version>();
}

Result<std::uint64_t> MemoryVersionLog::live_documents(BranchId branch) {
  std::uint64_t count = 0;
  for (auto at = tables_.heads.lower_bound({branch, DocumentId{}});
       at != tables_.heads.end() && at->first.first == branch; ++at) {
    if (!at->second.deleted) ++count;
  }
  return count;
}

Result<std::optional<Version>> MemoryVersionLog::version(const VersionId& id) {
  const auto found = tables_.version_by_id.find(id);
  if (found == tables_.version_by_id.end()) return std::optional<Version>();
  return std::optional(tables_.versions[found->second].version);
}

Result<std::optional<Version>> MemoryVersionLog::version_with_digest(BranchId branch, const DocumentId& document,
                                                                     const Digest& digest) {
  LEANSPEC_ASSIGN(const std::vector<Version> all, history(branch, document, std::nullopt, tables_.versions.size()));
  for (const Version& version : all) {
    if (version.digest == digest) return std::optional(version);
  }
  return std::optional<Version>();
}

Result<std::optional<Version>> MemoryVersionLog::side_with_digest(BranchId branch, const DocumentId& document,
                                                                  const Digest& digest, const ReplicaId& replica) {
  LEANSPEC_ASSIGN(const std::vector<Version> all, history(branch, document, std::nullopt, tables_.versions.size()));
  for (const Version& version : all) {
    if (version.digest == digest && version.kind == VersionKind::side && version.replica == replica)
      return std::optional(version);
  }
  return std::optional<Version>();
}

Result<std::vector<store::OfferedAgain>> MemoryVersionLog::offered_again(BranchId branch, const DocumentId& document,
                                                                          const Epoch& epoch, std::size_t limit) {
  std::vector<store::OfferedAgain> offered;
  LEANSPEC_ASSIGN(const std::vector<Version> all, history(branch, document, std::nullopt, tables_.versions.size()));
  for (const Version& version : all) {
    const auto found = tables_.former.find(version.id);
    if (found != tables_.former.end() && found->second.epoch == epoch && offered.size() < limit)
      offered.push_back({version.id, found->second});
  }
  return offered;
}

Status MemoryVersionLog::note_former(const VersionId& version, const FormerVersion& former) {
  if (!tables_.version_by_id.contains(version)) return Error(ErrorCode::not_found, "there is no such version");
  if (tables_.former.contains(version)) return Error(ErrorCode::already_exists, "it was noted before");
  undo_.set(tables_.former, version, former);
  return {};
}

Result<std::vector<Version>> MemoryVersionLog::history(BranchId branch, const DocumentId& document,
                                                       std::optional<VersionId> before, std::size_t limit) {
  std::size_t end = tables_.versions.size();
  if (before) {
    const auto found = tables_.version_by_id.find(*before);
    if (found == tables_.version_by_id.end()) return std::vector<Version>();
    end = found->second;
  }
  std::vector<Version> page;
  auto at = tables_.history.lower_bound({branch, document, end});
  while (at != tables_.history.begin() && page.size() < limit) {
    --at;
    if (std::get<0>(*at) != branch || std::get<1>(*at) != document) break;
    page.push_back(tables_.versions[std::get<2>(*at)].version);
  }
  return page;
}

Status MemoryVersionLog::check(const Version& version) const {
  if (tables_.version_by_id.contains(version.id)) return already_there(to_string(version.id.value()));
  if (!tables_.branches.contains(version.branch)) return not_stored();
  if (version.digest && !tables_.bodies.contains(*version.digest)) return not_stored();
  return {};
}

std::size_t MemoryVersionLog::insert(const Version& version, const Digest& rolling) {
  const std::size_t position = tables_.versions.size();
  undo_.push_back(tables_.versions, {version, rolling});
  undo_.set(tables_.version_by_id, version.id, position);
  undo_.insert(tables_.history, {version.branch, version.document, position});
  if (version.second_parent) undo_.set(tables_.merge_of, *version.second_parent, position);
  return position;
}

Result<Version> MemoryVersionLog::append(Version version) {
  const auto found = tables_.branches.find(version.branch);
  if (found == tables_.branches.end()) {
    return Error(ErrorCode::not_found, "no such branch", std::to_string(version.branch.value()));
  }
  LEANSPEC_TRY(check(version));
  Branch branch = found->second;
  branch.head = next(branch.head);
  version.kind = VersionKind::head;
  version.seq = branch.head;
  branch.head_digest =
      sync::roll(branch.head_digest, {version.seq, version.document, version.id, version.path, version.digest});
  const std::size_t position = insert(version, branch.head_digest);
  undo_.set(tables_.feed, {branch.id, version.seq}, position);
  undo_.set(tables_.branches, branch.id, branch);

  const auto old = tables_.heads.find({branch.id, version.document});
  if (old != tables_.heads.end() && old->second.path != version.path) {
    const std::pair place(branch.id, old->second.path);
    std::set<DocumentId> rest = tables_.at_path[place];
    rest.erase(version.document);
    undo_.set(tables_.at_path, place, std::move(rest));
  }
  std::set<DocumentId> here = look_up(tables_.at_path, {branch.id, version.path}).value_or(std::set<DocumentId>());
  if (here.insert(version.document).second) undo_.set(tables_.at_path, {branch.id, version.path}, std::move(here));
  undo_.set(tables_.heads, {branch.id, version.document}, {position, version.path, !version.digest.has_value()});
  return version;
}

Status MemoryVersionLog::add_side(const Version& version) {
  Version side = version;
  side.kind = VersionKind::side;
  side.seq = Seq{};
  LEANSPEC_TRY(check(side));
  insert(side, Digest{});
  return {};
}

Result<std::optional<Version>> MemoryVersionLog::merge_of(const VersionId& side) {
  const auto found = tables_.merge_of.find(side);
  if (found == tables_.merge_of.end()) return std::optional<Version>();
  return std::optional(tables_.versions[found->second].version);
}

Result<std::vector<Version>> MemoryVersionLog::merges(BranchId branch, std::optional<VersionId> before,
                                                      std::size_t limit) {
  std::vector<Version> page;
  std::size_t at = tables_.versions.size();
  if (before) at = look_up(tables_.version_by_id, *before).value_or(0);
  while (at-- > 0 && page.size() < limit) {
    const Version& version = tables_.versions[at].version;
    if (version.branch == branch && version.second_parent) page.push_back(version);
  }
  return page;
}

Status MemoryVersionLog::hold(const VersionId& side, std::string_view why) {
  const auto found = tables_.version_by_id.find(side);
  if (found != tables_.version_by_id.end()) undo_.set(tables_.held, found->second, std::string(why));
  return {};
}

Status MemoryVersionLog::release_held(const VersionId& side) {
  const auto found = tables_.version_by_id.find(side);
  if (found != tables_.version_by_id.end()) undo_.erase(tables_.held, found->second);
  return {};
}

Result<std::vector<HeldVersion>> MemoryVersionLog::held(BranchId branch) {
  std::vector<HeldVersion> found;
  for (const auto& [position, why] : tables_.held) {
    const Version& version = tables_.versions[position].version;
    if (version.branch == branch) found.push_back({version, why});
  }
  return found;
}

Status MemoryVersionLog::add_alias(BranchId branch, const DocumentId& alias, const DocumentId& canonical) {
  if (!tables_.branches.contains(branch)) return not_stored();
  const DocumentId end = look_up(tables_.aliases, {branch, canonical}).value_or(canonical);
  if (end == alias) return Error(ErrorCode::invalid, "a document cannot stand for itself", to_string(alias.value()));
  std::vector<std::pair<BranchId, DocumentId>> longer;
  for (const auto& [key, target] : tables_.aliases) {
    if (key.first == branch && target == alias) longer.push_back(key);
  }
  for (const auto& key : longer) undo_.set(tables_.aliases, key, end);
  undo_.set(tables_.aliases, {branch, alias}, end);
  return {};
}

Result<std::vector<Version>> MemoryVersionLog::feed(BranchId branch, Seq after, std::size_t limit) {
  std::vector<Version> page;
  for (auto at = tables_.feed.upper_bound({branch, after}); at != tables_.feed.end() && page.size() < limit; ++at) {
    if (at->first.first != branch) break;
    page.push_back(tables_.versions[at->second].version);
  }
  return page;
}

Result<std::optional<Digest>> MemoryVersionLog::rolling_digest(BranchId branch, Seq seq) {
  if (!tables_.branches.contains(branch)) return std::optional<Digest>();
  if (seq == Seq{}) return std::optional(Digest{});
  const auto found = tables_.feed.find({branch, seq});
  if (found == tables_.feed.end()) return std::optional<Digest>();
  return std::optional(tables_.versions[found->second].rolling);
}

Result<std::optional<ChangeOutcome>> MemoryVersionLog::change_outcome(const ReplicaId& replica,
                                                                      const ChangeId& change) {
  return look_up(tables_.outcomes, {replica, change});
}

Status MemoryVersionLog::record_change(const ChangeOutcome& outcome) {
  if (tables_.outcomes.contains({outcome.replica, outcome.change}))
    return already_there(to_string(outcome.change.value()));
  undo_.set(tables_.outcomes, {outcome.replica, outcome.change}, outcome);
  return {};
}

}  // namespace leanspec::fakes
