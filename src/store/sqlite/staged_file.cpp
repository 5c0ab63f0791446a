#include "store/sqlite/staged_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "host/system_error.h"

namespace leanspec::store::sqlite {
namespace {

/// How often the name may be taken from under us by others that publish theirs, before we give up.
constexpr int attempts_max = 10;

[[nodiscard]] bool same_file(int file, const std::filesystem::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

[[nodiscard]] Error exists_already(const std::filesystem::path& name) {
  return Error(ErrorCode::invalid, "is there already", name.string(), "Choose another name, or replace it with --force.");
}

[[nodiscard]] std::string megabytes(std::uint64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

}  // namespace

Result<StagedFile> StagedFile::make(std::filesystem::path path) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    host::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return host::system_error(errno, "could not be made", path.string());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return host::system_error(errno, "could not be locked", path.string());
      return Error(ErrorCode::conflict, "is being written by another process", path.string(), "Wait until it is done.");
    }
    // Between open and lock another may have given the file its name: then it is theirs, whole, and not to be touched.
    if (!same_file(file.get(), path)) continue;
    if (::fchmod(file.get(), 0600) != 0 || ::ftruncate(file.get(), 0) != 0) {
      return host::system_error(errno, "could not be made ready", path.string());
    }
    return StagedFile(std::move(path), std::move(file));
  }
  return Error(ErrorCode::conflict, "is being written by another process", path.string(), "Wait until it is done.");
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}

StagedFile::~StagedFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Status StagedFile::flush() const {
  if (::fsync(file_.get()) != 0) return host::system_error(errno, "could not be flushed to disk", path_.string());
  return {};
}

Status StagedFile::publish(const std::filesystem::path& name, bool replace) {
  LEANSPEC_TRY(flush());
  int moved = -1;
  if (!replace) {
    moved = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE);
    if (moved != 0 && errno == EEXIST) return exists_already(name);
    // Some file systems cannot refuse in one step; there a look beforehand must do.
    if (moved != 0 && errno == EINVAL && std::filesystem::exists(name)) return exists_already(name);
  }
  if (moved != 0 && (replace || errno == EINVAL)) moved = ::rename(path_.c_str(), name.c_str());
  if (moved != 0) return host::system_error(errno, "could not be put in place", name.string());
  path_.clear();
  return flush_folder(folder_of(name));
}

Status check_room(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return host::system_error(errno, "could not be looked at", folder.string());
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free >= bytes) return {};
  return Error(ErrorCode::no_space,
               "the disk has " + megabytes(free) + " left, and " + megabytes(bytes) + " are needed", folder.string(),
               "Free some space, or take another disk.");
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

Status flush_folder(const std::filesystem::path& folder) {
  const host::Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open || ::fsync(open.get()) != 0) {
    return host::system_error(errno, "could not be flushed to disk", folder.string());
  }
  return {};
}

}  // namespace leanspec::store::sqlite
