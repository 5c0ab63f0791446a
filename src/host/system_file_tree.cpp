#include "host/system_file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "host/descriptor.h"
#include "host/flush_together.h"
#include "host/open_writers.h"
#include "host/root_folder.h"
#include "host/stat_facts.h"
#include "host/system_error.h"

#ifndef F_SETLEASE
#define F_SETLEASE 1024  // Linux; <fcntl.h> shows it under _GNU_SOURCE only
#endif

namespace leanspec::host {
namespace {

/// POSIX access lists are an attribute of the file; longer ones than any person writes are left behind.
constexpr const char* access_list = "system.posix_acl_access";
constexpr std::size_t access_list_bytes_max = 4096;

/// One read(2): large enough to be few calls, small enough to stay in the cache.
constexpr std::size_t read_bytes = 128 * 1024;

class SystemFileTree final : public WritableFileTree {
 public:
  SystemFileTree(std::string root, LackingDisk lacking) : root_(std::move(root)), lacking_(lacking) {}

  [[nodiscard]] Result<FileFacts> facts(std::string_view path) override {
    if (path.empty()) LEANSPEC_TRY(root_.open_anew());
    LEANSPEC_ASSIGN(const Descriptor file, root_.open(path, O_PATH | O_NOFOLLOW));
    return facts_of_open(file.get(), path);
  }

  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view folder) override {
    if (folder.empty()) LEANSPEC_TRY(root_.open_anew());
    LEANSPEC_ASSIGN(Descriptor file, root_.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    DIR* stream = ::fdopendir(file.get());
    if (stream == nullptr) return system_error(errno, "the folder could not be read", root_.shown(folder));
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
    if (failed != 0) return system_error(failed, "the folder could not be read", root_.shown(folder));
    std::sort(entries.begin(), entries.end(),
              [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
    return entries;
  }

  [[nodiscard]] Result<FileContent> read(std::string_view path, std::uint64_t limit) override {
    // O_NONBLOCK: a pipe in the tree must not block us until somebody writes into it.
    LEANSPEC_ASSIGN(const Descriptor file, root_.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    LEANSPEC_ASSIGN(const FileFacts before, facts_of_open(file.get(), path));
    if (before.kind != FileKind::regular) return Error(ErrorCode::invalid, "is no ordinary file", root_.shown(path));
    if (before.size > limit) return too_large(path, limit);
    FileContent content;
    content.bytes.reserve(static_cast<std::size_t>(before.size) + 1);  // one more, so that the end shows itself
    std::size_t length = 0;
    for (;;) {
      content.bytes.resize(
          std::max(length + 1, std::min<std::size_t>(length + read_bytes, static_cast<std::size_t>(before.size) + 1)));
      const ssize_t count = ::read(file.get(), content.bytes.data() + length, content.bytes.size() - length);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "could not be read", root_.shown(path));
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
    LEANSPEC_ASSIGN(const Descriptor file, root_.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    // Who opens it for writing while we have the lease breaks it, and by default that sends SIGIO, which would end this
    // process. SIGURG is one that nobody minds.
    if (::fcntl(file.get(), F_SETSIG, SIGURG) != 0) return failed("could not be asked for its writers", path);
    if (!lacking_.leases) {
      if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
        return false;
      }
      if (errno == EAGAIN) return true;
    }
    knows_writers_ = false;
    const auto slash = path.rfind('/');
    return is_open_for_writing(file.get(), path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  }
  [[nodiscard]] bool knows_writers() const override { return knows_writers_; }

  [[nodiscard]] Status create(std::string_view path, std::string_view bytes, std::uint32_t mode) override {
    return create_all({NewFile{std::string(path), bytes, mode}}).front();
  }

  [[nodiscard]] std::vector<Status> create_all(const std::vector<NewFile>& files) override {
    std::vector<Result<Descriptor>> written;
    std::vector<std::string> names;
    for (const auto& file : files) {
      written.push_back(write_new(file));
      names.push_back(file.path);
    }
    auto made = flush_those_open(written, names);
    for (std::size_t at = 0; at < files.size(); ++at) {
      if (!made[at] && written[at]) (void)remove_file(files[at].path);
    }
    return made;
  }

  void imitate(std::string_view like, std::string_view path) override {
    const auto from = root_.open(like, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const auto to = root_.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat theirs {};
    struct stat ours {};
    if (!from || !to || ::fstat(from->get(), &theirs) != 0 || ::fstat(to->get(), &ours) != 0) return;
    if (theirs.st_uid != ours.st_uid || theirs.st_gid != ours.st_gid) {
      // Only root gives files away; a group that one is in anybody may set. It may clear the set-user-id bits.
      if (::fchown(to->get(), theirs.st_uid, theirs.st_gid) == 0 ||
          ::fchown(to->get(), ours.st_uid, theirs.st_gid) == 0)
        ::fchmod(to->get(), theirs.st_mode & 07777U);
    }
    char value[access_list_bytes_max];
    const ssize_t size = ::fgetxattr(from->get(), access_list, value, sizeof value);
    if (size > 0) ::fsetxattr(to->get(), access_list, value, static_cast<std::size_t>(size), 0);
  }

  [[nodiscard]] Status exchange(std::string_view one, std::string_view other) override {
    return rename(one, other, RENAME_EXCHANGE);
  }

  [[nodiscard]] Status move(std::string_view from, std::string_view to) override {
    return rename(from, to, RENAME_NOREPLACE);
  }

  [[nodiscard]] Status link(std::string_view from, std::string_view to) override {
    LEANSPEC_ASSIGN(const auto source, root_.place(from));
    LEANSPEC_ASSIGN(const auto target, root_.place(to));
    const bool linked = !lacking_.links && ::linkat(source.folder.get(), source.name.c_str(), target.folder.get(),
                                                    target.name.c_str(), 0) == 0;
    if (linked) return {};
    // EPERM: this disk has none, or not of files like this one.
    if (lacking_.links || errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK)
      return Error(ErrorCode::unsupported, "this disk has no second names for a file", root_.shown(to));
    return failed("could not be given a second name", errno == EEXIST ? to : from);
  }

  [[nodiscard]] Status put_over(std::string_view from, std::string_view to) override {
    LEANSPEC_ASSIGN(const auto source, root_.place(from));
    LEANSPEC_ASSIGN(const auto target, root_.place(to));
    if (::renameat(source.folder.get(), source.name.c_str(), target.folder.get(), target.name.c_str()) != 0)
      return failed("could not be renamed", from);
    return {};
  }

  [[nodiscard]] Status remove_file(std::string_view path) override {
    LEANSPEC_ASSIGN(const auto place, root_.place(path));
    if (::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0) return failed("could not be removed", path);
    return {};
  }

  [[nodiscard]] Status make_folder(std::string_view path) override {
    LEANSPEC_ASSIGN(const auto place, root_.place(path));
    if (::mkdirat(place.folder.get(), place.name.c_str(), 0777) != 0) return failed("could not be made", path);
    return {};
  }

  [[nodiscard]] Status remove_folder(std::string_view path) override {
    LEANSPEC_ASSIGN(const auto place, root_.place(path));
    if (::unlinkat(place.folder.get(), place.name.c_str(), AT_REMOVEDIR) == 0) return {};
    if (errno == ENOTEMPTY || errno == EEXIST)
      return Error(ErrorCode::conflict, "the folder is not empty", std::string(path));
    return failed("could not be removed", path);
  }

  [[nodiscard]] Status sync_folder(std::string_view folder) override {
    return sync_folders({std::string(folder)}).front();
  }

  [[nodiscard]] std::vector<Status> sync_folders(const std::vector<std::string>& folders) override {
    std::vector<Result<Descriptor>> opened;
    opened.reserve(folders.size());
    for (const auto& folder : folders) opened.push_back(root_.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return flush_those_open(opened, folders);
  }

 private:
  /// Reads errno.
  [[nodiscard]] Error failed(const char* what, std::string_view path) const {
    const int number = errno;
    if (number == EEXIST) return Error(ErrorCode::already_exists, "another file has this name", root_.shown(path));
    return system_error(number, what, root_.shown(path));
  }

  /// On an error nothing is left of it.
  [[nodiscard]] Result<Descriptor> write_new(const NewFile& wanted) {
    LEANSPEC_ASSIGN(const auto place, root_.place(wanted.path));
    const bool usual = wanted.mode == usual_mode;
    Descriptor file(::openat(place.folder.get(), place.name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             usual ? 0666U : wanted.mode & 07777U));
    if (!file) return system_error(errno, "could not be made", root_.shown(wanted.path));
    // The umask is for new files; one that takes another's place has that one's bits.
    const Status written = usual || ::fchmod(file.get(), wanted.mode & 07777U) == 0
                               ? write_all(file.get(), wanted.bytes, wanted.path)
                               : Status(failed("its permissions could not be set", wanted.path));
    if (written) return file;
    ::unlinkat(place.folder.get(), place.name.c_str(), 0);
    return written.error();
  }

  [[nodiscard]] std::vector<Status> flush_those_open(const std::vector<Result<Descriptor>>& files,
                                                     const std::vector<std::string>& names) const {
    std::vector<int> open;
    for (const auto& file : files) {
      if (file) open.push_back(file->get());
    }
    const auto failures = flush_together(open);
    std::vector<Status> answers;
    auto failure = failures.begin();
    for (std::size_t at = 0; at < files.size(); ++at) {
      if (!files[at])
        answers.emplace_back(files[at].error());
      else if (const int number = *failure++; number != 0)
        answers.emplace_back(system_error(number, "could not be written to the disk", root_.shown(names[at])));
      else
        answers.emplace_back();
    }
    return answers;
  }

  [[nodiscard]] Status write_all(int file, std::string_view bytes, std::string_view path) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("could not be written", path);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  [[nodiscard]] Status rename(std::string_view from, std::string_view to, unsigned how) {
    LEANSPEC_ASSIGN(const auto source, root_.place(from));
    LEANSPEC_ASSIGN(const auto target, root_.place(to));
    if (!lacking_.one_step &&
        rename_in_one_step(source.folder.get(), source.name, target.folder.get(), target.name, how))
      return {};
    if (lacking_.one_step || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
      return Error(ErrorCode::unsupported, "this disk cannot do that in one step", root_.shown(to));
    return failed("could not be renamed", errno == EEXIST ? to : from);
  }

  /// By number: older C libraries have no wrapper.
  [[nodiscard]] static bool rename_in_one_step(int from_folder, const std::string& from, int to_folder,
                                               const std::string& to, unsigned how) {
    return ::syscall(SYS_renameat2, from_folder, from.c_str(), to_folder, to.c_str(), how) == 0;
  }

  [[nodiscard]] Error too_large(std::string_view path, std::uint64_t limit) const {
    return Error(ErrorCode::too_large, "is larger than " + std::to_string(limit / (1024 * 1024)) + " MiB",
                 root_.shown(path));
  }

  [[nodiscard]] Result<FileFacts> facts_of_open(int file, std::string_view path) const {
    struct statx raw {};
    if (::statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
      return system_error(errno, "could not be looked at", root_.shown(path));
    }
    return facts_of(raw);
  }

  RootFolder root_;
  LackingDisk lacking_;
  bool knows_writers_ = true;
};

}  // namespace

Result<std::unique_ptr<WritableFileTree>> open_file_tree(std::string root) {
  return open_file_tree_without(LackingDisk(), std::move(root));
}

Result<std::unique_ptr<WritableFileTree>> open_file_tree_without(LackingDisk lacking, std::string root) {
  if (root.empty() || root.front() != '/') {
    return Error(ErrorCode::invalid, "is no absolute path", std::move(root), "Give the whole path, from / on.");
  }
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  return std::unique_ptr<WritableFileTree>(std::make_unique<SystemFileTree>(std::move(root), lacking));
}

}  // namespace leanspec::host
