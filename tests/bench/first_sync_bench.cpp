// links: e2e/site digest host
// From the start of the bridge to everything being at the hub, byte-compared afterwards: the corpus, and 10,000 files of 1 KB.
//   first_sync_bench --hub FILE --bridge FILE [--files 10000] [--rounds 3]
#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

/// Seconds until every file is at the hub, by the bridge's own log (asking it would take its time).
[[nodiscard]] double sync_once(Site& site, std::size_t files) {
  site.start_hub();
  site.join(site.hub.url());
  const std::string done = "in_sync=" + std::to_string(files);
  const auto begun = Stopwatch::now();
  site.bridge.start_at_once();
  const auto arrived = [&] {
    const std::string log = site.bridge.log();
    const auto live = log.rfind("state=live");
    return live != std::string::npos && log.find(done, live) != std::string::npos;
  };
  while (!arrived()) {
    must(milliseconds_since(begun) < 300'000, "not in sync: " + site.bridge.command({"status"}).output);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return milliseconds_since(begun) / 1000;
}

void run(const Flags& flags) {
  Figures figures("first_sync");
  const int rounds = flags.number("--rounds", 3);
  Samples corpus_seconds, small_seconds;
  std::size_t corpus_files = 0, compared = 0, equal = 0;
  for (int round = 0; round < rounds; ++round) {
    Site site;
    corpus_files = site.copy_corpus();
    corpus_seconds.add(sync_once(site, corpus_files));
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
    small_seconds.add(sync_once(site, small));
    must(site.compare(paths) == small, "files differ at the hub");
  }
  figures.add("corpus_files", static_cast<double>(corpus_files), "");
  figures.add("corpus_compared_equal", static_cast<double>(equal), "");
  figures.add("corpus_median_s", corpus_seconds.percentile(50), "s");
  figures.add("corpus_worst_s", corpus_seconds.percentile(100), "s");
  figures.add("small_files", static_cast<double>(small), "");
  figures.add("small_files_median_s", small_seconds.percentile(50), "s");
  figures.add("small_files_worst_s", small_seconds.percentile(100), "s");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
