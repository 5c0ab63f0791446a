#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/mirror_catalog.h"
#include "store/records.h"
#include "vocabulary/result.h"

/// The hub's memory behind small interfaces. Each works inside one Session, that is one transaction: reads see one
/// moment, writes become durable together or not at all. Every call may fail with unavailable (busy), no_space, corrupt
/// or io.
namespace leanspec::store {

class ProjectCatalog {
 public:
  virtual ~ProjectCatalog() = default;
  /// Error: already_exists.
  [[nodiscard]] virtual Status create(const Project& project) = 0;
  [[nodiscard]] virtual Result<std::optional<Project>> find(const ProjectId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<Project>> list() = 0;
  [[nodiscard]] virtual Status update(const Project& project) = 0;
};

/// Branches, versions, heads and the feed. The only writer of `seq`.
class VersionLog {
 public:
  virtual ~VersionLog() = default;

  /// Errors: already_exists, invalid (no such project, or no such branch to be a fork of).
  [[nodiscard]] virtual Result<Branch> create_branch(const ProjectId& project, std::string_view name,
                                                     const Fork& fork) = 0;
  [[nodiscard]] Result<Branch> create_branch(const ProjectId& project, std::string_view name) {
    return create_branch(project, name, Fork());
  }
  /// Error: already_exists.
  [[nodiscard]] virtual Status rename_branch(BranchId branch, std::string_view name) = 0;
  /// The feed as it is now is what the branch began with.
  [[nodiscard]] virtual Status begin_after_copies(BranchId branch) = 0;
  [[nodiscard]] virtual Result<std::optional<Branch>> find_branch(const ProjectId& project, std::string_view name) = 0;
  [[nodiscard]] virtual Result<std::optional<Branch>> find_branch(BranchId id) = 0;
  [[nodiscard]] virtual Result<std::vector<Branch>> branches(const ProjectId& project) = 0;

  /// The head of a document, a tombstone too; follows an alias to the canonical document (law 4).
  [[nodiscard]] virtual Result<std::optional<Version>> head(BranchId branch, const DocumentId& document) = 0;
  /// The live document at a path, or else the last tombstone that was there.
  [[nodiscard]] virtual Result<std::optional<Version>> head_at_path(BranchId branch, std::string_view path) = 0;
  /// The tombstones that are heads: of every document that is deleted now, newest first; `before` continues a page.
  [[nodiscard]] virtual Result<std::vector<Version>> deleted(BranchId branch, std::optional<VersionId> before,
                                                             std::size_t limit) = 0;
  /// All live heads, by path.
  [[nodiscard]] virtual Result<std::vector<Version>> heads(BranchId branch) = 0;
  /// All heads that were live when the branch was at `seq`, by path.
  [[nodiscard]] virtual Result<std::vector<Version>> heads_at(BranchId branch, Seq seq) = 0;
  /// The version of the document that the branch began with.
  [[nodiscard]] virtual Result<std::optional<Version>> copy_of(BranchId branch, const DocumentId& document) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> live_documents(BranchId branch) = 0;
  [[nodiscard]] virtual Result<std::optional<Version>> version(const VersionId& id) = 0;
  /// The newest version of the document with these bytes.
  [[nodiscard]] virtual Result<std::optional<Version>> version_with_digest(BranchId branch, const DocumentId& document,
                                                                           const Digest& digest) = 0;
  /// The newest side version with these bytes that the replica made.
  [[nodiscard]] virtual Result<std::optional<Version>> side_with_digest(BranchId branch, const DocumentId& document,
                                                                        const Digest& digest,
                                                                        const ReplicaId& replica) = 0;
  /// What the document's versions were in that life of the hub, as far as it was told, the newest first.
  [[nodiscard]] virtual Result<std::vector<OfferedAgain>> offered_again(BranchId branch, const DocumentId& document,
                                                                        const Epoch& epoch, std::size_t limit) = 0;
  /// Heads and sides, newest first; `before` continues a page.
  [[nodiscard]] virtual Result<std::vector<Version>> history(BranchId branch, const DocumentId& document,
                                                             std::optional<VersionId> before, std::size_t limit) = 0;

