#include "store/sqlite/version_log.h"

#include "store/sql/version_log.h"
#include "sync/rolling_digest.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] Branch read_branch(Row& row) {
  Branch branch;
  branch.id = row.id<BranchId>();
  branch.project = row.id<ProjectId>();
  branch.name = row.text();
  branch.head = row.seq();
  branch.head_digest = row.digest();
  branch.fork.of = row.optional_id<BranchId>();
  branch.fork.seq = row.seq();
  branch.fork.commit = row.text();
  branch.fork.opened_by = row.optional_id<ReplicaId>();
  branch.copied = row.seq();
  return branch;
}

[[nodiscard]] Version read_version(Row& row) {
  Version version;
  version.id = row.id<VersionId>();
  version.branch = row.id<BranchId>();
  version.document = row.id<DocumentId>();
  version.kind = row.enumeration<VersionKind>(2);
  version.parent = row.optional_id<VersionId>();
  version.second_parent = row.optional_id<VersionId>();
  version.path = row.text();
  version.digest = row.optional_digest();
  version.size = row.count();
  version.machine = row.optional_id<MachineId>();
  version.replica = row.optional_id<ReplicaId>();
  version.user = row.optional_id<UserId>();
  version.change = row.optional_id<ChangeId>();
  version.group = row.optional_id<GroupId>();
  version.commit = row.text();
  version.accepted_at = row.time();
  version.effective_at = row.time();
  version.seq = row.seq();
  return version;
}

[[nodiscard]] HeldVersion read_held(Row& row) {
  Version version = read_version(row);
  return HeldVersion{std::move(version), row.text()};
}

[[nodiscard]] OfferedAgain read_offered(Row& row) {
  OfferedAgain offered;
  offered.version = row.id<VersionId>();
  offered.former.epoch = row.id<Epoch>();
  offered.former.version = row.id<VersionId>();
  offered.former.edited = row.flag();
  return offered;
}

[[nodiscard]] ChangeOutcome read_outcome(Row& row) {
  ChangeOutcome outcome;
  outcome.replica = row.id<ReplicaId>();
  outcome.change = row.id<ChangeId>();
  outcome.request = row.digest();
  outcome.result = row.bytes();
  outcome.at = row.time();
  return outcome;
}

struct Place {
  Seq head;
  Digest digest;
};

[[nodiscard]] Place read_place(Row& row) {
  const Seq head = row.seq();
  return Place{head, row.digest()};
}

[[nodiscard]] std::int64_t read_integer(Row& row) {
  return row.integer();
}
[[nodiscard]] Digest read_digest(Row& row) {
  return row.digest();
}
[[nodiscard]] DocumentId read_document(Row& row) {
  return row.id<DocumentId>();
}

}  // namespace

Result<Branch> SqliteVersionLog::create_branch(const ProjectId& project, std::string_view name, const Fork& fork) {
  const Digest nothing;
  LEANSPEC_ASSIGN(
      std::optional<Branch> branch,
      database_.find(sql::create_branch, {project, name, nothing, fork.of, fork.seq, fork.commit, fork.opened_by},
                     read_branch));
  return *std::move(branch);
}

Status SqliteVersionLog::rename_branch(BranchId branch, std::string_view name) {
  return database_.run(sql::rename_branch, {branch, name});
}

Status SqliteVersionLog::begin_after_copies(BranchId branch) {
  return database_.run(sql::begin_after_copies, {branch});
}

Result<std::optional<Branch>> SqliteVersionLog::find_branch(const ProjectId& project, std::string_view name) {
  return database_.find(sql::find_branch_by_name, {project, name}, read_branch);
}

Result<std::optional<Branch>> SqliteVersionLog::find_branch(BranchId id) {
  return database_.find(sql::find_branch, {id}, read_branch);
}

Result<std::vector<Branch>> SqliteVersionLog::branches(const ProjectId& project) {
  return database_.all(sql::list_branches, {project}, read_branch);
}

