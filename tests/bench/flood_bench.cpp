// links: e2e/site digest host
// What others notice while one client floods the hub (sync.md H08, at most twice the time): saves on one machine are
// timed to another's disk while nothing else happens, then while a third machine sends a folder with more files than a
// project may have, as fast as it can, and while requests with keys that do not exist come without a pause.
//   flood_bench --hub FILE --bridge FILE [--edits 60] [--files 25000]
#include <atomic>
#include <thread>

#include "tests/bench/arrival.h"
#include "tests/e2e/machine.h"

namespace leanspec::bench {
namespace {

constexpr std::size_t documents = 20;

struct Pair {
  Pair(Site& site, std::size_t edits) : writer(site.scratch, "writer"), reader(site.scratch, "reader"), edits_(edits) {
    for (std::size_t number = 0; number < documents; ++number)
      e2e::save_in_place(writer.specs / path(number), e2e::spec_text("Spec " + std::to_string(number), ""));
    for (e2e::Machine* machine : {&writer, &reader}) {
      const std::string problem = machine->join(site.hub.url(), site.hub.key(), site.project, "two-way", false);
      must(problem.empty(), problem);
      must(machine->bridge.start(), "a bridge did not start: " + machine->bridge.log());
    }
    const auto done = [&] { return reader.state().live() && reader.state().in_sync >= documents; };
    must(e2e::wait_until(done, std::chrono::minutes(2)), reader.status());
    for (std::size_t number = 0; number < documents; ++number)
      arrival_.watch((reader.specs / path(number)).parent_path());
  }

  Samples measure() {
    Samples samples;
    for (std::size_t number = 0; number < edits_; ++number) {
      const std::string file = path(number % documents);
      const std::string text = tests::read_file(writer.specs / file) + "\nLine " + std::to_string(++lines_) + ".\n";
      const auto begun = Stopwatch::now();
      e2e::save_atomically(writer.specs / file, text);
      samples.add(arrival_.wait({{reader.specs / file, text}}, begun).front());
      std::this_thread::sleep_for(std::chrono::milliseconds(30));  // as people save: one at a time
    }
    return samples;
  }

  e2e::Machine writer;
  e2e::Machine reader;

 private:
  static std::string path(std::size_t number) { return std::to_string(100 + number) + "-spec/README.md"; }

  std::size_t edits_;
  std::size_t lines_ = 0;
  Arrival arrival_;
};

/// Knocks with a key that does not exist until it is destroyed.
class Guesser {
 public:
  explicit Guesser(const e2e::HubProcess& hub)
      : thread_([this, &hub] {
          while (!ending_) {
            (void)e2e::HttpClient{hub.url(), "lsk_" + std::to_string(++asked_)}.get("/api/projects");
          }
        }) {}
  ~Guesser() {
    ending_ = true;
    thread_.join();
  }
  [[nodiscard]] std::size_t asked() const { return asked_; }

 private:
  std::atomic<bool> ending_ = false;
  std::atomic<std::size_t> asked_ = 0;
  std::thread thread_;
};

void run(const Flags& flags) {
  Site site;
  site.start_hub();
  Figures figures("flood");
  Pair pair(site, static_cast<std::size_t>(flags.number("--edits", 60)));
  const Samples calm = pair.measure();
  figures.add("calm", calm);
  {
    Guesser guesser(site.hub);
    const Samples guessed = pair.measure();
    figures.add("while_keys_are_guessed", guessed);
    figures.add("guesses", static_cast<double>(guesser.asked()), "");
    figures.add("guessing_ratio_p50", guessed.percentile(50) / calm.percentile(50), "");
  }
  const auto files = static_cast<std::size_t>(flags.number("--files", 25'000));
  (void)site.make_small_files(files);
  site.project = "flood";
  site.join(site.hub.url());
  site.bridge.start_at_once();
  const Samples flooded = pair.measure();
  const auto state = site.bridge.folder(site.specs);
  figures.add("while_a_folder_floods", flooded);
  figures.add("flooding_ratio_p50", flooded.percentile(50) / calm.percentile(50), "");
  figures.add("flooding_ratio_p99", flooded.percentile(99) / calm.percentile(99), "");
  figures.add("files_in_sync_at_the_end", static_cast<double>(state.in_sync), "");
  figures.add("hub_rss_mb", look_at(site.hub.pid()).resident_mb, "MB");
  figures.add("load", load_average(), "");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) {
  leanspec::bench::run(leanspec::bench::Flags(argc, argv));
}
