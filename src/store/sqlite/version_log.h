#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

class SqliteVersionLog final : public VersionLog {
 public:
  explicit SqliteVersionLog(Database& database) : database_(database) {}

  using VersionLog::create_branch;
  [[nodiscard]] Result<Branch> create_branch(const ProjectId& project, std::string_view name,
                                             const Fork& fork) override;
  [[nodiscard]] Status rename_branch(BranchId branch, std::string_view name) override;
  [[nodiscard]] Status begin_after_copies(BranchId branch) override;
  [[nodiscard]] Result<std::optional<Branch>> find_branch(const ProjectId& project, std::string_view name) override;
  [[nodiscard]] Result<std::optional<Branch>> find_branch(BranchId id) override;
  [[nodiscard]] Result<std::vector<Branch>> branches(const ProjectId& project) override;

  [[nodiscard]] Result<std::optional<Version>> head(BranchId branch, const DocumentId& document) override;
  [[nodiscard]] Result<std::optional<Version>> head_at_path(BranchId branch, std::string_view path) override;
  [[nodiscard]] Result<std::vector<Version>> deleted(BranchId branch, std::optional<VersionId> before,
                                                     std::size_t limit) override;
  [[nodiscard]] Result<std::vector<Version>> heads(BranchId branch) override;
  [[nodiscard]] Result<std::vector<Version>> heads_at(BranchId branch, Seq seq) override;
  [[nodiscard]] Result<std::optional<Version>> copy_of(BranchId branch, const DocumentId& document) override;
  [[nodiscard]] Result<std::uint64_t> live_documents(BranchId branch) override;
  [[nodiscard]] Result<std::optional<Version>> version(const VersionId& id) override;
  [[nodiscard]] Result<std::optional<Version>> version_with_digest(BranchId branch, const DocumentId& document,
                                                                   const Digest& digest) override;
  [[nodiscard]] Result<std::vector<OfferedAgain>> offered_again(BranchId branch, const DocumentId& document,
                                                                const Epoch& epoch, std::size_t limit) override;
  [[nodiscard]] Status note_former(const VersionId& version, const FormerVersion& former) override;
  [[nodiscard]] Result<std::optional<Version>> side_with_digest(BranchId branch, const DocumentId& document,
                                                                const Digest& digest,
                                                                const ReplicaId& replica) override;
  [[nodiscard]] Result<std::vector<Version>> history(BranchId branch, const DocumentId& document,
                                                     std::optional<VersionId> before, std::size_t limit) override;

  [[nodiscard]] Result<Version> append(Version version) override;
  [[nodiscard]] Status add_side(const Version& version) override;
  [[nodiscard]] Result<std::optional<Version>> merge_of(const VersionId& side) override;
  [[nodiscard]] Result<std::vector<Version>> merges(BranchId branch, std::optional<VersionId> before,
                                                    std::size_t limit) override;
  [[nodiscard]] Status hold(const VersionId& side, std::string_view why) override;
  [[nodiscard]] Status release_held(const VersionId& side) override;
  [[nodiscard]] Result<std::vector<HeldVersion>> held(BranchId branch) override;
  [[nodiscard]] Status add_alias(BranchId branch, const DocumentId& alias, const DocumentId& canonical) override;

  [[nodiscard]] Result<std::vector<Version>> feed(BranchId branch, Seq after, std::size_t limit) override;
  [[nodiscard]] Result<std::optional<Digest>> rolling_digest(BranchId branch, Seq seq) override;

  [[nodiscard]] Result<std::optional<ChangeOutcome>> change_outcome(const ReplicaId& replica,
                                                                    const ChangeId& change) override;
  [[nodiscard]] Status record_change(const ChangeOutcome& outcome) override;

 private:
  /// Gives the version's place in the table.
  [[nodiscard]] Result<std::int64_t> insert(const Version& version, const std::optional<Digest>& rolling);

  Database& database_;
};

}  // namespace leanspec::store::sqlite
