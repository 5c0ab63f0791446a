// links: spec
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "spec/project_view.h"
#include "tests/fakes/corpus.h"

using namespace leanspec;
using namespace leanspec::spec;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

/// Time that this thread computed, without what others on the machine took.
double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double percentile(std::vector<double> sorted, double part) {
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

/// From one letter to what an attacker would send.
std::vector<std::string> queries() {
  std::vector<std::string> all = {"e",
                                  "z",
                                  "th",
                                  "qx",
                                  "sync",
                                  "realtime sync",
                                  "spec",
                                  "the",
                                  "\"source of truth\"",
                                  "\"in the \"",
                                  "websocket NOT cli",
                                  "status:planned tag:ui",
                                  "created:>=2026-03 board",
                                  "title:cli OR title:web",
                                  "authetication~",
                                  "dependncy~2 graph",
                                  "implementation~3",
                                  "实时",
                                  "步",
                                  "✅",
                                  "no such words anywhere",
                                  "NOT the",
                                  "priority:high session runner",
                                  "a OR e OR i OR o OR u"};
  std::string phrases = "\"and the for the in\"";
  for (int i = 1; i < 16; ++i) {
    phrases += " OR \"the and for of to " + std::string(1, static_cast<char>('a' + i)) + "\"";
  }
  all.push_back(phrases);
  all.push_back("there~3 OR abcd~3 OR words~3 OR other~3");
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) {
    std::fprintf(stderr, "%s\n", tests::corpus_absent);
    return 1;
  }
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 50;
  std::vector<SourceFile> files;
  std::size_t bytes = 0;
  for (tests::CorpusFile& file : tests::corpus_files(*corpus)) {
    SourceFile source;
    source.path = file.path;
    bytes += file.bytes.size();
    source.bytes = std::make_shared<const std::string>(std::move(file.bytes));
    files.push_back(std::move(source));
  }
  const SourceFile changed = [&] {
    SourceFile file = *std::find_if(files.begin(), files.end(),
                                    [](const SourceFile& one) { return one.path.ends_with("/README.md"); });
    file.bytes = std::make_shared<const std::string>(*file.bytes + "\nchanged\n");
    return file;
  }();

  auto start = Clock::now();
  const auto view = ProjectView::build(std::move(files));
  const double build_ms = milliseconds_since(start);
  const std::size_t resident_before = resident_bytes();
  start = Clock::now();
  (void)view->search("warm", {}, 0, 20);
  const double index_ms = milliseconds_since(start);
  const std::size_t index_bytes = resident_bytes() - resident_before;
  start = Clock::now();
  (void)view->search("warm~", {}, 0, 20);
  const double first_fuzzy_ms = milliseconds_since(start);

  const std::vector<ProjectView::FileChange> changes = {{changed}};
  const auto next = view->with(changes);
  start = Clock::now();
  (void)next->search("changed", {}, 0, 20);
  const double after_change_ms = milliseconds_since(start);

  std::vector<double> all, all_cpu;
  std::printf(
      "%zu specs, %zu files' bytes; build %.1f ms, first search %.1f ms, first fuzzy %.1f ms, after a change %.2f ms, "
      "index %.1f MB\n\n",
      view->size(), bytes, build_ms, index_ms, first_fuzzy_ms, after_change_ms, static_cast<double>(index_bytes) / 1e6);
  std::printf("%-40s %6s %9s %9s %9s\n", "query", "hits", "p50 ms", "p99 ms", "p99 CPU");
  for (const std::string& query : queries()) {
    std::vector<double> times, cpu;
    std::size_t hits = 0;
    for (int i = 0; i < rounds; ++i) {
      start = Clock::now();
      const double cpu_before = cpu_milliseconds();
      const auto page = view->search(query, {}, 0, 50);
      cpu.push_back(cpu_milliseconds() - cpu_before);
      times.push_back(milliseconds_since(start));
      hits = page ? page.value().total : 0;
    }
    all.insert(all.end(), times.begin(), times.end());
    all_cpu.insert(all_cpu.end(), cpu.begin(), cpu.end());
    std::printf("%-40.40s %6zu %9.3f %9.3f %9.3f\n", query.c_str(), hits, percentile(times, 0.5),
                percentile(times, 0.99), percentile(cpu, 0.99));
  }
  std::printf(
      "\n{\"bench\":\"search\",\"specs\":%zu,\"queries\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"p99_cpu_"
      "ms\":%.3f,\"first_"
      "ms\":%.1f,"
      "\"after_change_ms\":%.3f,\"index_mb\":%.1f}\n",
      view->size(), all.size(), percentile(all, 0.5), percentile(all, 0.99), percentile(all, 1.0),
      percentile(all_cpu, 0.99), index_ms, after_change_ms, static_cast<double>(index_bytes) / 1e6);
  return 0;
}
