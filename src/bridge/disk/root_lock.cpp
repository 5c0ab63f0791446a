#include "bridge/disk/root_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "host/system_error.h"

namespace leanspec::bridge::disk {
namespace {

/// The process that has a lock on `inode`, from /proc/locks: "12: FLOCK  ADVISORY  WRITE 4711 08:01:131073 0 EOF".
/// Device numbers are not compared: on some file systems they differ from those of stat(2). 0 if unknown.
[[nodiscard]] int holder_of(std::uint64_t inode) {
  std::FILE* file = std::fopen("/proc/locks", "re");
  if (file == nullptr) return 0;
  char line[256];
  int holder = 0;
  while (holder == 0 && std::fgets(line, sizeof line, file) != nullptr) {
    int process = 0;
    unsigned major = 0;
    unsigned minor = 0;
    unsigned long long locked = 0;
    if (std::sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &process, &major, &minor, &locked) == 4 &&
        locked == inode)
      holder = process;
  }
  std::fclose(file);
  return holder;
}

}  // namespace

Result<RootLock> RootLock::acquire(const std::string& root) {
  host::Descriptor folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return host::system_error(errno, "the folder could not be opened", root);
  int locked = 0;
  do {
    locked = ::flock(folder.get(), LOCK_EX | LOCK_NB);
  } while (locked != 0 && errno == EINTR);
  if (locked == 0) return RootLock(std::move(folder));
  if (errno != EWOULDBLOCK) return RootLock(host::Descriptor());
  struct stat facts {};
  const int holder = ::fstat(folder.get(), &facts) == 0 ? holder_of(facts.st_ino) : 0;
  const std::string who = holder > 0 ? "process " + std::to_string(holder) : "another process";
  return Error(ErrorCode::conflict, "the folder is synced by another leanspec-bridge already (" + who + ")", root,
               "Stop that one, or remove the folder from one of the two.");
}

}  // namespace leanspec::bridge::disk