Result<std::optional<Version>> SqliteVersionLog::head(BranchId branch, const DocumentId& document) {
  return database_.find(sql::find_head, {branch, document}, read_version);
}

Result<std::optional<Version>> SqliteVersionLog::head_at_path(BranchId branch, std::string_view path) {
  return database_.find(sql::find_head_at_path, {branch, path}, read_version);
}

Result<std::vector<Version>> SqliteVersionLog::deleted(BranchId branch, std::optional<VersionId> before,
                                                       std::size_t limit) {
  if (before) return database_.all(sql::deleted_before, {branch, *before, limit}, read_version);
  return database_.all(sql::deleted, {branch, limit}, read_version);
}

Result<std::vector<Version>> SqliteVersionLog::heads(BranchId branch) {
  return database_.all(sql::list_heads, {branch}, read_version);
}

Result<std::vector<Version>> SqliteVersionLog::heads_at(BranchId branch, Seq seq) {
  return database_.all(sql::list_heads_at, {branch, seq}, read_version);
}

Result<std::optional<Version>> SqliteVersionLog::copy_of(BranchId branch, const DocumentId& document) {
  return database_.find(sql::find_copy, {branch, document}, read_version);
}

Result<std::uint64_t> SqliteVersionLog::live_documents(BranchId branch) {
  LEANSPEC_ASSIGN(const std::optional<std::int64_t> count, database_.find(sql::count_live, {branch}, read_integer));
  return static_cast<std::uint64_t>(count.value_or(0));
}

Result<std::optional<Version>> SqliteVersionLog::version(const VersionId& id) {
  return database_.find(sql::find_version, {id}, read_version);
}

Result<std::optional<Version>> SqliteVersionLog::version_with_digest(BranchId branch, const DocumentId& document,
                                                                     const Digest& digest) {
  return database_.find(sql::find_version_with_digest, {branch, document, digest}, read_version);
}

Result<std::optional<Version>> SqliteVersionLog::side_with_digest(BranchId branch, const DocumentId& document,
                                                                  const Digest& digest, const ReplicaId& replica) {
  static_assert(static_cast<int>(VersionKind::side) == 1, "as in the statement");
  return database_.find(sql::find_side_with_digest, {branch, document, digest, replica}, read_version);
}

Result<std::vector<OfferedAgain>> SqliteVersionLog::offered_again(BranchId branch, const DocumentId& document,
                                                                  const Epoch& epoch, std::size_t limit) {
  return database_.all(sql::offered_again, {branch, document, epoch, limit}, read_offered);
}

Status SqliteVersionLog::note_former(const VersionId& version, const FormerVersion& former) {
  LEANSPEC_ASSIGN(
      const auto noted,
      database_.find(sql::note_former, {version, former.epoch, former.version, former.edited}, read_integer));
  if (!noted) return Error(ErrorCode::not_found, "there is no such version", to_string(version.value()));
  return {};
}

Result<std::vector<Version>> SqliteVersionLog::history(BranchId branch, const DocumentId& document,
                                                       std::optional<VersionId> before, std::size_t limit) {
  if (before) return database_.all(sql::history_before, {branch, document, *before, limit}, read_version);
  return database_.all(sql::history, {branch, document, limit}, read_version);
}

Result<std::int64_t> SqliteVersionLog::insert(const Version& version, const std::optional<Digest>& rolling) {
  LEANSPEC_ASSIGN(const std::optional<std::int64_t> position,
                  database_.find(sql::insert_version,
                                 {version.id, version.branch, version.document, static_cast<int>(version.kind),
                                  version.parent, version.second_parent, version.path, version.digest, version.size,
                                  version.machine, version.replica, version.user, version.change, version.group,
                                  version.commit, version.accepted_at, version.effective_at, version.seq, rolling},
                                 read_integer));
  return position.value_or(0);
}

