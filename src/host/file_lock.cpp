#include "host/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "host/system_error.h"

namespace leanspec::host {
namespace {

/// Owner texts are one short line; more is not ours.
constexpr std::size_t owner_bytes_max = 256;
/// flock(2) has no time limit of its own.
constexpr std::chrono::milliseconds look_again{20};

[[nodiscard]] std::string read_owner(int file) {
  char text[owner_bytes_max];
  const ssize_t count = ::pread(file, text, sizeof text, 0);
  if (count <= 0) return "another process";
  std::string owner;
  for (ssize_t at = 0; at < count && static_cast<unsigned char>(text[at]) >= 0x20; ++at) owner += text[at];
  return owner.empty() ? "another process" : owner;
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& path, std::string_view purpose,
                                   std::chrono::milliseconds patience) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return system_error(errno, "the lock file could not be opened", path);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return system_error(errno, "could not be locked", path);
    if (patience.count() > 0) {
      ::usleep(static_cast<useconds_t>(look_again.count()) * 1000);
      patience -= look_again;
      continue;
    }
    return Error(ErrorCode::conflict, "is in use by " + read_owner(file.get()), path, "Stop that process first.");
  }
  const std::string owner = "process " + std::to_string(::getpid()) + " (" + std::string(purpose) + ")\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), owner.data(), owner.size(), 0) < 0) {
    return system_error(errno, "the lock file could not be written", path);
  }
  return FileLock(std::move(file));
}

}  // namespace leanspec::host
