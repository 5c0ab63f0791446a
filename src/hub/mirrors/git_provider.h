#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/clock.h"
#include "hub/mirrors/git_pack.h"
#include "hub/mirrors/git_wire.h"
#include "hub/mirrors/metered_forge.h"
#include "hub/mirrors/provider.h"

namespace leanspec::hub::mirrors {

/// What is taken of a server in one answer.
constexpr std::size_t git_answer_bytes_max = std::size_t{64} * 1024 * 1024;

/// A repository at any server that speaks git's protocol 2 over HTTP. A sync asks at most three times, however many
/// files changed: where the branch is; the folders of the commit; the files of the mirrored folder that are new, one by
/// one only where they are too many for one answer. A server that cannot filter sends all files of the commit instead
/// of its folders. What was received is kept in memory until the provider goes, so one provider is for one sync.
class GitProvider final : public MirrorProvider {
 public:
  /// `path`: of the repository behind the base address, "group/specs.git". `here`: a tree whose files are known and
  /// need not be sent.
  GitProvider(std::shared_ptr<ForgeTransport> transport, std::string path, const host::Clock& clock,
              std::optional<GitId> here = {}, RateBudget budget = {},
              std::size_t answer_bytes_max = git_answer_bytes_max);

  /// A git server gives no id; the name is the path, as it is called now.
  [[nodiscard]] Result<RepositoryFacts> repository() override;
  [[nodiscard]] Result<BranchHead> head(const std::string& branch, const std::optional<BranchHead>& known) override;
  [[nodiscard]] Result<TreeListing> tree(const GitId& id, bool recursive) override;
  [[nodiscard]] Result<std::string> blob(const GitId& id, std::uint64_t size_max) override;
  [[nodiscard]] RateBudget budget() const override { return forge_.budget(); }
  [[nodiscard]] std::uint64_t requests() const override { return forge_.requests(); }
  [[nodiscard]] bool was_renamed() const override { return forge_.was_redirected(); }

 private:
  [[nodiscard]] Status meet();
  [[nodiscard]] Result<std::string> post(const std::string& question, std::size_t answer_bytes_max);
  [[nodiscard]] Result<std::vector<GitRef>> refs(const std::vector<std::string>& prefixes);
  [[nodiscard]] Status fetch(GitFetch question, std::size_t answer_bytes_max);
  [[nodiscard]] Status fetch_folder(std::uint64_t size_max);
  [[nodiscard]] Result<const GitObject*> object(const GitId& id, GitKind kind);
  [[nodiscard]] Result<TreeListing> list(const GitId& tree, bool recursive);

  MeteredForge forge_;
  std::mutex mutex_;  ///< who asks for a file waits for the answer that brings all
  std::string path_;
  std::optional<GitServer> server_;
  const std::optional<GitId> here_;
  GitObjects objects_;
  GitId commit_;
  const std::size_t answer_bytes_max_;
  std::optional<GitId> folder_;  ///< that was listed, and whose files have not been fetched
  std::optional<Error> folder_failure_;
  unsigned folder_attempts_ = 0;
};

}  // namespace leanspec::hub::mirrors
