// The part of Folder for disks that do not keep all names apart.
#include <algorithm>
#include <utility>

#include "bridge/engine/folder.h"

namespace leanspec::bridge::engine {

/// False: the look was made as on a disk of another kind.
bool Folder::folds_as_known(const ScanResult& result) {
  if (result.folding == folding_) return true;
  folding_ = result.folding;
  spellings_.reset();
  return false;
}

/// What disk and hub agree on comes first, then what the hub has, then what only stands here: where that is the same
/// file in another spelling, it is the hub's.
std::shared_ptr<const sync::Spellings> Folder::spellings() {
  if (!folding_.any()) return nullptr;
  if (spellings_ && spellings_of_ == ledger_.tree_changes()) return spellings_;
  auto made = std::make_shared<sync::Spellings>(folding_);
  const auto& state = ledger_.state();
  local_by_key_.clear();
  for (const auto& [document, row] : state.local) {
    if (ledger_.synced(document) != nullptr) made->add(row.path);
    local_by_key_.try_emplace(folding_.key(row.path), document);
  }
  for (const auto& [name, intent] : state.intents) {
    if (intent.to) made->add(*intent.to);
  }
  for (const auto& [document, node] : state.remote) {
    if (ledger_.local(document) == nullptr) made->add(node.path);
  }
  for (const auto& [document, row] : state.local) {
    if (ledger_.synced(document) != nullptr) continue;
    const auto known = made->known_as(row.path);
    if (!known || made->path_of(row.path) == row.path) made->add(row.path);
  }
  spellings_of_ = ledger_.tree_changes();
  spellings_ = std::move(made);
  return spellings_;
}

std::optional<DocumentId> Folder::local_like(const std::string& path) {
  if (const auto exact = ledger_.local_at(path); exact || !folding_.any()) return exact;
  (void)spellings();
  const auto found = local_by_key_.find(folding_.key(path));
  return found == local_by_key_.end() ? std::nullopt : std::optional(found->second);
}

const FileProblem* Folder::problem_at(const std::string& path) const {
  if (const auto found = problems_.find(path); found != problems_.end()) return &found->second;
  if (!folding_.any()) return nullptr;
  const auto key = folding_.key(path);
  const auto like = std::find_if(problems_.begin(), problems_.end(),
                                 [&](const auto& problem) { return folding_.key(problem.first) == key; });
  return like == problems_.end() ? nullptr : &like->second;
}

/// The watcher tells of names as the disk shows them.
Hint Folder::as_known(Hint hint) {
  const auto known = spellings();
  if (!known || hint.path.empty()) return hint;
  const bool folder = hint.folder || hint.kind == HintKind::folder_changed;
  const auto path_of = [&](const std::string& shown) {
    return folder ? known->folder_of(shown) : known->path_of(shown);
  };
  hint.path = path_of(hint.path);
  if (hint.from) hint.from = path_of(*hint.from);
  return hint;
}

}  // namespace leanspec::bridge::engine
