#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "bridge/engine/replica_impl.h"
#include "bridge/engine/sentences.h"

namespace leanspec::bridge::engine {

namespace {

void list(std::vector<StatusItem>& items, std::size_t& count, std::string path, std::string why,
          std::string remedy = {}) {
  ++count;
  if (items.size() < ReplicaStatus::listed_max) items.push_back({std::move(path), std::move(why), std::move(remedy)});
}

void sort_by_path(std::vector<StatusItem>& items) {
  std::sort(items.begin(), items.end(), [](const auto& one, const auto& other) { return one.path < other.path; });
}

/// A document as the three trees have it.
struct Standing {
  DocumentId document;
  const LocalRow* local = nullptr;
  const sync::Node* synced = nullptr;
  const sync::Node* remote = nullptr;

  /// The same everywhere, so there is nothing to plan.
  [[nodiscard]] bool is_agreed() const {
    return local != nullptr && synced != nullptr && remote != nullptr && local->path == synced->path &&
           local->path == remote->path && local->file.digest == synced->digest && local->file.digest == remote->digest;
  }
};

/// Every document of the three trees once, in order.
std::vector<Standing> all_documents(const ReplicaState& state) {
  std::vector<Standing> documents;
  documents.reserve(std::max({state.local.size(), state.synced.size(), state.remote.size()}));
  auto local = state.local.begin();
  auto synced = state.synced.begin();
  auto remote = state.remote.begin();
  while (local != state.local.end() || synced != state.synced.end() || remote != state.remote.end()) {
    std::optional<DocumentId> least;
    const auto consider = [&](const auto& at, const auto& tree) {
      if (at != tree.end() && (!least || at->first < *least)) least = at->first;
    };
    consider(local, state.local);
    consider(synced, state.synced);
    consider(remote, state.remote);
    Standing standing;
    standing.document = *least;
    const auto pass = [&](auto& at, const auto& tree, auto& place) {
      if (at == tree.end() || at->first != *least) return;
      place = &at->second;
      ++at;
    };
    pass(local, state.local, standing.local);
    pass(synced, state.synced, standing.synced);
    pass(remote, state.remote, standing.remote);
    documents.push_back(standing);
  }
  return documents;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

std::string what_differs(const ReplicaStatus& status) {
  std::string text;
  const auto add = [&text](std::size_t number, const std::string& words) {
    if (number > 0) text += (text.empty() ? "" : "; ") + words;
  };
  add(status.held_count, counted(status.held_count, "file is held", "files are held"));
  add(status.incoming_count,
      "the hub has " + counted(status.incoming_count, "change that is", "changes that are") + " not here");
  add(status.problem_count, counted(status.problem_count, "file cannot be synced", "files cannot be synced"));
  return text;
}

}  // namespace

ReplicaStateName ReplicaEngine::Impl::state_name() const {
  if (refusal_is_final) return ReplicaStateName::refused;
  if (folder.guard().halted() || inbox_.root_is_another()) return ReplicaStateName::halted;
  if (folder.guard().reason() == sync::GuardReason::mass_delete) return ReplicaStateName::guard;
  if (ledger.problem()) return ReplicaStateName::store_error;
  if (ledger.state().replica.paused) return ReplicaStateName::paused;
  const auto& git = folder.git().judgement();
  if (!git.may_look() && git.mood != GitMood::settling) return ReplicaStateName::git;
  if (!folder.looked_once()) return ReplicaStateName::starting;
  if (!welcome_) return ReplicaStateName::offline;
  if (!catch_up.caught_up()) return ReplicaStateName::catching_up;
  if (!ledger.state().pending.empty() || !ledger.touched.empty() || outbox_.has_more() || !inbox_.quiet())
    return ReplicaStateName::syncing;
  return ReplicaStateName::live;
}

void ReplicaEngine::Impl::explain_state(ReplicaStatus& status) const {
  switch (status.state) {
    case ReplicaStateName::refused:
      status.detail = refusal->text;
      status.remedy = remedy_for(refusal->reason);
      return;
    case ReplicaStateName::halted:
      if (inbox_.root_is_another()) {
        status.detail =
            "another folder stands in the place of the one that was being written to when it was interrupted";
        status.remedy = "put the right one back, or run `leanspec-bridge approve` to go on with this one";
        return;
      }
      switch (folder.guard().reason()) {
        case sync::GuardReason::root_missing:
          status.detail = folder.root_problem().empty() ? "the folder is not there"
                                                        : "the folder cannot be read: " + folder.root_problem();
          status.remedy = "put it back or mount it; nothing is deleted anywhere meanwhile";
          return;
        case sync::GuardReason::root_emptied:
          status.detail = "the folder is empty, and " +
                          counted(ledger.state().synced.size(), "document was in it", "documents were in it");
          status.remedy = undo_or_approve(config);
          return;
        case sync::GuardReason::root_replaced:
          status.detail = "another folder stands in the place of the one that was synced";
          status.remedy =
              "mount the right one, or run `leanspec-bridge approve` to sync this one; what is missing in it is "
              "deleted nowhere";
          return;
        case sync::GuardReason::none:
        case sync::GuardReason::mass_delete:
          return;
      }
      return;
    case ReplicaStateName::guard:
      status.detail =
          counted(folder.guard().held().size(), "file", "files") + " vanished within a minute; their deletion is held";
      status.remedy = undo_or_approve(config);
      return;
    case ReplicaStateName::store_error:
      status.detail = "the state database cannot be written: " + ledger.problem()->sentence();
      status.remedy = "free some space or repair the disk; it is tried again every 2 seconds";
      return;
    case ReplicaStateName::paused:
      status.detail = "paused; changes are seen and wait";
      status.remedy = "run `leanspec-bridge resume`";
      return;
    case ReplicaStateName::git:
      status.detail = folder.git().judgement().why + "; changes are seen and wait";
      status.remedy = folder.git().judgement().remedy;
      return;
    case ReplicaStateName::starting:
      status.detail = "looking at the folder for the first time";
      return;
    case ReplicaStateName::offline:
      status.detail = refusal                    ? "the hub asks to wait: " + refusal->text
                      : last_disconnect_.empty() ? "not connected yet"
                                                 : "not connected: " + last_disconnect_;
      return;
    case ReplicaStateName::catching_up:
      status.detail = "reading what the hub has";
      return;
    case ReplicaStateName::syncing:
      status.detail = counted(status.pending_count, "change is", "changes are") + " on the way";
      return;
    case ReplicaStateName::differs:
      status.detail = what_differs(status);
      return;
    case ReplicaStateName::live:
      status.detail = "everything is in sync";
      return;
  }
}

void ReplicaEngine::Impl::list_documents(ReplicaStatus& status) const {
  for (const auto& standing : all_documents(ledger.state())) {
    const auto& document = standing.document;
    const auto* row = standing.local;
    if (row != nullptr) ++status.documents;
    if (const auto* pending = ledger.pending_of(document)) {
      const auto later = outbox_.why_later(pending->change);
      list(status.pending, status.pending_count, pending->path,
           outbox_.is_in_flight(pending->change) ? "on its way to the hub"
           : later.empty()                       ? "waits for the hub"
                                                 : "waits: " + later);
      continue;
    }
    if (folder.guard().held().contains(document) && row != nullptr) {
      list(status.held, status.held_count, row->path, "it vanished together with many others", undo_or_approve(config));
      continue;
    }
    if (standing.is_agreed()) {
      ++status.in_sync;
      continue;
    }
    const auto plan = outbox_.plan_of(document);
    for (const auto& push : plan.push) {
      const auto waits = outbox_.waits_for(document);
      if (outbox_.waits_in_vain(document)) {
        list(status.held, status.held_count, push.path, "it " + waits + ", which does not move by itself",
             "settle that one first");
        continue;
      }
      list(status.pending, status.pending_count, push.path, waits.empty() ? what_changed(push) : waits);
    }
    for (const auto& apply : plan.apply) {
      const bool put_back = folder.git().is_put_back(document);
      list(status.incoming, status.incoming_count, apply.to ? *apply.to : *apply.from,
           (put_back ? folder.git().why_put_back(document) : "") +
               what_comes(apply, config, inbox_.why_not_yet(document)),
           put_back ? std::string(put_back_remedy) : "");
    }
    for (const auto& held : plan.held)
      list(status.held, status.held_count, held.path, held.why, remedy_for_held(config, ledger.hold(document)));
    if (plan.push.empty() && plan.apply.empty() && plan.held.empty() && row != nullptr) ++status.in_sync;
  }
}

ReplicaStatus ReplicaEngine::Impl::status(Now now) const {
  auto status = own_status(now);
  for (const auto& editor : editors_) {
    const auto* node = ledger.remote(editor.document);
    if (node != nullptr) status.editing.push_back({node->path, editor.who, {}});
  }
  sort_by_path(status.editing);
  return status;
}

ReplicaStatus ReplicaEngine::Impl::own_status(Now now) const {
  ReplicaStatus status;
  status.state = state_name();
  status.mode = config.mode;
  status.project = config.project;
  status.project_name = project_name_;
  status.branch = config.branch;
  status.machine_name = config.machine_name;
  status.hub_version = hub_version_;
  list_documents(status);
  for (const auto& [path, held] : folder.git().held())
    list(status.held, status.held_count, path, held.why, held.remedy);
  for (const auto& [path, waiting] : folder.settle().waiting()) {
    list(status.pending, status.pending_count, path,
         waiting.why + " (looked at again " + seconds_from(now.boot, waiting.until) + ")");
  }
  for (const auto& ignored : folder.ignored()) {
    if (status.ignored.size() >= ReplicaStatus::listed_max) break;
    const auto line = ignored.match.line == 0 ? std::string{} : ", line " + std::to_string(ignored.match.line);
    status.ignored.push_back({ignored.path + (ignored.folder ? "/" : ""),
                              "rule `" + ignored.match.rule + "` (" + ignored.match.source + line + ")",
                              {}});
  }
  status.ignored_count = std::max(folder.ignored_count(), folder.ignored().size());
  for (const auto& [path, problem] : folder.problems())
    list(status.problems, status.problem_count, path, problem.why, problem.remedy);
  if (folder.over_limit() > ReplicaStatus::listed_max)
    status.problem_count += folder.over_limit() - ReplicaStatus::listed_max;
  status.warnings = folder.warnings();
  for (auto& warning : inbox_.warnings()) status.warnings.push_back(std::move(warning));
  if (!warning_.empty()) status.warnings.push_back(warning_);
  if (auto warning = folder.flapping().warning(now.boot); !warning.empty())
    status.warnings.push_back(std::move(warning));
  if (const auto& git = folder.git().judgement(); !git.warning.empty()) status.warnings.push_back(git.warning);
  if (guard_report_.id()) status.guard = guard_report_.state(now);
  status.cursor = ledger.state().replica.cursor;
  status.hub_head = catch_up.hub_head();
  status.last_sync = ledger.state().replica.last_sync;
  status.connected_since = connected_since_;
  if (status.state == ReplicaStateName::live && !what_differs(status).empty()) status.state = ReplicaStateName::differs;
  if (refusal && refusal->retry_after.count() > 0) status.retry_in = refusal->retry_after;
  for (auto* items : {&status.pending, &status.held, &status.incoming, &status.problems}) sort_by_path(*items);
  explain_state(status);
  return status;
}

}  // namespace leanspec::bridge::engine
