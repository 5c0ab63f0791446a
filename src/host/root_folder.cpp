#include "host/root_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "host/system_error.h"

namespace leanspec::host {
namespace {

/// Relative, no empty, "." or ".." component, no NUL: what the kernel would refuse as well, caught before it for the
/// fallback.
[[nodiscard]] bool stays_inside(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
    if (path.empty()) return false;
  }
  return true;
}

}  // namespace

Status RootFolder::open_anew() {
  Descriptor opened(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) {
    const int number = errno;
    if (number == ENOENT || number == ENOTDIR) root_file_.reset();
    return system_error(number, "the folder could not be opened", root_);
  }
  root_file_ = std::move(opened);
  return {};
}

Result<Descriptor> RootFolder::open(std::string_view path, int flags, unsigned mode) {
  if (!root_file_) LEANSPEC_TRY(open_anew());
  if (!stays_inside(path)) return Error(ErrorCode::invalid, "is no path inside the folder", std::string(path));
  const std::string name = path.empty() ? "." : std::string(path);
  int number = has_openat2_ ? open_resolved(name, flags, mode) : -1;
  const bool reads_only = (flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0;
  if (number < 0 && has_openat2_ && (errno == ENOSYS || (errno == EPERM && reads_only))) {
    // An old kernel, or a sandbox that forbids the call: EPERM cannot come from a file system here for O_PATH or
    // O_RDONLY.
    has_openat2_ = false;
  }
  if (!has_openat2_) number = open_by_component(name, flags, mode);
  if (number < 0) return system_error(errno, "could not be opened", shown(path));
  return Descriptor(number);
}

Result<RootFolder::Place> RootFolder::place(std::string_view path) {
  if (path.empty() || !stays_inside(path))
    return Error(ErrorCode::invalid, "is no path inside the folder", std::string(path));
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  LEANSPEC_ASSIGN(auto opened, open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return Place{std::move(opened), std::string(path.substr(folder.empty() ? 0 : slash + 1))};
}

int RootFolder::open_resolved(const std::string& name, int flags, unsigned mode) const {
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    const long number = ::syscall(SYS_openat2, root_file_.get(), name.c_str(), &how, sizeof how);
    // EAGAIN: a rename raced with the walk; the kernel asks for another try.
    if (number >= 0 || (errno != EINTR && errno != EAGAIN)) return static_cast<int>(number);
  }
}

int RootFolder::open_by_component(const std::string& name, int flags, unsigned mode) const {
  Descriptor folder;
  int at = root_file_.get();
  std::size_t start = 0;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', start)) {
    Descriptor next(
        ::openat(at, name.substr(start, slash - start).c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return -1;
    folder = std::move(next);
    at = folder.get();
    start = slash + 1;
  }
  return ::openat(at, name.c_str() + start, flags | O_CLOEXEC, mode);
}

}  // namespace leanspec::host
