#pragma once

#include "store/store.h"
#include "tests/fakes/memory_mirror_catalog.h"
#include "tests/fakes/memory_tables.h"

namespace leanspec::fakes {

/// Where the interfaces below work: the tables, and the log by which their changes can be taken back.
struct MemoryTransaction {
  MemoryTables& tables;
  UndoLog& undo;
};

class MemoryProjectCatalog final : public store::ProjectCatalog {
 public:
  explicit MemoryProjectCatalog(MemoryTransaction transaction) : tables_(transaction.tables), undo_(transaction.undo) {}
  [[nodiscard]] Status create(const store::Project& project) override;
  [[nodiscard]] Result<std::optional<store::Project>> find(const ProjectId& id) override;
  [[nodiscard]] Result<std::vector<store::Project>> list() override;
  [[nodiscard]] Status update(const store::Project& project) override;

 private:
  MemoryTables& tables_;
  UndoLog& undo_;
};

class MemoryVersionLog final : public store::VersionLog {
 public:
  explicit MemoryVersionLog(MemoryTransaction transaction) : tables_(transaction.tables), undo_(transaction.undo) {}
  using VersionLog::create_branch;
  [[nodiscard]] Result<store::Branch> create_branch(const ProjectId& project, std::string_view name,
                                                    const store::Fork& fork) override;
  [[nodiscard]] Status rename_branch(BranchId branch, std::string_view name) override;
  [[nodiscard]] Status begin_after_copies(BranchId branch) override;
  [[nodiscard]] Result<std::optional<store::Branch>> find_branch(const ProjectId& project,
                                                                 std::string_view name) override;
  [[nodiscard]] Result<std::optional<store::Branch>> find_branch(BranchId id) override;
  [[nodiscard]] Result<std::vector<store::Branch>> branches(const ProjectId& project) override;
  [[nodiscard]] Result<std::optional<store::Version>> head(BranchId branch, const DocumentId& document) override;
  [[nodiscard]] Result<std::optional<store::Version>> head_at_path(BranchId branch, std::string_view path) override;
  [[nodiscard]] Result<std::vector<store::Version>> deleted(BranchId branch, std::optional<VersionId> before,
                                                            std::size_t limit) override;
  [[nodiscard]] Result<std::vector<store::Version>> heads(BranchId branch) override;
  [[nodiscard]] Result<std::vector<store::Version>> heads_at(BranchId branch, Seq seq) override;
  [[nodiscard]] Result<std::optional<store::Version>> copy_of(BranchId branch, const DocumentId& document) override;
  [[nodiscard]] Result<std::uint64_t> live_documents(BranchId branch) override;
  [[nodiscard]] Result<std::optional<store::Version>> version(const VersionId& id) override;
  [[nodiscard]] Result<std::optional<store::Version>> version_with_digest(BranchId branch, const DocumentId& document,
                                                                          const Digest& digest) override;
  [[nodiscard]] Result<std::optional<store::Version>> side_with_digest(BranchId branch, const DocumentId& document,
                                                                       const Digest& digest,
                                                                       const ReplicaId& replica) override;
  [[nodiscard]] Result<std::vector<store::OfferedAgain>> offered_again(BranchId branch, const DocumentId& document,
                                                                       const Epoch& epoch, std::size_t limit) override;
  [[nodiscard]] Status note_former(const VersionId& version, const FormerVersion& former) override;
  [[nodiscard]] Result<std::vector<store::Version>> history(BranchId branch, const DocumentId& document,
                                                            std::optional<VersionId> before,
                                                            std::size_t limit) override;
  [[nodiscard]] Result<store::Version> append(store::Version version) override;
  [[nodiscard]] Status add_side(const store::Version& version) override;
  [[nodiscard]] Result<std::optional<store::Version>> merge_of(const VersionId& side) override;
  [[nodiscard]] Result<std::vector<store::Version>> merges(BranchId branch, std::optional<VersionId> before,
                                                           std::size_t limit) override;
  [[nodiscard]] Status hold(const VersionId& side, std::string_view why) override;
  [[nodiscard]] Status release_held(const VersionId& side) override;
  [[nodiscard]] Result<std::vector<store::HeldVersion>> held(BranchId branch) override;
  [[nodiscard]] Status add_alias(BranchId branch, const DocumentId& alias, const DocumentId& canonical) override;
  [[nodiscard]] Result<std::vector<store::Version>> feed(BranchId branch, Seq after, std::size_t limit) override;
  [[nodiscard]] Result<std::optional<Digest>> rolling_digest(BranchId branch, Seq seq) override;
  [[nodiscard]] Result<std::optional<store::ChangeOutcome>> change_outcome(const ReplicaId& replica,
                                                                           const ChangeId& change) override;
  [[nodiscard]] Status record_change(const store::ChangeOutcome& outcome) override;

 private:
  [[nodiscard]] Status check(const store::Version& version) const;
  std::size_t insert(const store::Version& version, const Digest& rolling);

