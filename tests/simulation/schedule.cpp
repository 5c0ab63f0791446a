#include "tests/simulation/schedule.h"

#include <algorithm>
#include <optional>

#include "tests/simulation/chance.h"

namespace leanspec::simulation {

namespace {

struct KindRow {
  EventKind kind;
  std::string_view name;
  std::uint64_t weight;        ///< how often beside the others
  std::uint64_t edits = 1;     ///< of single files, usually
  bool of_all = false;         ///< by every user once
  std::uint64_t percent = 70;  ///< of the seeds that may have it, for what users do; less for what takes long
};

constexpr std::array<KindRow, event_kinds> kinds{{
    {EventKind::save_in_place, "save_in_place", 30},
    {EventKind::save_torn, "save_torn", 15},
    {EventKind::save_atomic, "save_atomic", 30},
    {EventKind::save_vim, "save_vim", 10},
    {EventKind::save_truncating, "save_truncating", 10},
    {EventKind::append_storm, "append_storm", 5},
    {EventKind::save_burst, "save_burst", 1},
    {EventKind::save_large, "save_large", 4, 1, false, 3},
    {EventKind::save_same_everywhere, "save_same_everywhere", 6, 1, true},
    {EventKind::make_file, "make_file", 12},
    {EventKind::rename_file, "rename_file", 10},
    {EventKind::swap_files, "swap_files", 4, 2},
    {EventKind::rename_folder, "rename_folder", 8},
    {EventKind::shift_numbers, "shift_numbers", 4, 3},
    {EventKind::delete_file, "delete_file", 10},
    {EventKind::delete_folder, "delete_folder", 5, 2},
    {EventKind::mass_delete, "mass_delete", 3},
    {EventKind::put_back, "put_back", 8},
    {EventKind::rewrite_many, "rewrite_many", 4, 16},
    {EventKind::litter, "litter", 4},
    {EventKind::person_approves, "person_approves", 4, 0},
    {EventKind::person_pauses, "person_pauses", 3, 0},
    {EventKind::save_between_calls, "save_between_calls", 8},
    {EventKind::torn_read, "torn_read", 8},
    {EventKind::unreadable_file, "unreadable_file", 5},
    {EventKind::unreadable_folder, "unreadable_folder", 5},
    {EventKind::root_away, "root_away", 3},
    {EventKind::root_empty, "root_empty", 3},
    {EventKind::hints_lost, "hints_lost", 4},
    {EventKind::hints_twice, "hints_twice", 4},
    {EventKind::hints_disordered, "hints_disordered", 4},
    {EventKind::hints_overflow, "hints_overflow", 4},
    {EventKind::bridge_crash, "bridge_crash", 6},
    {EventKind::bridge_crash_at_commit, "bridge_crash_at_commit", 8},
    {EventKind::bridge_crash_while_sending, "bridge_crash_while_sending", 6},
    {EventKind::machine_reboot, "machine_reboot", 3},
    {EventKind::state_lost, "state_lost", 3},
    {EventKind::state_store_full, "state_store_full", 4},
    {EventKind::hub_crash, "hub_crash", 6},
    {EventKind::hub_crash_at_commit, "hub_crash_at_commit", 6},
    {EventKind::hub_restart, "hub_restart", 4},
    {EventKind::commit_fails, "commit_fails", 6},
    {EventKind::commit_reply_lost, "commit_reply_lost", 8},
    {EventKind::store_busy, "store_busy", 4},
    {EventKind::store_full, "store_full", 3},
    {EventKind::backup, "backup", 3},
    {EventKind::restore, "restore", 2},
    {EventKind::cut, "cut", 10},
    {EventKind::cut_with_stragglers, "cut_with_stragglers", 8},
    {EventKind::half_open, "half_open", 5},
    {EventKind::slow_reader, "slow_reader", 4},
    {EventKind::delay, "delay", 6},
    {EventKind::bridge_clock_jump, "bridge_clock_jump", 4},
    {EventKind::hub_clock_jump, "hub_clock_jump", 3},
    {EventKind::machine_revoked, "machine_revoked", 2},
    {EventKind::key_expired, "key_expired", 3},
    {EventKind::bridge_crash_while_applying, "bridge_crash_while_applying", 8},
    {EventKind::edit_text, "edit_text", 60},
    {EventKind::edit_together, "edit_together", 20, 1, true},
    {EventKind::save_binary, "save_binary", 6},
    {EventKind::empty_root, "empty_root", 1, 1, false, 15},
    {EventKind::power_cut, "power_cut", 6},
    {EventKind::person_resolves, "person_resolves", 12, 0},
    {EventKind::person_undoes_merge, "person_undoes_merge", 5, 0},
    {EventKind::person_restores, "person_restores", 5, 0},
    {EventKind::person_edits_at_hub, "person_edits_at_hub", 8, 0},
    {EventKind::statuses_apart, "statuses_apart", 4, 2},
    {EventKind::git_commit, "git_commit", 30, 0},
    {EventKind::git_stash, "git_stash", 20, 0},
    {EventKind::git_reset, "git_reset", 10, 0},
    {EventKind::git_reset_back, "git_reset_back", 10, 0},
    {EventKind::git_checkout, "git_checkout", 10, 0},
    {EventKind::git_clean, "git_clean", 10, 0},
    {EventKind::git_switch, "git_switch", 15, 0},
    {EventKind::git_merge, "git_merge", 15, 0},
    {EventKind::respell, "respell", 10},
    {EventKind::other_spelling, "other_spelling", 10},
}};

}  // namespace

std::optional<EventKind> kind_named(std::string_view name) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const KindRow& row) { return row.name == name; });
  return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