Result<Version> SqliteVersionLog::append(Version version) {
  // The transaction is the only one that writes, from its BEGIN IMMEDIATE on, so the row needs no lock of its own.
  LEANSPEC_ASSIGN(const std::optional<Place> place, database_.find(sql::branch_place, {version.branch}, read_place));
  if (!place) return Error(ErrorCode::not_found, "no such branch", std::to_string(version.branch.value()));
  version.kind = VersionKind::head;
  version.seq = next(place->head);
  const Digest rolling =
      sync::roll(place->digest, {version.seq, version.document, version.id, version.path, version.digest});
  LEANSPEC_ASSIGN(const std::int64_t position, insert(version, rolling));
  LEANSPEC_TRY(database_.run(sql::set_head,
                             {version.branch, version.document, position, version.path, !version.digest.has_value()}));
  LEANSPEC_TRY(database_.run(sql::advance_branch, {version.branch, version.seq, rolling}));
  return version;
}

Status SqliteVersionLog::add_side(const Version& version) {
  Version side = version;
  side.kind = VersionKind::side;
  side.seq = Seq{};
  LEANSPEC_ASSIGN([[maybe_unused]] const std::int64_t position, insert(side, std::nullopt));
  return {};
}

Result<std::optional<Version>> SqliteVersionLog::merge_of(const VersionId& side) {
  return database_.find(sql::find_merge_of, {side}, read_version);
}

Result<std::vector<Version>> SqliteVersionLog::merges(BranchId branch, std::optional<VersionId> before,
                                                      std::size_t limit) {
  if (before) return database_.all(sql::merges_before, {branch, *before, limit}, read_version);
  return database_.all(sql::merges, {branch, limit}, read_version);
}

Status SqliteVersionLog::hold(const VersionId& side, std::string_view why) {
  return database_.run(sql::hold_version, {why, side});
}

Status SqliteVersionLog::release_held(const VersionId& side) {
  return database_.run(sql::release_held, {side});
}

Result<std::vector<HeldVersion>> SqliteVersionLog::held(BranchId branch) {
  return database_.all(sql::list_held, {branch}, read_held);
}

Status SqliteVersionLog::add_alias(BranchId branch, const DocumentId& alias, const DocumentId& canonical) {
  // Chains are shortened when they would arise, so that following an alias is always one step.
  LEANSPEC_ASSIGN(const std::optional<DocumentId> further,
                  database_.find(sql::canonical_of, {branch, canonical}, read_document));
  const DocumentId end = further.value_or(canonical);
  if (end == alias) return Error(ErrorCode::invalid, "a document cannot stand for itself", to_string(alias.value()));
  LEANSPEC_TRY(database_.run(sql::retarget_aliases, {branch, alias, end}));
  return database_.run(sql::set_alias, {branch, alias, end});
}

Result<std::vector<Version>> SqliteVersionLog::feed(BranchId branch, Seq after, std::size_t limit) {
  return database_.all(sql::feed, {branch, after, limit}, read_version);
}

Result<std::optional<Digest>> SqliteVersionLog::rolling_digest(BranchId branch, Seq seq) {
  if (seq != Seq{}) return database_.find(sql::rolling_digest, {branch, seq}, read_digest);
  LEANSPEC_ASSIGN(const std::optional<Branch> found, find_branch(branch));
  return found ? std::optional(Digest{}) : std::nullopt;
}

Result<std::optional<ChangeOutcome>> SqliteVersionLog::change_outcome(const ReplicaId& replica,
                                                                      const ChangeId& change) {
  return database_.find(sql::find_outcome, {replica, change}, read_outcome);
}

Status SqliteVersionLog::record_change(const ChangeOutcome& outcome) {
  return database_.run(sql::record_outcome,
                       {outcome.replica, outcome.change, outcome.request, Blob{outcome.result}, outcome.at});
}

}  // namespace leanspec::store::sqlite
