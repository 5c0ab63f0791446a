// links: e2e/site digest host
// A hundred saves of one file within a second: how many versions reach the hub (at most four), and that the last is exact.
//   burst_bench --hub FILE --bridge FILE [--rounds 10]
#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

void run(const Flags& flags) {
  Site site;
  const std::string path = "001-burst/README.md";
  e2e::save_in_place(site.specs / path, e2e::spec_text("Burst"));
  site.start_hub();
  site.join(site.hub.url());
  site.start_bridge();
  site.wait_live(1);
  Samples settle;
  std::size_t most = 0;
  std::size_t before = 1;
  double longest = 0;
  for (int round = 0; round < flags.number("--rounds", 10); ++round) {
    std::string text;
    const auto begun = Stopwatch::now();
    for (int number = 0; number < 100; ++number) {
      text = e2e::spec_text("Burst", "Round " + std::to_string(round) + ", save " + std::to_string(number) + "\n");
      if (round % 2 == 0) {
        e2e::save_in_place(site.specs / path, text);
      } else {
        e2e::save_atomically(site.specs / path, text);
      }
      std::this_thread::sleep_until(begun + std::chrono::milliseconds(10 * (number + 1)));
    }
    longest = std::max(longest, milliseconds_since(begun));
    const auto last = Stopwatch::now();
    const std::string wanted = e2e::sha256_hex(text);
    while (site.hub.hash(site.project, path) != wanted) {
      must(milliseconds_since(last) < 30'000, "the last save did not arrive");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    settle.add(milliseconds_since(last));
    must(site.hub.file(site.project, path)->content == text, "the last bytes are not exact");
    const std::size_t now = site.hub.history(site.project, path).size();
    most = std::max(most, now - before);
    before = now;
    std::this_thread::sleep_for(std::chrono::seconds(1));  // rounds of their own
  }
  Figures figures("burst");
  figures.add("most_versions_of_100_saves", static_cast<double>(most), "");
  figures.add("longest_burst_ms", longest, "ms");
  figures.add("last_save_to_api", settle);
  figures.finish();
  must(most <= 4 || longest > 1'200, "more than four versions");
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
