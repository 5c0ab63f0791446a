#include "tests/simulation/people_at_hub.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "hub/engine/conflict.h"
#include "hub/engine/merge_undo.h"
#include "hub/engine/resolution.h"
#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

namespace {

namespace hub_engine = hub::engine;

/// Numbers of texts that nobody at a disk writes.
constexpr std::uint64_t first_text = 90'000'000;

Sight sight_of(EventKind kind) {
  switch (kind) {
    case EventKind::person_resolves:
      return Sight::conflict_decided;
    case EventKind::person_undoes_merge:
      return Sight::merge_taken_back;
    case EventKind::person_restores:
      return Sight::version_restored;
    default:
      return Sight::edited_at_hub;
  }
}

}  // namespace

bool PeopleAtHub::act(EventKind kind, std::uint64_t value) {
  if (!hub_.running()) return false;
  Chance dice(value);
  Edits edits;
  const auto read = hub_.store().read([&](store::Session& session) -> Status {
    switch (kind) {
      case EventKind::person_resolves: {
        LEANSPEC_ASSIGN(edits, resolve(session, dice));
        return {};
      }
      case EventKind::person_undoes_merge: {
        LEANSPEC_ASSIGN(edits, undo_a_merge(session, dice));
        return {};
      }
      case EventKind::person_restores: {
        LEANSPEC_ASSIGN(edits, restore_a_version(session, dice));
        return {};
      }
      default: {
        LEANSPEC_ASSIGN(edits, change_a_line(session, dice));
        return {};
      }
    }
  });
  if (!read || edits.empty()) return false;
  const auto thinks = dice.percent(60) ? milliseconds(0) : dice.time(1, 6'000);
  stage_.executor.after(thinks, [this, edits = std::move(edits), sight = sight_of(kind)] { make(edits, sight); });
  return true;
}

void PeopleAtHub::make(const Edits& edits, Sight sight) {
  for (const auto& edit : edits) {
    const auto outcome = hub_.edit(edit);
    if (outcome == hub_engine::HubEditOutcome::stale) stage_.sights.insert(Sight::decision_stale);
    if (outcome != hub_engine::HubEditOutcome::made && outcome != hub_engine::HubEditOutcome::unchanged) return;
  }
  stage_.sights.insert(sight);
}

Result<PeopleAtHub::Edits> PeopleAtHub::resolve(store::Session& session, Chance& dice) {
  LEANSPEC_ASSIGN(auto held, session.versions().held(hub_.branch()));
  if (held.empty()) return Edits();
  LEANSPEC_ASSIGN(const auto branch, session.versions().find_branch(hub_.branch()));
  hub_engine::BranchPaths paths;
  LEANSPEC_TRY(paths.bring_to(session.versions(), *branch));
  LEANSPEC_ASSIGN(const auto conflict, hub_engine::look_at(session, paths, std::move(held[dice.below(held.size())])));
  const auto takes = hub_engine::takes_of(conflict);
  if (takes.empty()) return Edits();
  hub_engine::Resolution resolution;
  resolution.take = takes[dice.below(takes.size())];
  if (resolution.take == hub_engine::Take::text)
    resolution.text = SimulatedUser::text_of(first_text + ++texts_, static_cast<std::size_t>(dice.between(50, 500)));
  if (resolution.take == hub_engine::Take::places) {
    for (std::size_t i = 0; i < conflict.outcome.conflicts.size(); ++i) {
      hub_engine::PlaceChoice choice;
      choice.index = i;
      choice.choice.take = dice.percent(50) ? merge::Choice::Take::ours : merge::Choice::Take::theirs;
      resolution.places.push_back(std::move(choice));
    }
  }
  hub_engine::Decision decision;
  decision.project = ProjectId{"project"};
  decision.machine = "machine";
  decision.new_document = DocumentId{stage_.chance.entropy().uuid7(hub_.clock.now())};
  return hub_engine::edits_of(session, paths, conflict, resolution, decision);
}

Result<PeopleAtHub::Edits> PeopleAtHub::undo_a_merge(store::Session& session, Chance& dice) {
  LEANSPEC_ASSIGN(auto merges, session.versions().merges(hub_.branch(), std::nullopt, 30));
  std::erase_if(merges, [](const store::Version& version) { return !hub_engine::is_automatic_merge(version); });
  if (merges.empty()) return Edits();
  const auto keep = dice.percent(50) ? hub_engine::Keep::first : hub_engine::Keep::second;
  LEANSPEC_ASSIGN(auto undo, hub_engine::undo_merge(session, merges[dice.below(merges.size())], keep));
  if (!undo.edit) return Edits();
  undo.edit->project = ProjectId{"project"};
  return Edits{*std::move(undo.edit)};
}

std::optional<store::Version> PeopleAtHub::some_head(Chance& dice, bool living) const {
  const auto& tables = hub_.store().tables();
  std::vector<std::size_t> found;
  for (const auto& [key, head] : tables.heads) {
    if (key.first == hub_.branch() && (!living || !head.deleted)) found.push_back(head.position);
  }
  if (found.empty()) return std::nullopt;
  return tables.versions[found[dice.below(found.size())]].version;
}

/// Also of a document that was deleted.
Result<PeopleAtHub::Edits> PeopleAtHub::restore_a_version(store::Session& session, Chance& dice) {
  const auto head = some_head(dice, false);
  if (!head) return Edits();
  LEANSPEC_ASSIGN(auto history, session.versions().history(hub_.branch(), head->document, std::nullopt, 20));
  std::erase_if(history, [](const store::Version& version) { return !version.digest; });
  if (history.empty()) return Edits();
  LEANSPEC_ASSIGN(auto text, session.bodies().get(*history[dice.below(history.size())].digest));
  if (!text) return Edits();
  hub_engine::HubEdit edit;
  edit.project = ProjectId{"project"};
  edit.branch = hub_.branch();
  edit.document = head->document;
  edit.expected = head->id;
  edit.path = head->path;
  edit.text = *std::move(text);
  return Edits{std::move(edit)};
}

/// A field of the metadata, or a box of a list.
Result<PeopleAtHub::Edits> PeopleAtHub::change_a_line(store::Session& session, Chance& dice) {
  const auto head = some_head(dice, true);
  if (!head) return Edits();
  LEANSPEC_ASSIGN(auto text, session.bodies().get(*head->digest));
  constexpr std::string_view status = "status: ";
  const auto at = text ? text->find(status) : std::string::npos;
  if (at == std::string::npos) return Edits();
  if (dice.percent(50)) {
    constexpr std::array<std::string_view, 4> all{"planned", "in-progress", "complete", "archived"};
    text->replace(at + status.size(), text->find('\n', at) - at - status.size(), all.at(dice.below(all.size())));
  } else {
    *text += "- [x] ticked-" + std::to_string(++texts_) + "\n";
  }
  hub_engine::HubEdit edit;
  edit.project = ProjectId{"project"};
  edit.branch = hub_.branch();
  edit.document = head->document;
  edit.expected = head->id;
  edit.path = head->path;
  edit.text = *std::move(text);
  return Edits{std::move(edit)};
}

}  // namespace leanspec::simulation
