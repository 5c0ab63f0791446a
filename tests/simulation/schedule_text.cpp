// Schedules as text: the saved cases.
#include <sstream>

#include "tests/simulation/schedule.h"

namespace leanspec::simulation {

std::string to_text(const Schedule& schedule) {
  std::ostringstream out;
  out << "seed " << schedule.seed << "\nbridges " << schedule.bridges << "\nfiles " << schedule.files << "\nrescan_ms "
      << schedule.rescan.count() << "\ntimestamp_granularity_ns " << schedule.timestamp_granularity_ns
      << "\nlatency_ms " << schedule.latency.count() << "\njitter_ms " << schedule.jitter.count() << "\ntwo_way "
      << schedule.two_way << "\ngit_machines " << schedule.git_machines << "\nnames "
      << static_cast<int>(schedule.names) << "\nbusy_ms " << schedule.busy.count() << "\nedits_least "
      << schedule.edits_least << "\n";
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
    else if (word == "git_machines")
      schedule.git_machines = static_cast<std::size_t>(number);
    else if (word == "names" && number >= 0 && number <= static_cast<int>(DiskNames::accents_taken_apart))
      schedule.names = static_cast<DiskNames>(number);
    else if (word == "busy_ms")
      schedule.busy = milliseconds(number);
    else if (word == "edits_least")
      schedule.edits_least = static_cast<std::uint64_t>(number);
    else
      return Error(ErrorCode::invalid, "is no option", line);
  }
  return schedule;
}

}  // namespace leanspec::simulation
