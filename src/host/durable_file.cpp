#include "host/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "host/descriptor.h"
#include "host/system_error.h"

namespace leanspec::host {
namespace {

[[nodiscard]] std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[nodiscard]] Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "could not be written", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

[[nodiscard]] Status write_and_flush(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_error(errno, "could not be made", path);
  LEANSPEC_TRY(write_all(file.get(), bytes, path));
  if (::fsync(file.get()) != 0) return system_error(errno, "could not be flushed to disk", path);
  return {};
}

}  // namespace

Status write_durable_file(const std::string& path, std::string_view bytes) {
  const std::string staged = path + ".new";
  ::unlink(staged.c_str());  // left by a crash; its content never counted
  if (Status written = write_and_flush(staged, bytes); !written) {
    ::unlink(staged.c_str());
    return written;
  }
  if (::rename(staged.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(staged.c_str());
    return system_error(number, "could not be replaced", path);
  }
  const Descriptor folder(::open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0)
    return system_error(errno, "could not be flushed to disk", parent_of(path));
  return {};
}

Result<std::string> read_small_file(const std::string& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error(errno, "could not be opened", path);
  std::string bytes;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "could not be read", path);
    if (count == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(count));
    if (bytes.size() > limit)
      return Error(ErrorCode::too_large, "is larger than " + std::to_string(limit) + " bytes", path);
  }
}

Status make_private_folder(const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST && !is_folder(folder)) {
      return system_error(errno, "the folder could not be made", folder);
    }
  }
  if (!is_folder(path))
    return Error(ErrorCode::invalid, "is no folder", path, "Name another folder, or move that file away.");
  return {};
}

Status check_private(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return system_error(errno, "could not be looked at", path);
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return Error(ErrorCode::forbidden, "belongs to another user", path, "Use a file that you own.");
  }
  if ((facts.st_mode & 0077) != 0) {
    return Error(ErrorCode::forbidden, "can be read by other users, and it holds a secret", path,
                 "Run: chmod go-rwx '" + path + "'");
  }
  return {};
}

bool path_exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool is_folder(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace leanspec::host