  MemoryTables& tables_;
  UndoLog& undo_;
};

class MemoryBodyStore final : public store::BodyStore {
 public:
  explicit MemoryBodyStore(MemoryTransaction transaction) : tables_(transaction.tables), undo_(transaction.undo) {}
  [[nodiscard]] Status put(const Digest& digest, std::string_view bytes) override;
  [[nodiscard]] Result<std::optional<std::string>> get(const Digest& digest) override;
  [[nodiscard]] Result<bool> has(const Digest& digest) override;
  [[nodiscard]] Result<std::uint64_t> staged(const Digest& digest) override;
  [[nodiscard]] Status stage(const Digest& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes,
                             Instant now) override;
  [[nodiscard]] Status drop_stale_parts(Instant before) override;
  /// Memory keeps every text whole.
  [[nodiscard]] Result<std::size_t> chain_old(Instant, std::size_t) override { return std::size_t{0}; }

 private:
  MemoryTables& tables_;
  UndoLog& undo_;
};

class MemoryMachineRegistry final : public store::MachineRegistry {
 public:
  explicit MemoryMachineRegistry(MemoryTransaction transaction)
      : tables_(transaction.tables), undo_(transaction.undo) {}
  [[nodiscard]] Status save(const store::Machine& machine) override;
  [[nodiscard]] Result<std::optional<store::Machine>> find(const MachineId& id) override;
  [[nodiscard]] Result<std::vector<store::Machine>> list() override;
  [[nodiscard]] Status save_replica(const store::Replica& replica) override;
  [[nodiscard]] Result<std::optional<store::Replica>> find_replica(const ReplicaId& id) override;
  [[nodiscard]] Result<std::vector<store::Replica>> replicas() override;

 private:
  MemoryTables& tables_;
  UndoLog& undo_;
};

class MemoryAccountStore final : public store::AccountStore {
 public:
  explicit MemoryAccountStore(MemoryTransaction transaction) : tables_(transaction.tables), undo_(transaction.undo) {}
  [[nodiscard]] Result<UserId> create_user(const store::User& user) override;
  [[nodiscard]] Result<std::optional<store::User>> find_user(UserId id) override;
  [[nodiscard]] Result<std::optional<store::User>> find_user(std::string_view name) override;
  [[nodiscard]] Result<std::vector<store::User>> users() override;
  [[nodiscard]] Status update_user(const store::User& user) override;
  [[nodiscard]] Status set_membership(const store::Membership& membership) override;
  [[nodiscard]] Result<std::vector<store::Membership>> memberships(UserId user) override;
  [[nodiscard]] Status save_session(const store::WebSession& session) override;
  [[nodiscard]] Result<std::optional<store::WebSession>> find_session(const Digest& token) override;
  [[nodiscard]] Status drop_session(const Digest& token) override;
  [[nodiscard]] Status drop_expired_sessions(Instant now) override;
  [[nodiscard]] Result<KeyId> create_key(const store::ApiKey& key) override;
  [[nodiscard]] Result<std::optional<store::ApiKey>> find_key(const Digest& token) override;
  [[nodiscard]] Result<std::optional<store::ApiKey>> find_key(KeyId id) override;
  [[nodiscard]] Result<std::vector<store::ApiKey>> keys() override;
  [[nodiscard]] Status update_key(const store::ApiKey& key) override;
  [[nodiscard]] Status save_link(const store::OneTimeLink& link) override;
  [[nodiscard]] Result<std::optional<store::OneTimeLink>> take_link(const Digest& token, Instant now) override;
  [[nodiscard]] Status append_audit(const store::AuditEntry& entry) override;
  [[nodiscard]] Result<std::vector<store::AuditEntry>> audit(std::size_t limit) override;

 private:
  [[nodiscard]] Status check(const store::ApiKey& key) const;

  MemoryTables& tables_;
  UndoLog& undo_;
};

class MemorySession final : public store::Session {
 public:
  explicit MemorySession(MemoryTransaction transaction)
      : undo_(transaction.undo),
        projects_(transaction),
        versions_(transaction),
        bodies_(transaction),
        machines_(transaction),
        accounts_(transaction),
        mirrors_(transaction.tables, transaction.undo) {}
  [[nodiscard]] store::ProjectCatalog& projects() override { return projects_; }
  [[nodiscard]] store::VersionLog& versions() override { return versions_; }
  [[nodiscard]] store::BodyStore& bodies() override { return bodies_; }
  [[nodiscard]] store::MachineRegistry& machines() override { return machines_; }
  [[nodiscard]] store::AccountStore& accounts() override { return accounts_; }
  [[nodiscard]] store::MirrorCatalog& mirrors() override { return mirrors_; }
  [[nodiscard]] Status savepoint(const std::function<Status()>& work) override;

 private:
  UndoLog& undo_;
  MemoryProjectCatalog projects_;
  MemoryVersionLog versions_;
  MemoryBodyStore bodies_;
  MemoryMachineRegistry machines_;
  MemoryAccountStore accounts_;
  MemoryMirrorCatalog mirrors_;
};

/// What a database says of a reference to nothing.
[[nodiscard]] inline Error not_stored() {
  return Error(ErrorCode::invalid, "what the record refers to is not stored");
}
[[nodiscard]] inline Error already_there(std::string_view what) {
  return Error(ErrorCode::already_exists, "is there already", std::string(what));
}

/// The value of `key`, or nothing.
template <typename Map>
[[nodiscard]] std::optional<typename Map::mapped_type> look_up(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

template <typename Map>
[[nodiscard]] std::vector<typename Map::mapped_type> values(const Map& map) {
  std::vector<typename Map::mapped_type> all;
  for (const auto& [key, value] : map) all.push_back(value);
  return all;
}

}  // namespace leanspec::fakes