std::string_view to_string(EventKind kind) {
  return kinds.at(static_cast<std::size_t>(kind)).name;
}

bool is_of_user(EventKind kind) {
  switch (kind) {
    case EventKind::litter:
    case EventKind::save_between_calls:
    case EventKind::torn_read:
    case EventKind::edit_text:
    case EventKind::edit_together:
    case EventKind::save_binary:
    case EventKind::empty_root:
    case EventKind::statuses_apart:
    case EventKind::respell:
    case EventKind::other_spelling:
      return true;
    default:
      return kind <= EventKind::rewrite_many;
  }
}

bool is_at_hub(EventKind kind) {
  return kind >= EventKind::person_resolves && kind <= EventKind::person_edits_at_hub;
}

bool is_of_git(EventKind kind) {
  return kind >= EventKind::git_commit && kind <= EventKind::git_merge;
}

bool is_of_spelling(EventKind kind) {
  return kind == EventKind::respell || kind == EventKind::other_spelling;
}

bool is_fault(EventKind kind) {
  return !is_of_user(kind) && !is_at_hub(kind) && !is_of_git(kind) && kind != EventKind::person_approves &&
         kind != EventKind::person_pauses;
}

namespace {

/// Some of the rows, and what they weigh together.
struct Choice {
  std::vector<KindRow> rows;
  std::uint64_t weights = 0;

