#include "tests/simulation/coverage.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace leanspec::simulation {

void Coverage::add(const Outcome& outcome) {
  if (outcome.violation) ++broken_;
  // A world that broke was stopped early.
  if (!outcome.violation && !outcome.is_whole()) {
    ++small_;
    return;
  }
  ++seeds_;
  for (const auto kind : outcome.occurred) ++events_.at(static_cast<std::size_t>(kind));
  for (const auto sight : outcome.sights) ++sights_.at(static_cast<std::size_t>(sight));
  edits_ += outcome.edits;
  faults_ += outcome.faults;
  steps_ += outcome.steps;
  versions_ += outcome.versions;
  merges_ += outcome.merges;
  conflicts_ += outcome.conflicts;
  virtual_time_ += outcome.virtual_time;
}

std::vector<Coverage::Row> Coverage::rows() const {
  std::vector<Row> all;
  for (std::size_t i = 0; i < event_kinds; ++i) all.push_back({to_string(static_cast<EventKind>(i)), events_.at(i)});
  for (std::size_t i = 0; i < sight_kinds; ++i) all.push_back({to_string(static_cast<Sight>(i)), sights_.at(i)});
  return all;
}

std::vector<Coverage::Row> Coverage::rare() const {
  auto all = rows();
  std::erase_if(all, [this](const Row& row) { return row.seeds * 100 >= seeds_; });
  return all;
}

std::string Coverage::table() const {
  std::string text;
  for (const auto& row : rows()) {
    std::array<char, 100> line{};
    const double share = seeds_ == 0 ? 0.0 : 100.0 * static_cast<double>(row.seeds) / static_cast<double>(seeds_);
    const auto size = std::snprintf(line.data(), line.size(), "%-28.*s %6.1f %% of the seeds\n",
                                    static_cast<int>(row.kind.size()), row.kind.data(), share);
    text.append(line.data(), static_cast<std::size_t>(size));
  }
  return text;
}

std::string Coverage::json() const {
  std::uint64_t rarest = seeds_;
  for (const auto& row : rows()) rarest = std::min(rarest, row.seeds);
  const auto member = [](const char* name, std::uint64_t value) {
    return std::string("\"") + name + "\":" + std::to_string(value) + ",";
  };
  std::array<char, 60> hours{};
  std::snprintf(hours.data(), hours.size(), "\"virtual_hours\":%.1f",
                static_cast<double>(virtual_time_.count()) / 3'600'000.0);
  return member("seeds", seeds_) + member("small", small_) + member("broken", broken_) + member("edits", edits_) +
         member("faults", faults_) + member("steps", steps_) + member("versions", versions_) +
         member("merges", merges_) + member("conflicts", conflicts_) + member("rarest_kind_seeds", rarest) +
         member("kinds_under_one_percent", rare().size()) + hours.data();
}

}  // namespace leanspec::simulation
