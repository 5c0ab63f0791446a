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
    must(::inotify_add_watch(events_.get(), folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) >= 0,
         "no inotify watch for " + folder.string());
  }

  /// Milliseconds from `begun` until each of the files has its bytes, in their order.
  [[nodiscard]] std::vector<double> wait(const std::vector<std::pair<std::filesystem::path, std::string>>& wanted,
                                         Stopwatch::time_point begun) {
    std::vector<double> at(wanted.size(), -1);
    std::size_t missing = wanted.size();
    for (;;) {
      for (std::size_t number = 0; number < wanted.size(); ++number) {
        if (at[number] >= 0 || tests::read_file(wanted[number].first) != wanted[number].second) continue;
        at[number] = milliseconds_since(begun);
        --missing;
      }
      if (missing == 0) return at;
      must(milliseconds_since(begun) < 120'000, std::to_string(missing) + " files did not arrive in two minutes");
      sleep_until_something_happens();
      // Looking at hundreds of files again and again would take the time of those who bring them.
      if (missing > few) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

 private:
  static constexpr std::size_t few = 40;

  void sleep_until_something_happens() {
    pollfd waited{events_.get(), POLLIN, 0};
    (void)::poll(&waited, 1, 100);
    char buffer[16'384];
    while (::read(events_.get(), buffer, sizeof buffer) > 0) {
    }
  }

  host::Descriptor events_;
};

}  // namespace leanspec::bench
