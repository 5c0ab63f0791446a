#include "host/flush_together.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

namespace leanspec::host {

std::vector<int> flush_together(const std::vector<int>& files) {
  std::vector<int> failed(files.size(), 0);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < files.size(); at = next++) {
      while (::fsync(files[at]) != 0) {
        if (errno == EINTR) continue;
        failed[at] = errno;
        break;
      }
    }
  };
  std::vector<std::thread> threads;
  try {
    for (std::size_t number = 1; number < std::min(files.size(), flush_threads_max); ++number)
      threads.emplace_back(work);
  } catch (const std::system_error&) {
    // As many as the system allows.
  }
  work();
  for (auto& thread : threads) thread.join();
  return failed;
}

}  // namespace leanspec::host
