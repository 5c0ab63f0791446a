#include "bridge/engine/editing.h"

#include <algorithm>
#include <utility>

#include "wire/limits.h"

namespace leanspec::bridge::engine {

std::optional<std::string> edited_beside(std::string_view path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
  const auto name = path.substr(folder.size());
  const auto between = [&](std::string_view before, std::string_view after) -> std::optional<std::string> {
    if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after))
      return std::nullopt;
    return std::string(folder) + std::string(name.substr(before.size(), name.size() - before.size() - after.size()));
  };
  if (auto file = between(".~lock.", "#")) return file;
  if (auto file = between(".#", "")) return file;
  for (const std::string_view ending : {".swp", ".swo", ".kate-swp"}) {
    if (auto file = between(".", ending)) return file;
  }
  return std::nullopt;
}

void Editing::changed(const DocumentId& document, BootTime when) {
  auto& last = changed_[document];
  last = std::max(last, when);
  is_stale_ = true;
}

bool Editing::hinted(const Hint& hint, Now now) {
  if (hint.folder || hint.from || hint.kind == HintKind::overflow) return false;
  auto file = edited_beside(hint.path);
  if (!file) return false;
  if (hint.kind == HintKind::removed)
    locks_.erase(hint.path);
  else if (locks_.size() < locks_max || locks_.contains(hint.path))
    locks_.insert_or_assign(hint.path, std::pair{*std::move(file), now.boot});
  is_stale_ = true;
  return true;
}

void Editing::seen(const std::vector<IgnoredPath>& ignored, Now now) {
  for (const auto& one : ignored) {
    auto file = one.folder ? std::nullopt : edited_beside(one.path);
    if (file && locks_.size() < locks_max && locks_.try_emplace(one.path, *std::move(file), now.boot).second)
      is_stale_ = true;
  }
}

/// Those that were changed last, if they are too many.
const std::vector<DocumentId>& Editing::documents(const Ledger& ledger, Now now) {
  // Whose file lies beside a lock changes with the local tree.
  const bool moved = !locks_.empty() && edited_of_ != ledger.tree_changes();
  if (!std::exchange(is_stale_, false) && !moved && now.boot < stale_at_) return edited_;
  edited_of_ = ledger.tree_changes();
  std::erase_if(changed_, [&](const auto& one) { return now.boot - one.second >= after_change; });
  std::erase_if(locks_, [&](const auto& one) { return now.boot - one.second.second >= lock_life; });
  stale_at_ = BootTime::max();
  for (const auto& [document, last] : changed_) stale_at_ = std::min(stale_at_, last + after_change);
  for (const auto& [lock, file] : locks_) stale_at_ = std::min(stale_at_, file.second + lock_life);
  std::map<DocumentId, BootTime> all = changed_;
  for (const auto& [lock, file] : locks_) {
    if (const auto document = ledger.local_at(file.first)) all[*document] = now.boot;
  }
  std::vector<std::pair<BootTime, DocumentId>> newest;
  newest.reserve(all.size());
  for (const auto& [document, when] : all) newest.emplace_back(when, document);
  if (newest.size() > wire::limits::editing_documents_max) {
    std::sort(newest.rbegin(), newest.rend());
    newest.resize(wire::limits::editing_documents_max);
  }
  is_told_ = false;
  edited_.clear();
  for (const auto& [when, document] : newest) edited_.push_back(document);
  std::sort(edited_.begin(), edited_.end());
  return edited_;
}

std::optional<wire::Editing> Editing::news(const Ledger& ledger, Now now) {
  const auto& edited = documents(ledger, now);
  const bool due = !edited.empty() && now.boot - told_at_ >= renew_interval;
  if (!is_told_) is_told_ = edited == told_;
  if (is_told_ && !due) return std::nullopt;
  told_ = edited;
  is_told_ = true;
  told_at_ = now.boot;
  return wire::Editing{edited};
}

std::optional<BootTime> Editing::deadline() const {
  if (told_.empty()) return std::nullopt;
  return std::min(told_at_ + renew_interval, stale_at_);
}

}  // namespace leanspec::bridge::engine
