#include "tests/simulation/schedule.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "tests/simulation/chance.h"

namespace leanspec::simulation {

namespace {

struct KindRow {
  EventKind kind;
  std::string_view name;
  std::uint64_t weight;  ///< how often beside the others
};

constexpr std::array<KindRow, event_kinds> kinds{{
    {EventKind::save_in_place, "save_in_place", 30},
    {EventKind::save_torn, "save_torn", 15},
    {EventKind::save_atomic, "save_atomic", 30},
    {EventKind::save_vim, "save_vim", 10},
    {EventKind::save_truncating, "save_truncating", 10},
    {EventKind::append_storm, "append_storm", 5},
    {EventKind::save_burst, "save_burst", 3},
    {EventKind::save_large, "save_large", 1},
    {EventKind::save_same_everywhere, "save_same_everywhere", 6},
    {EventKind::make_file, "make_file", 12},
    {EventKind::rename_file, "rename_file", 10},
    {EventKind::swap_files, "swap_files", 4},
    {EventKind::rename_folder, "rename_folder", 8},
    {EventKind::shift_numbers, "shift_numbers", 4},
    {EventKind::delete_file, "delete_file", 10},
    {EventKind::delete_folder, "delete_folder", 5},
    {EventKind::mass_delete, "mass_delete", 3},
    {EventKind::put_back, "put_back", 8},
    {EventKind::rewrite_many, "rewrite_many", 4},
    {EventKind::litter, "litter", 4},
    {EventKind::person_approves, "person_approves", 4},
    {EventKind::person_pauses, "person_pauses", 3},
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
    {EventKind::edit_together, "edit_together", 20},
}};

[[nodiscard]] std::optional<EventKind> kind_named(std::string_view name) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const KindRow& row) { return row.name == name; });
  return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

}  // namespace

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
      return true;
    default:
      return kind <= EventKind::rewrite_many;
  }
}

Schedule expand(std::uint64_t seed) {
  Chance chance(seed * 2 + 1);
  Schedule schedule;
  schedule.seed = seed;
  schedule.bridges = 1 + static_cast<std::size_t>(chance.below(3));
  schedule.files = static_cast<std::size_t>(chance.percent(15) ? chance.between(60, 90) : chance.between(0, 25));
  schedule.rescan = milliseconds(chance.percent(50) ? 60'000 : 300'000);
  constexpr std::array<std::int64_t, 3> granularities{1, 4'000'000, 1'000'000'000};
  schedule.timestamp_granularity_ns = granularities.at(chance.below(granularities.size()));
  schedule.latency = chance.time(0, chance.percent(30) ? 250 : 10);
  schedule.jitter = chance.time(0, 20);
  schedule.busy = chance.time(10'000, chance.percent(30) ? 240'000 : 60'000);

  schedule.two_way = chance.percent(60);

  std::vector<KindRow> chosen;
  const std::uint64_t share = chance.percent(10) ? 0 : static_cast<std::uint64_t>(chance.between(10, 70));
  for (const auto& row : kinds) {
    const bool often = row.kind <= EventKind::person_pauses || row.kind >= EventKind::edit_text;
    if (chance.percent(often ? 70 : share)) chosen.push_back(row);
  }
  if (chosen.empty()) chosen.push_back(kinds.front());
  std::uint64_t weights = 0;
  for (const auto& row : chosen) weights += row.weight;

  const auto count = chance.between(5, chance.percent(30) ? 150 : 60);
  for (std::int64_t i = 0; i < count; ++i) {
    auto dice = chance.below(weights);
    auto row = chosen.begin();
    while (dice >= row->weight) {
      dice -= row->weight;
      ++row;
    }
    Event event;
    event.at = chance.time(0, schedule.busy.count());
    event.kind = row->kind;
    event.bridge = static_cast<std::size_t>(chance.below(schedule.bridges));
    event.value = chance.bits() % 1'000'000'000;
    schedule.events.push_back(event);
  }
  std::stable_sort(schedule.events.begin(), schedule.events.end(),
                   [](const Event& a, const Event& b) { return a.at < b.at; });
  return schedule;
}

std::string to_text(const Schedule& schedule) {
  std::ostringstream out;
  out << "seed " << schedule.seed << "\nbridges " << schedule.bridges << "\nfiles " << schedule.files << "\nrescan_ms "
      << schedule.rescan.count() << "\ntimestamp_granularity_ns " << schedule.timestamp_granularity_ns
      << "\nlatency_ms " << schedule.latency.count() << "\njitter_ms " << schedule.jitter.count() << "\ntwo_way "
      << schedule.two_way << "\nbusy_ms " << schedule.busy.count() << "\n";
  for (const auto& event : schedule.events) {
    out << "event " << event.at.count() << " " << to_string(event.kind) << " " << event.bridge << " " << event.value
        << "\n";
  }
  return out.str();
}

Result<Schedule> parse_schedule(std::string_view text) {
  Schedule schedule;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string word;
    words >> word;
    std::int64_t number = 0;
    if (word == "event") {
      Event event;
      std::string kind;
      words >> number >> kind >> event.bridge >> event.value;
      event.at = milliseconds(number);
      const auto found = kind_named(kind);
      if (!words || !found) return Error(ErrorCode::invalid, "is no event", line);
      event.kind = *found;
      schedule.events.push_back(event);
      continue;
    }
    words >> number;
    if (!words) return Error(ErrorCode::invalid, "is no option with a number", line);
    if (word == "seed")
      schedule.seed = static_cast<std::uint64_t>(number);
    else if (word == "bridges")
      schedule.bridges = static_cast<std::size_t>(number);
    else if (word == "files")
      schedule.files = static_cast<std::size_t>(number);
    else if (word == "rescan_ms")
      schedule.rescan = milliseconds(number);
    else if (word == "timestamp_granularity_ns")
      schedule.timestamp_granularity_ns = number;
    else if (word == "latency_ms")
      schedule.latency = milliseconds(number);
    else if (word == "jitter_ms")
      schedule.jitter = milliseconds(number);
    else if (word == "two_way")
      schedule.two_way = number != 0;
    else if (word == "busy_ms")
      schedule.busy = milliseconds(number);
    else
      return Error(ErrorCode::invalid, "is no option", line);
  }
  return schedule;
}

}  // namespace leanspec::simulation
