// links: e2e/site digest host
// From a save to the change being readable over the API, and to its event on the live stream: edits drawn by seed from
// the history of real specs, each a real before and after, half of them saved in place and half by rename.
//   save_to_api_bench --hub FILE --bridge FILE [--edits 200] [--seed 1] [--history BUNDLE_OR_REPOSITORY]
#include <atomic>
#include <boost/json/parse.hpp>
#include <mutex>
#include <random>
#include <thread>

#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

struct Edit {
  std::string before;
  std::string after;
};

class History {
 public:
  History(const e2e::Scratch& scratch, const std::string& from) : scratch_(scratch), repository_(from) {
    if (std::filesystem::is_directory(from)) return;
    repository_ = (scratch.path() / "history").string();
    const auto cloned = run({"clone", "-q", "-b", "shared", from, repository_}, false);
    must(cloned.code == 0, "the history could not be cloned: " + cloned.errors);
  }

  [[nodiscard]] std::vector<Edit> draw(std::size_t count, unsigned seed) const {
    std::vector<std::pair<std::string, std::string>> all;
    std::istringstream log(run({"log", "--no-merges", "--diff-filter=M", "--format=@%H", "--name-only", "--", "specs"}).output);
    std::string commit;
    for (std::string line; std::getline(log, line);) {
      if (line.starts_with('@')) commit = line.substr(1);
      else if (line.ends_with(".md")) all.emplace_back(commit, line);
    }
    std::mt19937 random(seed);
    std::shuffle(all.begin(), all.end(), random);
    std::vector<Edit> edits;
    for (const auto& [at, path] : all) {
      if (edits.size() == count) break;
      Edit edit{run({"show", at + "^:" + path}).output, run({"show", at + ":" + path}).output};
      if (!edit.before.empty() && !edit.after.empty() && edit.before != edit.after) edits.push_back(std::move(edit));
    }
    must(edits.size() == count, "the history holds only " + std::to_string(edits.size()) + " edits");
    return edits;
  }

 private:
  [[nodiscard]] e2e::Finished run(std::vector<std::string> words, bool inside = true) const {
    if (inside) words.insert(words.begin(), {"-C", repository_});
    words.insert(words.begin(), "/usr/bin/git");
    e2e::SpawnOptions options;
    options.output_folder = scratch_.path();
    options.name = "git";
    return e2e::run_program(std::move(words), options);
  }
  const e2e::Scratch& scratch_;
  std::string repository_;
};

/// When the live stream last told of each spec.
class Told {
 public:
  Told(const e2e::HubProcess& hub, const std::string& project)
      : stream_(hub.url(), hub.key(), "/api/events?project=" + project), thread_([this] { listen(); }) {}
  /// Ends with the hub, which ends the stream.
  ~Told() { thread_.join(); }
  void forget(const std::string& spec) {
    const std::lock_guard lock(mutex_);
    at_.erase(spec);
  }
  [[nodiscard]] std::optional<Stopwatch::time_point> when(const std::string& spec) {
    const std::lock_guard lock(mutex_);
    const auto found = at_.find(spec);
    return found == at_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  void listen() {
    while (const auto event = stream_.next()) {
      const auto now = Stopwatch::now();
      if (event->name != "delta") continue;
      const auto delta = boost::json::parse(event->data);
      const std::lock_guard lock(mutex_);
      for (const auto& spec : delta.at("specs").as_array()) at_[std::string(spec.at("id").as_string())] = now;
    }
  }
  e2e::EventStream stream_;
  std::mutex mutex_;
  std::map<std::string, Stopwatch::time_point> at_;
  std::thread thread_;
};

void run(const Flags& flags) {
  Site site;
  const auto corpus = tests::corpus_folder();
  const std::string otherwise = corpus ? (*corpus / "leanspec-history.bundle").string() : std::string();
  const char* named = std::getenv("LEANSPEC_HISTORY");
  const History history(site.scratch, flags.text("--history", named != nullptr ? named : otherwise));
  const auto edits = history.draw(static_cast<std::size_t>(flags.number("--edits", 200)),
                                  static_cast<unsigned>(flags.number("--seed", 1)));
  const auto spec_of = [](std::size_t number) { return std::to_string(100 + number) + "-edit"; };
  for (std::size_t number = 0; number < edits.size(); ++number)
    e2e::save_in_place(site.specs / spec_of(number) / "README.md", edits[number].before);
  site.start_hub();
  site.join(site.hub.url());
  site.start_bridge();
  site.wait_live(edits.size());

  Samples api_in_place, api_atomic, event_in_place, event_atomic;
  {
    Told told(site.hub, site.project);
    e2e::HttpClient client = site.hub.client();
    for (std::size_t number = 0; number < edits.size(); ++number) {
      const std::string spec = spec_of(number);
      const std::string raw = "/api/projects/" + site.project + "/specs/" + spec + "/raw";
      const std::string wanted = e2e::sha256_hex(edits[number].after);
      const bool atomic = number % 2 == 1;
      told.forget(spec);
      const auto begun = Stopwatch::now();
      if (atomic) {
        e2e::save_atomically(site.specs / spec / "README.md", edits[number].after);
      } else {
        e2e::save_in_place(site.specs / spec / "README.md", edits[number].after);
      }
      while (client.get(raw).body.find(wanted) == std::string::npos) {
        must(milliseconds_since(begun) < 30'000, spec + " did not arrive");
        std::this_thread::sleep_for(std::chrono::microseconds(500));
      }
      (atomic ? api_atomic : api_in_place).add(milliseconds_since(begun));
      std::optional<Stopwatch::time_point> event;
      while (!(event = told.when(spec))) {
        must(milliseconds_since(begun) < 30'000, "no event told of " + spec);
        std::this_thread::sleep_for(std::chrono::microseconds(500));
      }
      (atomic ? event_atomic : event_in_place).add(std::chrono::duration<double, std::milli>(*event - begun).count());
    }
    must(site.hub.stop() == 0, "the hub did not stop well");
  }
  Figures figures("save_to_api");
  figures.add("edits", static_cast<double>(edits.size()), "");
  figures.add("in_place_to_api", api_in_place);
  figures.add("atomic_to_api", api_atomic);
  figures.add("in_place_to_event", event_in_place);
  figures.add("atomic_to_event", event_atomic);
  Samples api = api_in_place, events = event_in_place;
  api.add(api_atomic);
  events.add(event_atomic);
  figures.add("to_api", api);
  figures.add("to_event", events);
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
