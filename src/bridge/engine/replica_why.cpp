#include <optional>
#include <utility>

#include "bridge/engine/replica_impl.h"
#include "bridge/engine/sentences.h"
#include "wire/limits.h"

namespace leanspec::bridge::engine {

std::optional<DocumentId> ReplicaEngine::Impl::document_at(const std::string& path) const {
  if (const auto here = ledger.local_at(path)) return here;
  for (const auto* tree : {&ledger.state().synced, &ledger.state().remote}) {
    for (const auto& [document, node] : *tree) {
      if (node.path == path) return document;
    }
  }
  return std::nullopt;
}

FileExplanation ReplicaEngine::Impl::why(const std::string& path, Now now) const {
  FileExplanation answer;
  answer.path = path;
  const auto say = [&](FileState state, std::string sentence, std::string remedy = {}) {
    answer.state = state;
    answer.sentence = std::move(sentence);
    answer.remedy = std::move(remedy);
    return answer;
  };
  if (const auto problem = folder.problems().find(path); problem != folder.problems().end()) {
    return say(problem->second.state, problem->second.why, problem->second.remedy);
  }
  if (const auto match = folder.ignored_by(path)) {
    const auto where = match->line == 0 ? "built in" : "line " + std::to_string(match->line) + " of " + match->source;
    return say(FileState::ignored, "the rule `" + match->rule + "` keeps it out (" + where + ")",
               match->line == 0 ? "" : "remove the rule to sync it");
  }
  answer.document = ledger.local_at(path);
  if (const auto held = folder.git().held().find(path); held != folder.git().held().end())
    return say(FileState::held, held->second.why, held->second.remedy);
  if (answer.document && folder.guard().held().contains(*answer.document)) {
    return say(FileState::guarded, "it vanished together with many others; its deletion is held",
               undo_or_approve(config));
  }
  if (const auto waiting = folder.settle().waiting(path)) {
    return say(FileState::settling, waiting->why + "; looked at again " + seconds_from(now.boot, waiting->until));
  }
  answer.document = document_at(path);
  if (!answer.document) {
    if (folder.over_limit() > ReplicaStatus::listed_max && folder.looked_once()) {
      return say(FileState::over_limit,
                 "it is not synced; there are more than " + std::to_string(wire::limits::documents_max) + " files here",
                 "keep out what is no spec with .leanspecignore");
    }
    return say(FileState::not_there, folder.looked_once() ? "there is no such file here or at the hub"
                                                          : "the folder is still being looked at");
  }
  const auto* synced = ledger.synced(*answer.document);
  if (synced != nullptr) answer.version = synced->version;
  if (const auto* pending = ledger.pending_of(*answer.document)) {
    answer.change = pending->change;
    if (outbox_.is_in_flight(pending->change)) return say(FileState::in_flight, "on its way to the hub");
    if (const auto later = outbox_.why_later(pending->change); !later.empty())
      return say(FileState::pending, "the hub asks to wait: " + later, "nothing is lost; it is sent again by itself");
    return say(FileState::pending,
               welcome_ ? "it is sent as soon as others are answered" : "it is kept here until the hub can be reached");
  }
  const auto plan = outbox_.plan_of(*answer.document);
  if (!plan.push.empty()) {
    const auto waits = outbox_.waits_for(*answer.document);
    if (outbox_.waits_in_vain(*answer.document))
      return say(FileState::held, "it " + waits + ", which does not move by itself", "settle that one first");
    return say(FileState::pending,
               what_changed(plan.push.front()) + "; " + (waits.empty() ? "it is sent next" : "it " + waits));
  }
  if (!plan.held.empty())
    return say(FileState::held, plan.held.front().why, remedy_for_held(config, ledger.hold(*answer.document)));
  if (!plan.apply.empty()) {
    const bool put_back = folder.git().is_put_back(*answer.document);
    return say(FileState::incoming,
               (put_back ? folder.git().why_put_back(*answer.document) : "") +
                   what_comes(plan.apply.front(), config, inbox_.why_not_yet(*answer.document)),
               put_back ? std::string(put_back_remedy) : "");
  }
  const auto& cursor = ledger.state().replica.cursor;
  return say(FileState::in_sync,
             "in sync" + (cursor ? " with the hub at change " + std::to_string(cursor->seq.value()) : std::string{}));
}

}  // namespace leanspec::bridge::engine
