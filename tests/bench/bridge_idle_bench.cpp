// links: e2e/site digest host
// What a bridge costs that has nothing to do: memory, time of the processor and wake-ups, with the corpus and with 10,000 files; and how
// long it takes from its start to being connected.
//   bridge_idle_bench --hub FILE --bridge FILE [--files 10000] [--seconds 60] [--starts 10]
#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

void measure(Figures& figures, const std::string& name, std::size_t files, Site& site, int seconds, int starts) {
  site.start_hub();
  site.join(site.hub.url());
  site.start_bridge();
  site.wait_live(files);
  figures.add(name + "_rss_after_first_sync_mb", look_at(site.bridge.pid()).resident_mb, "MB");
  Samples start;
  for (int number = 0; number < starts; ++number) {
    must(site.bridge.stop() == 0, "the bridge did not stop well");
    const std::size_t before = site.bridge.log().size();
    const auto begun = Stopwatch::now();
    site.bridge.start_at_once();
    while (site.bridge.log().find("connected to the hub", before) == std::string::npos) {
      must(milliseconds_since(begun) < 60'000, "not connected");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    start.add(milliseconds_since(begun));
  }
  figures.add(name + "_start_to_connected", start);
  site.wait_live(files);
  // Asking for the status woke it; what was asked is over by then.
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const ProcessFigures before = look_at(site.bridge.pid());
  std::this_thread::sleep_for(std::chrono::seconds(seconds));  // idle is what is measured
  const ProcessFigures after = look_at(site.bridge.pid());
  figures.add(name + "_rss_mb", after.resident_mb, "MB");
  figures.add(name + "_idle_cpu_percent", 100 * (after.cpu_seconds - before.cpu_seconds) / seconds, "%");
  figures.add(name + "_idle_wake_ups", static_cast<double>(after.wake_ups - before.wake_ups), "in all");
}

void run(const Flags& flags) {
  Figures figures("bridge_idle");
  const int seconds = flags.number("--seconds", 60);
  const int starts = flags.number("--starts", 10);
  figures.add("binary_mb", static_cast<double>(std::filesystem::file_size(e2e::bridge_program())) / 1e6, "MB");
  {
    Site site;
    const std::size_t files = site.copy_corpus();
    measure(figures, "corpus", files, site, seconds, starts);
  }
  {
    Site site;
    const auto files = static_cast<std::size_t>(flags.number("--files", 10'000));
    (void)site.make_small_files(files);
    measure(figures, "many", files, site, seconds, starts);
  }
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
