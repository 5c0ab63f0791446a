#pragma once

#include <sys/types.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/measured.h"
#include "tests/e2e/bridge_process.h"
#include "tests/e2e/hub_process.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait_until.h"
#include "tests/fakes/corpus.h"

namespace leanspec::bench {

/// Ends the bench with a sentence: a figure from something that went wrong is worse than none.
inline void must(bool fine, const std::string& what) {
  if (fine) return;
  std::fprintf(stderr, "this bench failed: %s\n", what.c_str());
  std::exit(1);
}

/// The wall clock, as programs on this machine write it into their logs.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

[[nodiscard]] inline WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// When a program wrote the first line beyond `from` with all of `words` ("2026-11-22T14:44:55.544Z info ..."). What is read there
/// does not depend on how often one looks.
[[nodiscard]] inline std::optional<WallTime> logged_at(const std::string& log, std::size_t from,
                                                       const std::vector<std::string>& words) {
  std::istringstream lines(log.substr(std::min(from, log.size())));
  for (std::string line; std::getline(lines, line);) {
    const auto has = [&](const std::string& word) { return line.find(word) != std::string::npos; };
    std::tm date{};
    int milliseconds = 0;
    if (!std::all_of(words.begin(), words.end(), has)) continue;
    if (std::sscanf(line.c_str(), "%d-%d-%dT%d:%d:%d.%dZ", &date.tm_year, &date.tm_mon, &date.tm_mday, &date.tm_hour,
                    &date.tm_min, &date.tm_sec, &milliseconds) != 7)
      continue;
    date.tm_year -= 1900;
    date.tm_mon -= 1;
    return WallTime(std::chrono::seconds(::timegm(&date)) + std::chrono::milliseconds(milliseconds));
  }
  return std::nullopt;
}

/// --hub FILE and --bridge FILE (or LEANSPEC_HUB, LEANSPEC_BRIDGE) name the programs to measure; other flags are the bench's own numbers.
class Flags {
 public:
  Flags(int argc, char** argv) {
    for (int at = 1; at + 1 < argc; at += 2) values_[argv[at]] = argv[at + 1];
    if (values_.contains("--hub")) ::setenv("LEANSPEC_HUB", values_["--hub"].c_str(), 1);
    if (values_.contains("--bridge")) ::setenv("LEANSPEC_BRIDGE", values_["--bridge"].c_str(), 1);
    std::printf("hub %s, bridge %s\n", e2e::hub_program().c_str(), e2e::bridge_program().c_str());
  }
  [[nodiscard]] int number(const std::string& flag, int otherwise) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? otherwise : std::atoi(found->second.c_str());
  }
  [[nodiscard]] std::string text(const std::string& flag, std::string otherwise) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? std::move(otherwise) : found->second;
  }

 private:
  std::map<std::string, std::string> values_;
};

/// One hub and one bridge with a folder, both programs as people run them.
struct Site {
  e2e::Scratch scratch;
  e2e::HubProcess hub{scratch};
  e2e::BridgeProcess bridge{scratch};
  std::string project = "bench";
  std::filesystem::path specs = scratch / "bench/specs";

  Site() {
    std::filesystem::create_directories(specs);
    hub.add_words({"--requests-per-second", "0"});
  }
  void start_hub() {
    must(hub.start(), "the hub did not start: " + hub.errors());
    if (hub.key().empty()) hub.make_key();
  }
  void join(const std::string& url) {
    must(bridge.login(url, hub.key()).code == 0, "the bridge could not log in");
    must(bridge.add(specs, project).code == 0, "the folder could not be added");
  }
  void start_bridge() { must(bridge.start(), "the bridge did not start: " + bridge.log()); }
  void wait_live(std::size_t files) {
    const auto done = [&] {
      const auto state = bridge.folder(specs);
      return state.live() && state.in_sync >= files;
    };
    must(e2e::wait_until(done, std::chrono::minutes(5)), "not in sync: " + bridge.command({"status"}).output);
  }
  [[nodiscard]] std::size_t copy_corpus() {
    const auto corpus = tests::corpus_folder();
    must(corpus.has_value(), tests::corpus_absent);
    std::filesystem::copy(*corpus / "leanspec" / "specs", specs, std::filesystem::copy_options::recursive);
    return tests::corpus_files(*corpus).size();
  }
  /// Files of 1 KB in specs of 25, all different. Answers their paths.
  [[nodiscard]] std::vector<std::string> make_small_files(std::size_t count) const {
    std::vector<std::string> paths;
    for (std::size_t number = 0; number < count; ++number) {
      const std::size_t spec = 100 + number / 25;
      paths.push_back(std::to_string(spec) + "-spec/" +
                      (number % 25 == 0 ? "README.md" : "note-" + std::to_string(number) + ".md"));
      std::string text = e2e::spec_text("File " + std::to_string(number), "");
      for (std::size_t word = 0; text.size() < 1023; ++word)
        text += std::to_string((number * 7919 + word) * 2654435761 % 99991) + (word % 12 == 11 ? "\n" : " ");
      text.resize(1023);
      e2e::save_in_place(specs / paths.back(), text + "\n");
    }
    return paths;
  }
  /// How many of the files the hub has to the byte; those that the API does not show are left out.
  [[nodiscard]] std::size_t compare(const std::vector<std::string>& paths) const {
    std::size_t equal = 0;
    for (const std::string& path : paths) {
      const auto found = hub.file(project, path);
      if (found && found->content == tests::read_file(specs / path)) ++equal;
    }
    return equal;
  }
};

/// What /proc says of a process.
struct ProcessFigures {
  double resident_mb = 0;
  double cpu_seconds = 0;
  long wake_ups = 0;  ///< context switches of all threads
};

[[nodiscard]] inline ProcessFigures look_at(pid_t pid) {
  ProcessFigures figures;
  const std::filesystem::path proc = "/proc/" + std::to_string(pid);
  const auto number_after = [](const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    return at == std::string::npos ? 0L : std::atol(text.c_str() + at + name.size());
  };
  figures.resident_mb = static_cast<double>(number_after(tests::read_file(proc / "status"), "VmRSS:")) / 1024;
  for (const auto& task : std::filesystem::directory_iterator(proc / "task")) {
    const std::string status = tests::read_file(task.path() / "status");
    figures.wake_ups += number_after(status, "\nvoluntary_ctxt_switches:");
    // After the name in brackets: state is the first field, user and system time the 12th and 13th.
    std::string stat = tests::read_file(task.path() / "stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string field;
    for (int at = 1; at <= 13 && fields >> field; ++at) {
      if (at >= 12) figures.cpu_seconds += std::atof(field.c_str()) / 100;
    }
  }
  return figures;
}

/// Of the whole machine, over the last minute: figures from a busy machine say less.
[[nodiscard]] inline double load_average() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? load : -1;
}

}  // namespace leanspec::bench
