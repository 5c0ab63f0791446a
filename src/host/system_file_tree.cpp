#include "host/system_file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/descriptor.h"
#include "host/system_error.h"

#ifndef F_SETLEASE
#define F_SETLEASE 1024  // Linux; <fcntl.h> shows it under _GNU_SOURCE only
#endif

namespace leanspec::host {
namespace {

/// One read(2): large enough to be few calls, small enough to stay in the cache.
constexpr std::size_t read_bytes = 128 * 1024;

[[nodiscard]] FileKind kind_of_mode(std::uint32_t mode) {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::symlink;
  return FileKind::other;
}

[[nodiscard]] FileKind kind_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG:
      return FileKind::regular;
    case DT_DIR:
      return FileKind::directory;
    case DT_LNK:
      return FileKind::symlink;
    default:
      return FileKind::other;
  }
}

[[nodiscard]] std::int64_t nanoseconds(const statx_timestamp& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

[[nodiscard]] FileFacts facts_of(const struct statx& raw) {
  FileFacts facts;
  facts.kind = kind_of_mode(raw.stx_mode);
  facts.device = (std::uint64_t{raw.stx_dev_major} << 32) | raw.stx_dev_minor;
  facts.inode = raw.stx_ino;
  facts.size = raw.stx_size;
  facts.modified_ns = nanoseconds(raw.stx_mtime);
  facts.changed_ns = nanoseconds(raw.stx_ctime);
  if ((raw.stx_mask & STATX_BTIME) != 0) facts.born_ns = nanoseconds(raw.stx_btime);
  facts.mode = raw.stx_mode & 07777U;
  return facts;
}

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

class SystemFileTree final : public FileTree {
 public:
  explicit SystemFileTree(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] Result<FileFacts> facts(std::string_view path) override {
    if (path.empty()) LEANSPEC_TRY(open_root());
    LEANSPEC_ASSIGN(const Descriptor file, open(path, O_PATH | O_NOFOLLOW));
    return facts_of_open(file.get(), path);
  }

  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view folder) override {
    if (folder.empty()) LEANSPEC_TRY(open_root());
    LEANSPEC_ASSIGN(Descriptor file, open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    DIR* stream = ::fdopendir(file.get());
    if (stream == nullptr) return system_error(errno, "the folder could not be read", shown(folder));
    const int number = file.release();  // the stream owns it now
    std::vector<DirectoryEntry> entries;
    errno = 0;
    while (const dirent* found = ::readdir(stream)) {
      const std::string_view name = found->d_name;
      if (name != "." && name != "..") {
        FileKind kind = kind_of_entry(found->d_type);
        if (found->d_type == DT_UNKNOWN) {
          struct stat raw {};
          if (::fstatat(number, found->d_name, &raw, AT_SYMLINK_NOFOLLOW) == 0) kind = kind_of_mode(raw.st_mode);
        }
        entries.push_back(DirectoryEntry{std::string(name), kind});
      }
      errno = 0;
    }
    const int failed = errno;
    ::closedir(stream);
    if (failed != 0) return system_error(failed, "the folder could not be read", shown(folder));
    std::sort(entries.begin(), entries.end(),
              [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
    return entries;
  }

  [[nodiscard]] Result<FileContent> read(std::string_view path, std::uint64_t limit) override {
    // O_NONBLOCK: a pipe in the tree must not block us until somebody writes into it.
    LEANSPEC_ASSIGN(const Descriptor file, open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    LEANSPEC_ASSIGN(const FileFacts before, facts_of_open(file.get(), path));
    if (before.kind != FileKind::regular) return Error(ErrorCode::invalid, "is no ordinary file", shown(path));
    if (before.size > limit) return too_large(path, limit);
    FileContent content;
    content.bytes.reserve(static_cast<std::size_t>(before.size));
    std::size_t length = 0;
    for (;;) {
      content.bytes.resize(
          std::max(length + 1, std::min<std::size_t>(length + read_bytes, static_cast<std::size_t>(before.size) + 1)));
      const ssize_t count = ::read(file.get(), content.bytes.data() + length, content.bytes.size() - length);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "could not be read", shown(path));
      length += static_cast<std::size_t>(count);
      if (length > limit) return too_large(path, limit);
      if (count == 0) break;
    }
    content.bytes.resize(length);
    LEANSPEC_ASSIGN(content.facts, facts_of_open(file.get(), path));
    content.stable = content.facts == before && content.facts.size == length;
    return content;
  }

  [[nodiscard]] Result<bool> has_writer(std::string_view path) override {
    LEANSPEC_ASSIGN(const Descriptor file, open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) {
      ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
      return false;
    }
    return errno == EAGAIN;
  }

 private:
  [[nodiscard]] std::string shown(std::string_view path) const { return path.empty() ? root_ : std::string(path); }

  [[nodiscard]] Error too_large(std::string_view path, std::uint64_t limit) const {
    return Error(ErrorCode::too_large, "is larger than " + std::to_string(limit / (1024 * 1024)) + " MiB", shown(path));
  }

  [[nodiscard]] Status open_root() {
    Descriptor opened(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) {
      const int number = errno;
      if (number == ENOENT || number == ENOTDIR) root_file_.reset();
      return system_error(number, "the folder could not be opened", root_);
    }
    root_file_ = std::move(opened);
    return {};
  }

  [[nodiscard]] Result<FileFacts> facts_of_open(int file, std::string_view path) const {
    struct statx raw {};
    if (::statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
      return system_error(errno, "could not be looked at", shown(path));
    }
    return facts_of(raw);
  }

  [[nodiscard]] Result<Descriptor> open(std::string_view path, int flags) {
    if (!root_file_) LEANSPEC_TRY(open_root());
    if (!stays_inside(path)) return Error(ErrorCode::invalid, "is no path inside the folder", std::string(path));
    const std::string name = path.empty() ? "." : std::string(path);
    int number = has_openat2_ ? open_resolved(name, flags) : -1;
    if (number < 0 && has_openat2_ && (errno == ENOSYS || errno == EPERM)) {
      // An old kernel, or a sandbox that forbids the call: EPERM cannot come from a file system here for O_PATH or
      // O_RDONLY.
      has_openat2_ = false;
    }
    if (!has_openat2_) number = open_by_component(name, flags);
    if (number < 0) return system_error(errno, "could not be opened", shown(path));
    return Descriptor(number);
  }

  [[nodiscard]] int open_resolved(const std::string& name, int flags) const {
    open_how how{};
    how.flags = static_cast<std::uint32_t>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (;;) {
      const long number = ::syscall(SYS_openat2, root_file_.get(), name.c_str(), &how, sizeof how);
      // EAGAIN: a rename raced with the walk; the kernel asks for another try.
      if (number >= 0 || (errno != EINTR && errno != EAGAIN)) return static_cast<int>(number);
    }
  }

  [[nodiscard]] int open_by_component(const std::string& name, int flags) const {
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
    return ::openat(at, name.c_str() + start, flags | O_CLOEXEC);
  }

  std::string root_;
  Descriptor root_file_;
  bool has_openat2_ = true;
};

}  // namespace

Result<std::unique_ptr<FileTree>> open_file_tree(std::string root) {
  if (root.empty() || root.front() != '/') {
    return Error(ErrorCode::invalid, "is no absolute path", std::move(root), "Give the whole path, from / on.");
  }
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  return std::unique_ptr<FileTree>(std::make_unique<SystemFileTree>(std::move(root)));
}

}  // namespace leanspec::host
