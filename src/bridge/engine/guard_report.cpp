#include "bridge/engine/guard_report.h"

#include <algorithm>
#include <utility>

#include "wire/limits.h"

namespace leanspec::bridge::engine {

namespace {

std::optional<wire::GuardKind> kind_of(sync::GuardReason reason) {
  switch (reason) {
    case sync::GuardReason::none:
      return std::nullopt;
    case sync::GuardReason::root_missing:
      return wire::GuardKind::root_missing;
    case sync::GuardReason::root_emptied:
      return wire::GuardKind::root_emptied;
    case sync::GuardReason::root_replaced:
      return wire::GuardKind::root_replaced;
    case sync::GuardReason::mass_delete:
      return wire::GuardKind::mass_delete;
  }
  return std::nullopt;
}

bool would_delete(wire::GuardKind kind) {
  return kind == wire::GuardKind::mass_delete || kind == wire::GuardKind::root_emptied;
}

}  // namespace

GuardReport::GuardReport(const Ledger& ledger, const Folder& folder, const ReplicaConfig& config,
                         ReplicaEngine::MakeUuid make_uuid)
    : ledger_(ledger), folder_(folder), config_(config), make_uuid_(std::move(make_uuid)) {}

void GuardReport::look(bool root_is_another, Now now) {
  auto kind = kind_of(folder_.guard().reason());
  if (root_is_another && kind != wire::GuardKind::root_missing) kind = wire::GuardKind::root_replaced;
  if (!kind) {
    id_.reset();
    documents_.clear();
    return;
  }
  const auto& held = folder_.guard().held();
  const bool same =
      id_ && kind_ == *kind && std::includes(documents_.begin(), documents_.end(), held.begin(), held.end());
  if (same && held.size() == documents_.size()) return;
  if (!id_ || kind_ != *kind) since_ = now.boot;
  if (!same) id_ = GuardId{make_uuid_()};
  kind_ = *kind;
  documents_ = held;
  paths_.clear();
  count_ = 0;
  if (!would_delete(kind_)) return;
  const auto name = [&](const LocalRow& row) {
    ++count_;
    paths_.push_back(row.path);
  };
  if (held.empty()) {
    for (const auto& [document, row] : ledger_.state().local) name(row);
  } else {
    for (const auto& document : held) {
      if (const auto* row = ledger_.local(document)) name(*row);
    }
  }
  std::sort(paths_.begin(), paths_.end());
  if (paths_.size() > wire::limits::guard_paths_max) paths_.resize(wire::limits::guard_paths_max);
}

std::string GuardReport::objection() const {
  switch (kind_) {
    case wire::GuardKind::root_missing:
      return "the folder is not there: put it back or mount it; nothing is deleted meanwhile";
    case wire::GuardKind::root_replaced:
      return "another folder stands in the place of the one that was synced: put that one back, or approve to go on "
             "with this one, which deletes nothing";
    case wire::GuardKind::root_emptied:
    case wire::GuardKind::mass_delete:
      if (writes_here(config_.mode)) return {};
      return "this folder only sends, so nothing is brought back here: put the files back yourself, or approve";
  }
  return {};
}

wire::GuardState GuardReport::state(Now now) const {
  wire::GuardState state;
  state.guard = id_;
  if (!id_) return state;
  state.kind = kind_;
  state.count = count_;
  state.paths = paths_;
  state.age = std::chrono::duration_cast<std::chrono::milliseconds>(now.boot - since_);
  state.approvable = kind_ != wire::GuardKind::root_missing;
  state.revertible = would_delete(kind_) && writes_here(config_.mode);
  state.detail = objection();
  return state;
}

void GuardReport::connected() {
  told_.emplace(std::nullopt, 0);
}

std::optional<wire::GuardState> GuardReport::news(Now now) {
  const std::pair told{id_, id_ ? count_ : 0};
  if (told_ == told) return std::nullopt;
  told_ = told;
  return state(now);
}

}  // namespace leanspec::bridge::engine