  /// Makes `version` the head of its document: gives it the branch's next seq, extends the rolling digest and the feed.
  /// Returns the version with its seq.
  [[nodiscard]] virtual Result<Version> append(Version version) = 0;
  /// Keeps `version` beside the heads: it gets no seq and enters no feed (law 3).
  [[nodiscard]] virtual Status add_side(const Version& version) = 0;
  /// What a version that was just added was before a restore. Error: already_exists, not_found.
  [[nodiscard]] virtual Status note_former(const VersionId& version, const FormerVersion& former) = 0;
  /// The head that this side version was merged into.
  [[nodiscard]] virtual Result<std::optional<Version>> merge_of(const VersionId& side) = 0;
  /// Heads that joined a side version, newest first; `before` continues a page.
  [[nodiscard]] virtual Result<std::vector<Version>> merges(BranchId branch, std::optional<VersionId> before,
                                                            std::size_t limit) = 0;
  /// Lists a side version as held until release_held().
  [[nodiscard]] virtual Status hold(const VersionId& side, std::string_view why) = 0;
  [[nodiscard]] virtual Status release_held(const VersionId& side) = 0;
  [[nodiscard]] virtual Result<std::vector<HeldVersion>> held(BranchId branch) = 0;
  [[nodiscard]] virtual Status add_alias(BranchId branch, const DocumentId& alias, const DocumentId& canonical) = 0;

  /// Feed entries after `after`, in order, at most `limit`; every entry, superseded ones too.
  [[nodiscard]] virtual Result<std::vector<Version>> feed(BranchId branch, Seq after, std::size_t limit) = 0;
  /// The rolling digest at `seq`; nothing if the branch never was there.
  [[nodiscard]] virtual Result<std::optional<Digest>> rolling_digest(BranchId branch, Seq seq) = 0;

