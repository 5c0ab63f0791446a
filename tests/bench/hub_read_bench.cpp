// links: e2e/site digest host
// Reading the corpus from the hub over HTTP: list, detail, search, stats, dependencies; whole bodies, varied questions, no conditional
// requests. One client for the times, sixteen for requests per second; the clients run on the same machine.
//   hub_read_bench --hub FILE --bridge FILE [--requests 2000] [--seconds 5] [--clients 16]
#include <atomic>
#include <functional>
#include <thread>

#include "tests/bench/bench_site.h"

namespace leanspec::bench {
namespace {

using Question = std::function<std::string(std::size_t)>;

[[nodiscard]] std::vector<std::pair<std::string, Question>> questions(const std::string& project,
                                                                      const std::vector<std::string>& specs) {
  const std::string base = "/api/projects/" + project;
  const std::vector<std::string> filters{"",
                                         "&status=planned",
                                         "&status=in-progress,complete&sort=updated&order=desc",
                                         "&priority=high",
                                         "&sort=title",
                                         "&priority=critical,low&sort=created",
                                         "&status=archived&order=desc",
                                         "&blocked=true"};
  const std::vector<std::string> words{"sync",  "status%3Aplanned", "token",   "web%20ui", "dependency", "%22spec%20folder%22",
                                       "agent", "priority%3Ahigh",  "frontmatter", "mcp%20server", "migration", "validate"};
  return {{"list_all", [=](std::size_t) { return base + "/specs?limit=1000"; }},
          {"list_filtered", [=](std::size_t at) { return base + "/specs?limit=" + std::to_string(1000 - at / 8 % 500) + filters[at % filters.size()]; }},
          {"detail", [=](std::size_t at) { return base + "/specs/" + e2e::percent_encoded(specs[at * 7 % specs.size()]); }},
          {"search", [=](std::size_t at) { return base + "/search?limit=" + std::to_string(20 + at / 12 % 30) + "&q=" + words[at % words.size()]; }},
          {"stats", [=](std::size_t) { return base + "/stats"; }},
          {"dependencies", [=](std::size_t) { return base + "/dependencies"; }}};
}

void run(const Flags& flags) {
  Site site;
  const std::size_t files = site.copy_corpus();
  site.start_hub();
  site.join(site.hub.url());
  site.start_bridge();
  site.wait_live(files);
  must(site.bridge.stop() == 0, "the bridge did not stop well");
  const auto specs = site.hub.spec_ids(site.project);
  Figures figures("hub_read");
  figures.add("specs", static_cast<double>(specs.size()), "");

  Samples cold;
  for (int number = 0; number < 5; ++number) {
    must(site.hub.stop() == 0, "the hub did not stop well");
    cold.add(site.hub.start_and_ask("/api/projects/" + site.project + "/specs?limit=1000"));
  }
  figures.add("cold_start_to_list", cold);
  figures.add("rss_after_start_mb", look_at(site.hub.pid()).resident_mb, "MB");

  const auto requests = static_cast<std::size_t>(flags.number("--requests", 2000));
  const auto seconds = std::chrono::seconds(flags.number("--seconds", 5));
  const auto clients = static_cast<std::size_t>(flags.number("--clients", 16));
  for (const auto& [name, question] : questions(site.project, specs)) {
    e2e::HttpClient client = site.hub.client();
    Samples times;
    double bytes = 0;
    double spent = look_at(site.hub.pid()).cpu_seconds;
    // What the hub itself computed: the same on a quiet machine and on a busy one.
    const auto add_cpu = [&](const std::string& figure, std::size_t answers) {
      const double now = look_at(site.hub.pid()).cpu_seconds;
      figures.add(figure, 1e6 * (now - spent) / static_cast<double>(answers), "us");
      spent = now;
    };
    for (std::size_t at = 0; at < requests + 50; ++at) {
      const auto begun = Stopwatch::now();
      const auto answer = client.get(question(at));
      const double took = milliseconds_since(begun);
      must(answer.status == 200, name + " was answered " + std::to_string(answer.status));
      if (at >= 50) times.add(took);
      bytes += static_cast<double>(answer.body.size());
    }
    figures.add(name, times);
    figures.add(name + "_mean_bytes", bytes / static_cast<double>(requests + 50), "bytes");
    add_cpu(name + "_hub_cpu_us", requests + 50);

    std::atomic<std::size_t> answered = 0;
    std::atomic<bool> failed = false;
    std::vector<std::thread> threads;
    const auto begun = Stopwatch::now();
    for (std::size_t number = 0; number < clients; ++number) {
      threads.emplace_back([&, number] {
        e2e::HttpClient own = site.hub.client();
        for (std::size_t at = number * 1009; Stopwatch::now() - begun < seconds; ++at) {
          if (own.get(question(at)).status != 200) failed = true;
          ++answered;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    must(!failed, name + " failed under load");
    figures.add(name + "_requests_per_second", 1000 * static_cast<double>(answered) / milliseconds_since(begun), "/s");
    add_cpu(name + "_hub_cpu_us_under_load", answered);
  }
  figures.add("rss_after_load_mb", look_at(site.hub.pid()).resident_mb, "MB");
  figures.finish();
}

}  // namespace
}  // namespace leanspec::bench

int main(int argc, char** argv) { leanspec::bench::run(leanspec::bench::Flags(argc, argv)); }
