// links: spec
// What reading costs: building the view of a project, following one change of one file, and the usual questions.
// usage: project_view_bench [specs, default 10000]
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "spec/project_view.h"

using namespace leanspec::spec;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string id_of(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits + "-some-spec-of-a-project";
}

std::string readme(std::size_t number, std::size_t revision) {
  std::string text = "---\nstatus: " + std::string(number % 3 == 0 ? "complete" : "planned") +
                     "\ncreated: '2025-11-14'\npriority: high\ntags:\n  - web\n  - group-" +
                     std::to_string(number % 50) + "\ncreated_at: '2025-11-14T05:33:26.170Z'\n";
  if (number > 10) text += "depends_on:\n  - " + id_of(number - 7) + "\n  - " + id_of(number - 3) + "\n";
  if (number % 10 != 0) text += "parent: " + id_of(number - number % 10) + "\n";
  text += "---\n\n# Spec number " + std::to_string(number) + "\n\nRevision " + std::to_string(revision) + "\n";
  for (int line = 0; line < 60; ++line)
    text += "A line of prose about the synchronisation of specs between machines.\n";
  return text;
}

SourceFile file(std::size_t number, std::size_t revision) {
  SourceFile made;
  made.path = id_of(number) + "/README.md";
  made.bytes = std::make_shared<const std::string>(readme(number, revision));
  return made;
}

struct Figures {
  double p50 = 0;
  double p99 = 0;
};

Figures measure(std::size_t rounds, const std::function<void(std::size_t)>& work) {
  std::vector<double> times;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    work(i);
    times.push_back(milliseconds_since(start));
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t specs = count > 1 ? static_cast<std::size_t>(std::strtoul(arguments[1], nullptr, 10)) : 10'000;
  std::vector<SourceFile> files;
  for (std::size_t i = 1; i <= specs; ++i) files.push_back(file(i, 0));
  const auto start = Clock::now();
  auto view = ProjectView::build(std::move(files));
  const double build = milliseconds_since(start);

  std::size_t seen = 0;  // keeps the answers alive
  const auto changed = [&](std::size_t number, std::size_t revision) {
    std::vector<FileChange> changes(1);
    changes[0].file = file(number, revision);
    return changes;
  };
  const auto edit = measure(400, [&](std::size_t i) { view = view->with(changed(1 + i * 7919 % specs, i + 1)); });
  const auto create = measure(200, [&](std::size_t i) { view = view->with(changed(specs + 1 + i, 0)); });
  ListQuery page;
  page.filter.status = {SpecStatus::planned};
  const auto list = measure(400, [&](std::size_t i) {
    page.offset = i % 10 * 50;
    seen += view->list(page).specs.size();
  });
  const auto first_sort = measure(1, [&](std::size_t) {
    page.sort = SortKey::updated;
    seen += view->list(page).specs.size();
  });
  const auto board = measure(50, [&](std::size_t) { seen += view->board({}).size(); });
  const auto tree = measure(50, [&](std::size_t) { seen += view->hierarchy({}).size(); });
  const auto edges = measure(50, [&](std::size_t) { seen += view->dependencies().size(); });
  const auto stats = measure(1, [&](std::size_t) { seen += view->stats().total; });

  std::printf("%zu specs (%zu answers)\n%-28s %9s %9s\n", specs, seen, "milliseconds", "p50", "p99");
  std::printf("%-28s %9.3f\n", "build", build);
  const std::vector<std::pair<const char*, Figures>> rows{{"with, one edited file", edit},
                                                          {"with, one new spec", create},
                                                          {"list, one page", list},
                                                          {"list, first by updated", first_sort},
                                                          {"board", board},
                                                          {"hierarchy", tree},
                                                          {"dependencies", edges},
                                                          {"stats, first", stats}};
  for (const auto& [name, figures] : rows) std::printf("%-28s %9.3f %9.3f\n", name, figures.p50, figures.p99);
  std::printf(
      "{\"bench\":\"project_view\",\"specs\":%zu,\"build_ms\":%.3f,\"with_edit_p50_ms\":%.3f,\"with_edit_p99_ms\":%.3f,"
      "\"with_new_p50_ms\":%.3f,\"list_p50_ms\":%.3f,\"list_p99_ms\":%.3f,\"stats_ms\":%.3f}\n",
      specs, build, edit.p50, edit.p99, create.p50, list.p50, list.p99, stats.p50);
  return 0;
}