  [[nodiscard]] virtual Result<std::optional<ChangeOutcome>> change_outcome(const ReplicaId& replica,
                                                                            const ChangeId& change) = 0;
  [[nodiscard]] virtual Status record_change(const ChangeOutcome& outcome) = 0;
};

/// Content-addressed, compressed, immutable bodies, and the parts of large ones on their way in.
class BodyStore {
 public:
  virtual ~BodyStore() = default;
  /// Idempotent. The caller has verified that `digest` is the digest of `bytes`.
  [[nodiscard]] virtual Status put(const Digest& digest, std::string_view bytes) = 0;
  /// Verified on the way out: corrupt rather than other bytes.
  [[nodiscard]] virtual Result<std::optional<std::string>> get(const Digest& digest) = 0;
  [[nodiscard]] virtual Result<bool> has(const Digest& digest) = 0;
  /// Contiguous bytes received so far.
  [[nodiscard]] virtual Result<std::uint64_t> staged(const Digest& digest) = 0;
  /// Appends at `offset`, which must equal staged(); the last part verifies the whole and puts it. Error: conflict
  /// (offset), corrupt (the whole has another digest; the parts are dropped: to keep that, let the transaction commit
  /// all the same).
  [[nodiscard]] virtual Status stage(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                                     std::string_view bytes, Instant now) = 0;
  /// Drops parts untouched since `before`.
  [[nodiscard]] virtual Status drop_stale_parts(Instant before) = 0;
  /// Goes on, from where it stopped last, through the versions that were made before `before`, and keeps the texts that
  /// they replaced as what is new in them against a later one, where that is smaller (law 21). At most `limit` versions,
  /// and chain_step_bytes_max of texts; what get() gives stays the same. Returns how many it looked at: 0, nothing is left.
  [[nodiscard]] virtual Result<std::size_t> chain_old(Instant before, std::size_t limit) = 0;
  /// Texts that hang one on the other below one that is kept whole: 32 with it.
  static constexpr std::size_t chained_max = 31;
  /// Larger ones stay whole: each link of a chain is in memory with its base.
  static constexpr std::uint64_t chained_bytes_max = 8ULL * 1024 * 1024;
  /// Read in one step, so that pushes do not wait for long; the first version always.
  static constexpr std::uint64_t chain_step_bytes_max = 4ULL * 1024 * 1024;
};

class MachineRegistry {
 public:
  virtual ~MachineRegistry() = default;
  [[nodiscard]] virtual Status save(const Machine& machine) = 0;
  [[nodiscard]] virtual Result<std::optional<Machine>> find(const MachineId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<Machine>> list() = 0;
  [[nodiscard]] virtual Status save_replica(const Replica& replica) = 0;
  [[nodiscard]] virtual Result<std::optional<Replica>> find_replica(const ReplicaId& id) = 0;
  [[nodiscard]] virtual Result<std::vector<Replica>> replicas() = 0;
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;
  /// Gives the id. Error: already_exists (name).
  [[nodiscard]] virtual Result<UserId> create_user(const User& user) = 0;
  [[nodiscard]] virtual Result<std::optional<User>> find_user(UserId id) = 0;
  [[nodiscard]] virtual Result<std::optional<User>> find_user(std::string_view name) = 0;
  [[nodiscard]] virtual Result<std::vector<User>> users() = 0;
  [[nodiscard]] virtual Status update_user(const User& user) = 0;
  [[nodiscard]] virtual Status set_membership(const Membership& membership) = 0;
  [[nodiscard]] virtual Result<std::vector<Membership>> memberships(UserId user) = 0;

  [[nodiscard]] virtual Status save_session(const WebSession& session) = 0;
  [[nodiscard]] virtual Result<std::optional<WebSession>> find_session(const Digest& token) = 0;
  [[nodiscard]] virtual Status drop_session(const Digest& token) = 0;
  [[nodiscard]] virtual Status drop_expired_sessions(Instant now) = 0;

  [[nodiscard]] virtual Result<KeyId> create_key(const ApiKey& key) = 0;
  [[nodiscard]] virtual Result<std::optional<ApiKey>> find_key(const Digest& token) = 0;
  [[nodiscard]] virtual Result<std::optional<ApiKey>> find_key(KeyId id) = 0;
  [[nodiscard]] virtual Result<std::vector<ApiKey>> keys() = 0;
  [[nodiscard]] virtual Status update_key(const ApiKey& key) = 0;

  [[nodiscard]] virtual Status save_link(const OneTimeLink& link) = 0;
  /// Finds and removes it: a link works once.
  [[nodiscard]] virtual Result<std::optional<OneTimeLink>> take_link(const Digest& token, Instant now) = 0;

  [[nodiscard]] virtual Status append_audit(const AuditEntry& entry) = 0;
  [[nodiscard]] virtual Result<std::vector<AuditEntry>> audit(std::size_t limit) = 0;
};

/// One transaction. Not shared between threads.
class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual ProjectCatalog& projects() = 0;
  [[nodiscard]] virtual VersionLog& versions() = 0;
  [[nodiscard]] virtual BodyStore& bodies() = 0;
  [[nodiscard]] virtual MachineRegistry& machines() = 0;
  [[nodiscard]] virtual AccountStore& accounts() = 0;
  [[nodiscard]] virtual MirrorCatalog& mirrors() = 0;
  /// Runs `work` in a savepoint: its failure undoes only its own writes, and is returned.
  [[nodiscard]] virtual Status savepoint(const std::function<Status()>& work) = 0;
};

/// The database. `write` calls are serialised by the store (one writer); `read` calls run beside them, from any thread.
class Store {
 public:
  virtual ~Store() = default;
  /// Runs `work` in one transaction and commits it; durable when this returns success. On failure nothing happened, but
  /// for ErrorCode::unavailable with subject "commit", where the outcome is unknown (the reply was lost).
  [[nodiscard]] virtual Status write(const std::function<Status(Session&)>& work) = 0;
  [[nodiscard]] virtual Status read(const std::function<Status(Session&)>& work) = 0;
  /// A figure that differs from the last one asked for if another process has committed in between (a command on
  /// accounts or machines beside the running hub): what is remembered of the store must then be read again. Zero for
  /// ever where no other can.
  [[nodiscard]] virtual Result<std::uint64_t> outside_commits() { return std::uint64_t{0}; }
  /// The life of this database (law 20).
  [[nodiscard]] virtual Epoch epoch() const = 0;
};

}  // namespace leanspec::store
