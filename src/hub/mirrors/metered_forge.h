#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "host/clock.h"
#include "hub/mirrors/forge_transport.h"
#include "hub/mirrors/rate_budget.h"

namespace leanspec::hub::mirrors {

/// A forge that is asked within what it grants: a question that the budget forbids is not asked. Safe from several
/// threads.
class MeteredForge {
 public:
  /// `about`: the repository, for errors. `budget`: what an earlier one with the same token knew.
  MeteredForge(std::shared_ptr<ForgeTransport> transport, std::string about, const host::Clock& clock,
               RateBudget budget);

  /// Errors: of the transport, and exhausted. A status is none.
  [[nodiscard]] Result<ForgeAnswer> ask(const ForgeQuestion& question);

  [[nodiscard]] RateBudget budget() const;
  [[nodiscard]] std::uint64_t requests() const;
  /// An answer came from another place than was asked.
  [[nodiscard]] bool was_redirected() const;

 private:
  const std::shared_ptr<ForgeTransport> transport_;
  const std::string about_;
  const host::Clock& clock_;
  mutable std::mutex mutex_;
  RateBudget budget_;
  std::uint64_t requests_ = 0;
  std::uint64_t under_way_ = 0;
  bool redirected_ = false;
};

}  // namespace leanspec::hub::mirrors
