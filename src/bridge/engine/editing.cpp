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
}

bool Editing::hinted(const Hint& hint, Now now) {
  if (hint.folder || hint.from || hint.kind == HintKind::overflow) return false;
  auto file = edited_beside(hint.path);
  if (!file) return false;
  if (hint.kind == HintKind::removed)
    locks_.erase(hint.path);
  else if (locks_.size() < locks_max || locks_.contains(hint.path))
    locks_.insert_or_assign(hint.path, std::pair{*std::move(file), now.boot});
  return true;
}

void Editing::seen(const std::vector<IgnoredPath>& ignored, Now now) {
  for (const auto& one : ignored) {
    auto file = one.folder ? std::nullopt : edited_beside(one.path);
    if (file && locks_.size() < locks_max) locks_.try_emplace(one.path, *std::move(file), now.boot);
  }
}

/// Those that were changed last, if they are too many.
std::vector<DocumentId> Editing::documents(const Ledger& ledger, Now now) {
  std::erase_if(changed_, [&](const auto& one) { return now.boot - one.second >= after_change; });
  std::erase_if(locks_, [&](const auto& one) { return now.boot - one.second.second >= lock_life; });
  std::map<DocumentId, BootTime> all = changed_;
  for (const auto& [lock, file] : locks_) {
    if (const auto document = ledger.local_at(file.first)) all[*document] = now.boot;
  }
  std::vector<std::pair<BootTime, DocumentId>> newest;
  for (const auto& [document, when] : all) newest.emplace_back(when, document);
  if (newest.size() > wire::limits::editing_documents_max) {
    std::sort(newest.rbegin(), newest.rend());
    newest.resize(wire::limits::editing_documents_max);
  }
  std::vector<DocumentId> edited;
  for (const auto& [when, document] : newest) edited.push_back(document);
  std::sort(edited.begin(), edited.end());
  return edited;
}

std::optional<wire::Editing> Editing::news(const Ledger& ledger, Now now) {
  auto edited = documents(ledger, now);
  const bool due = !edited.empty() && now.boot - told_at_ >= renew_interval;
  if (edited == told_ && !due) return std::nullopt;
  told_ = edited;
  told_at_ = now.boot;
  return wire::Editing{std::move(edited)};
}

std::optional<BootTime> Editing::deadline() const {
  if (told_.empty()) return std::nullopt;
  auto when = told_at_ + renew_interval;
  for (const auto& [document, last] : changed_) when = std::min(when, last + after_change);
  return when;
}

}  // namespace leanspec::bridge::engine
