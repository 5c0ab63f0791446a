// links: e2e/site digest host
// From the start of the bridge to everything being at the hub, byte-compared afterwards: the corpus, and 10,000 files of 1 KB.
// `--git 1`: in git work trees, with everything committed.
//   first_sync_bench --hub FILE --bridge FILE [--files 10000] [--rounds 3] [--git 0]
#include "tests/bench/bench_site.h"
#include "tests/e2e/git_tree.h"

namespace leanspec::bench {
namespace {

/// Seconds from the start of the bridge until it has heard that every file is committed at the hub, by the time that it writes into
/// its log; looking for that line is no part of it.
[[nodiscard]] double sync_once(Site& site, std::size_t files, bool in_git) {
  if (in_git) {
    const e2e::GitTree git(site.scratch);
    const auto project = site.specs.parent_path();
    git.git("init -q -b main", project);
    git.commit("everything", project);
  }
  site.start_hub();
  site.join(site.hub.url());
  const auto begun = wall_now();
  site.bridge.start_at_once();
  std::optional<WallTime> arrived;
  const auto deadline = Stopwatch::now() + std::chrono::minutes(5);
  while (!(arrived = logged_at(site.bridge.log(), 0, {"state=live", "in_sync=" + std::to_string(files)}))) {
    if (Stopwatch::now() > deadline) must(false, "not in sync: " + site.bridge.command({"status"}).output);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return static_cast<double>((*arrived - begun).count()) / 1000;
}

void run(const Flags& flags) {
  Figures figures("first_sync");
  const int rounds = flags.number("--rounds", 3);
  const bool in_git = flags.number("--git", 0) != 0;
  Samples corpus_seconds, small_seconds, small_resident, small_cpu;
  std::size_t corpus_files = 0, compared = 0, equal = 0;
  for (int round = 0; round < rounds; ++round) {
    Site site;
    corpus_files = site.copy_corpus();
    corpus_seconds.add(sync_once(site, corpus_files, in_git));
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(site.specs)) {
      const std::string path = entry.path().lexically_relative(site.specs).generic_string();
      if (entry.is_regular_file() && path.ends_with(".md") && path.find('/') != std::string::npos) paths.push_back(path);
    }
    compared = paths.size();
    equal = site.compare(paths);
    must(equal == compared, std::to_string(compared - equal) + " files of the corpus differ at the hub");
  }
  const auto small = static_cast<std::size_t>(flags.number("--files", 10'000));
  for (int round = 0; round < rounds; ++round) {
    Site site;
    const auto paths = site.make_small_files(small);
    small_seconds.add(sync_once(site, small, in_git));
    const ProcessFigures bridge = look_at(site.bridge.pid());
    small_resident.add(bridge.resident_mb);
    small_cpu.add(bridge.cpu_seconds + look_at(site.hub.pid()).cpu_seconds);
    must(site.compare(paths) == small, "files differ at the hub");
  }
  figures.add("corpus_files", static_cast<double>(corpus_files), "");
  figures.add("corpus_compared_equal", static_cast<double>(equal), "");
  figures.add("corpus_median_s", corpus_seconds.percentile(50), "s");
  figures.add("corpus_worst_s", corpus_seconds.percentile(100), "s");
  figures.add("small_files", static_cast<double>(small), "");
  figures.add("small_files_median_s", small_seconds.percentile(50), "s");
  figures.add("small_files_worst_s", small_seconds.percentile(100), "s");
  figures.add("small_files_compared_equal", static_cast<double>(small), "");
  figures.add("bridge_rss_median_mb", small_resident.percentile(50), "MB");
  figures.add("cpu_of_both_median_s", small_cpu.percentile(50), "s");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
