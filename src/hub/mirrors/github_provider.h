#pragma once

#include <memory>
#include <string>

#include "host/clock.h"
#include "hub/mirrors/metered_forge.h"
#include "hub/mirrors/provider.h"

namespace leanspec::hub::mirrors {

/// A repository at GitHub or a GitHub Enterprise server, by its REST API. A question that the budget forbids is not
/// asked.
class GithubProvider final : public MirrorProvider {
 public:
  /// `full_name`: "owner/repository", checked. `budget`: what an earlier provider with the same token knew.
  GithubProvider(std::shared_ptr<ForgeTransport> transport, std::string full_name, const host::Clock& clock,
                 RateBudget budget = {});

  [[nodiscard]] Result<RepositoryFacts> repository() override;
  [[nodiscard]] Result<BranchHead> head(const std::string& branch, const std::optional<BranchHead>& known) override;
  [[nodiscard]] Result<TreeListing> tree(const GitId& id, bool recursive) override;
  [[nodiscard]] Result<std::string> blob(const GitId& id, std::uint64_t size_max) override;
  [[nodiscard]] RateBudget budget() const override { return forge_.budget(); }
  [[nodiscard]] std::uint64_t requests() const override { return forge_.requests(); }
  [[nodiscard]] bool was_renamed() const override { return forge_.was_redirected(); }

 private:
  /// One question within the budget, and what its answer says of it. Error: as MirrorProvider says; a status is none.
  [[nodiscard]] Result<ForgeAnswer> ask(ForgeQuestion question);
  [[nodiscard]] Result<ForgeAnswer> ask_for(ForgeQuestion question, const std::string& what);

  const std::string full_name_;
  MeteredForge forge_;
};

}  // namespace leanspec::hub::mirrors
