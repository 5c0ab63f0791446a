#include "hub/mirrors/metered_forge.h"

#include <utility>

namespace leanspec::hub::mirrors {

MeteredForge::MeteredForge(std::shared_ptr<ForgeTransport> transport, std::string about, const host::Clock& clock,
                           RateBudget budget)
    : transport_(std::move(transport)), about_(std::move(about)), clock_(clock), budget_(budget) {}

RateBudget MeteredForge::budget() const {
  const std::lock_guard lock(mutex_);
  return budget_;
}

std::uint64_t MeteredForge::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool MeteredForge::was_redirected() const {
  const std::lock_guard lock(mutex_);
  return redirected_;
}

Result<ForgeAnswer> MeteredForge::ask(const ForgeQuestion& question) {
  {
    const std::lock_guard lock(mutex_);
    // What is under way is spent, though no answer has said so yet.
    if (const auto spendable = budget_.spendable(clock_.now()); spendable && *spendable <= under_way_) {
      return Error(ErrorCode::exhausted, "the requests that the forge grants are used up for now", about_,
                   "The mirror goes on by itself. A token raises the limit.");
    }
    ++requests_;
    ++under_way_;
  }
  auto answer = transport_->ask(question);
  const std::lock_guard lock(mutex_);
  --under_way_;
  if (!answer) return answer;
  budget_ = after_answer(budget_, answer->status, answer->headers, answer->body, clock_.now());
  redirected_ = redirected_ || answer->redirected;
  return answer;
}

}  // namespace leanspec::hub::mirrors
