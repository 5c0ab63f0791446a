#include "host/open_writers.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "host/durable_file.h"
#include "host/system_error.h"

namespace leanspec::host {
namespace {

/// "pos:", "flags:", "mnt_id:" and a few locks.
constexpr std::uint64_t descriptor_facts_bytes_max = 64 * 1024;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

[[nodiscard]] bool is_number(const char* name) {
  return *name != '\0' && std::strspn(name, "0123456789") == std::strlen(name);
}

/// A file that was deleted or renamed away since keeps its last name, with a note.
[[nodiscard]] bool names_it(std::string_view link, std::string_view name) {
  constexpr std::string_view note = " (deleted)";
  if (link.ends_with(note)) link.remove_suffix(note.size());
  return link.size() > name.size() && link.ends_with(name) && link[link.size() - name.size() - 1] == '/';
}

[[nodiscard]] bool writes(const std::string& process, const char* descriptor) {
  const auto facts = read_small_file(process + "/fdinfo/" + descriptor, descriptor_facts_bytes_max);
  if (!facts) return false;
  const auto at = facts->find("flags:");
  if (at == std::string::npos) return false;
  return (std::strtoul(facts->c_str() + at + 6, nullptr, 8) & O_ACCMODE) != O_RDONLY;
}

[[nodiscard]] bool process_writes(const std::string& process, const struct stat& wanted, std::string_view name) {
  const Folder descriptors(::opendir((process + "/fd").c_str()));
  if (descriptors == nullptr) return false;  // another user's, or gone
  while (const dirent* one = ::readdir(descriptors.get())) {
    if (!is_number(one->d_name)) continue;
    const std::string path = process + "/fd/" + one->d_name;
    char link[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), link, sizeof link);
    if (length <= 0 || !names_it(std::string_view(link, static_cast<std::size_t>(length)), name)) continue;
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0 || facts.st_ino != wanted.st_ino || facts.st_dev != wanted.st_dev) continue;
    if (writes(process, one->d_name)) return true;
  }
  return false;
}

}  // namespace

Result<bool> is_open_for_writing(int file, std::string_view name) {
  struct stat wanted {};
  if (::fstat(file, &wanted) != 0) return system_error(errno, "could not be looked at", std::string(name));
  const Folder processes(::opendir("/proc"));
  if (processes == nullptr) return false;
  const std::string own = std::to_string(::getpid());
  while (const dirent* one = ::readdir(processes.get())) {
    if (!is_number(one->d_name) || own == one->d_name) continue;
    if (process_writes(std::string("/proc/") + one->d_name, wanted, name)) return true;
  }
  return false;
}

}  // namespace leanspec::host