  void add(const KindRow& row) {
    rows.push_back(row);
    weights += row.weight;
  }
  [[nodiscard]] const KindRow& draw(Chance& chance) const {
    auto dice = chance.below(weights);
    auto row = rows.begin();
    while (dice >= row->weight) {
      dice -= row->weight;
      ++row;
    }
    return *row;
  }
};

/// More than is asked for, since some events find nothing to do.
constexpr std::uint64_t planned_edits = whole_edits + 15;
constexpr int planned_faults = 26;

Choice choose(Chance& chance, bool faults, std::uint64_t percent) {
  Choice choice;
  for (const auto& row : kinds) {
    if (is_of_git(row.kind) || is_of_spelling(row.kind)) continue;
    const bool chosen = is_fault(row.kind) == faults && chance.percent(faults ? percent : row.percent);
    if (chosen && row.weight > 0) choice.add(row);
  }
  if (choice.rows.empty())
    choice.add(*std::find_if(kinds.begin(), kinds.end(), [&](const KindRow& row) {
      return row.kind == (faults ? EventKind::cut : EventKind::edit_text);
    }));
  return choice;
}

/// In one of seven worlds some machines have git. Its dice are of their own, so that the other worlds are what they would
/// be without it.
void add_git(Schedule& schedule) {
  Chance chance(schedule.seed * 2 + 7'000'000'000'000);
  if (!chance.percent(15)) return;
  schedule.git_machines = chance.percent(60) ? 1 : static_cast<std::size_t>(chance.between(1, 3));
  Choice commands;
  for (const auto& row : kinds) {
    if (is_of_git(row.kind) && (row.kind == EventKind::git_commit || chance.percent(row.percent))) commands.add(row);
  }
  for (auto left = chance.between(10, 40); left > 0; --left) {
    Event event;
    event.at = chance.time(0, schedule.busy.count());
    event.kind = commands.draw(chance).kind;
    event.bridge = static_cast<std::size_t>(chance.below(schedule.git_machines));
    event.value = chance.bits() % 1'000'000'000;
    schedule.events.push_back(event);
  }
}

/// In one of eight worlds the last machine's disk does not keep all names apart, as on macOS and Windows. Its dice are
/// of their own too.
void add_spellings(Schedule& schedule) {
  Chance chance(schedule.seed * 2 + 9'000'000'000'000);
  if (!chance.percent(12) || schedule.git_machines == schedule.bridges) return;
  schedule.names = static_cast<DiskNames>(chance.between(1, 3));
  for (auto left = chance.between(4, 16); left > 0; --left) {
    Event event;
    event.at = chance.time(0, schedule.busy.count());
    event.kind = chance.percent(50) ? EventKind::respell : EventKind::other_spelling;
    event.bridge = static_cast<std::size_t>(chance.below(schedule.bridges));
    event.value = chance.bits() % 1'000'000'000;
    schedule.events.push_back(event);
  }
}

}  // namespace

Schedule expand(std::uint64_t seed) {
  Chance chance(seed * 2 + 1);
  Schedule schedule;
  schedule.seed = seed;
  schedule.bridges = chance.percent(85) ? 3 : 4;
  schedule.files = static_cast<std::size_t>(chance.percent(5) ? chance.between(60, 80) : chance.between(2, 20));
  schedule.rescan = milliseconds(chance.percent(80) ? 60'000 : 300'000);
  constexpr std::array<std::int64_t, 3> granularities{1, 4'000'000, 1'000'000'000};
  schedule.timestamp_granularity_ns = granularities.at(chance.below(granularities.size()));
  schedule.latency = chance.time(0, chance.percent(30) ? 250 : 10);
  schedule.jitter = chance.time(0, 20);
  schedule.busy = chance.time(30'000, chance.percent(30) ? 300'000 : 120'000);
  schedule.two_way = chance.percent(75);

  const auto add = [&](const KindRow& row, milliseconds from, milliseconds to) {
    Event event;
    event.at = chance.time(from.count(), to.count());
    event.kind = row.kind;
    event.bridge = static_cast<std::size_t>(chance.below(schedule.bridges));
    event.value = chance.bits() % 1'000'000'000;
    schedule.events.push_back(event);
  };
  schedule.edits_least = whole_edits;
  const auto work = choose(chance, false, 0);
  for (std::uint64_t edits = 0; edits < planned_edits;) {
    const auto& row = work.draw(chance);
    // An edit made together is one of every machine.
    edits += row.of_all ? schedule.bridges : row.edits;
    add(row, milliseconds(0), schedule.busy);
    if (schedule.events.size() > 2 * planned_edits) break;  // of what edits nothing, nothing but little was chosen
  }
  const auto faults = choose(chance, true, static_cast<std::uint64_t>(chance.between(10, 70)));
  const auto from = chance.time(0, schedule.busy.count() / 2);
  const auto to = chance.time(schedule.busy.count() / 2 + 5'000, schedule.busy.count());
  for (int i = 0; i < planned_faults; ++i) add(faults.draw(chance), from, to);
  add_git(schedule);
  add_spellings(schedule);
  std::stable_sort(schedule.events.begin(), schedule.events.end(),
                   [](const Event& a, const Event& b) { return a.at < b.at; });
  return schedule;
}

}  // namespace leanspec::simulation
