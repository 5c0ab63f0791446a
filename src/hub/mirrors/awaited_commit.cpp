#include "hub/mirrors/awaited_commit.h"

#include <utility>

namespace leanspec::hub::mirrors {

void AwaitedCommit::announce(std::string commit) {
  if (commit.empty() || commit == commit_) return;
  commit_ = std::move(commit);
  looks_ = 0;
}

std::optional<std::chrono::milliseconds> AwaitedCommit::after_look(const std::string& head) {
  if (commit_.empty()) return std::nullopt;
  if (head == commit_ || looks_ == looks_max) {
    *this = AwaitedCommit();
    return std::nullopt;
  }
  return first_wait * (1U << looks_++);
}

}  // namespace leanspec::hub::mirrors
