#include "sync/guard.h"

#include <algorithm>

namespace leanspec::sync {

bool same_root(const RootIdentity& before, const RootIdentity& now) {
  return before.inode == now.inode && (before.boot != now.boot || before.device == now.device);
}

std::string_view to_string(GuardReason reason) {
  switch (reason) {
    case GuardReason::none:
      return "none";
    case GuardReason::root_missing:
      return "root-missing";
    case GuardReason::root_emptied:
      return "root-emptied";
    case GuardReason::root_replaced:
      return "root-replaced";
    case GuardReason::mass_delete:
      return "mass-delete";
  }
  return "none";
}

std::size_t Guard::allowed(std::size_t synced) {
  return std::max(deletes_always_allowed, synced * deletes_allowed_percent / 100);
}

void Guard::settle_reason() {
  if (root_gone_)
    reason_ = GuardReason::root_missing;
  else if (root_other_)
    reason_ = GuardReason::root_replaced;
  else if (root_empty_)
    reason_ = GuardReason::root_emptied;
  else if (!held_.empty())
    reason_ = GuardReason::mass_delete;
  else
    reason_ = GuardReason::none;
}

void Guard::root_missing() {
  root_gone_ = true;
  settle_reason();
}

void Guard::root_seen(bool same, std::optional<std::size_t> files, std::size_t synced) {
  root_gone_ = false;
  if (same) other_approved_ = false;
  root_other_ = !same && !other_approved_;
  if (files) {
    if (*files > 0) empty_approved_ = false;
    root_empty_ = *files == 0 && synced >= emptied_documents_min && !empty_approved_;
  }
  settle_reason();
}

void Guard::root_emptied(std::size_t synced) {
  root_empty_ = synced >= emptied_documents_min && !empty_approved_;
  settle_reason();
}

bool Guard::halted() const {
  return root_gone_ || root_other_ || root_empty_;
}

bool Guard::release(const std::set<DocumentId>& vanished, std::size_t synced, BootTime now) {
  if (vanished.empty()) return true;
  released_.erase(released_.begin(), released_.upper_bound(now - window));
  std::size_t lately = 0;
  for (const auto& [when, count] : released_) lately += count;
  auto together = held_;
  together.insert(vanished.begin(), vanished.end());
  if (halted() || reason_ == GuardReason::mass_delete || lately + together.size() > allowed(synced + lately)) {
    held_ = std::move(together);
    settle_reason();
    return false;
  }
  released_.emplace(now, vanished.size());
  return true;
}

void Guard::released_before(BootTime when, std::size_t count) {
  released_.emplace(when, count);
}

void Guard::returned(const DocumentId& document) {
  if (held_.erase(document) != 0) settle_reason();
}

std::set<DocumentId> Guard::approve() {
  if (root_gone_) return {};
  other_approved_ = other_approved_ || root_other_;
  empty_approved_ = empty_approved_ || root_empty_;
  root_other_ = false;
  root_empty_ = false;
  auto approved = std::move(held_);
  held_.clear();
  settle_reason();
  return approved;
}

}  // namespace leanspec::sync
