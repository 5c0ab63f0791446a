#pragma once

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/descriptor.h"
#include "tests/bench/bench_site.h"

namespace leanspec::bench {

/// Says when bytes stand in folders: woken by the kernel, so that looking costs nothing while nothing happens. One
/// thread.
class Arrival {
 public:
  Arrival() : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

  /// Files right in this folder can be waited for from now on.
  void watch(const std::filesystem::path& folder) {
    const int watch = ::inotify_add_watch(events_.get(), folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
    must(watch >= 0, "no inotify watch for " + folder.string());
    folders_[watch] = folder;
  }

  /// Milliseconds from `begun` until each of the files has its bytes, in their order.
  [[nodiscard]] std::vector<double> wait(const std::vector<std::pair<std::filesystem::path, std::string>>& wanted,
                                         Stopwatch::time_point begun) {
    std::map<std::filesystem::path, std::size_t> missing;
    for (std::size_t number = 0; number < wanted.size(); ++number) missing.emplace(wanted[number].first, number);
    std::vector<double> at(wanted.size(), -1);
    const auto look = [&](const std::filesystem::path& path) {
      const auto found = missing.find(path);
      if (found == missing.end() || tests::read_file(path) != wanted[found->second].second) return;
      at[found->second] = milliseconds_since(begun);
      missing.erase(found);
    };
    for (const auto& [path, text] : wanted) look(path);
    while (!missing.empty()) {
      must(milliseconds_since(begun) < 120'000,
           std::to_string(missing.size()) + " files did not arrive in two minutes");
      const auto changed = sleep_until_something_happens();
      for (const auto& path : changed) look(path);
      if (!changed.empty()) continue;
      for (const auto& [path, text] : wanted) look(path);  // perhaps an event was lost
    }
    return at;
  }

 private:
  /// What changed; looking at everything else would take the time of those who bring it. Nothing for a while: empty.
  [[nodiscard]] std::set<std::filesystem::path> sleep_until_something_happens() {
    pollfd waited{events_.get(), POLLIN, 0};
    (void)::poll(&waited, 1, 100);
    std::set<std::filesystem::path> changed;
    alignas(inotify_event) char buffer[16'384];
    for (ssize_t got = 0; (got = ::read(events_.get(), buffer, sizeof buffer)) > 0;) {
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        const auto folder = folders_.find(event->wd);
        if (folder != folders_.end() && event->len > 0) changed.insert(folder->second / event->name);
      }
    }
    return changed;
  }

  std::map<int, std::filesystem::path> folders_;
  host::Descriptor events_;
};

}  // namespace leanspec::bench
