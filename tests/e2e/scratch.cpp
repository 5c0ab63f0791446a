#include "tests/e2e/scratch.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "digest/sha256.h"
#include "host/descriptor.h"

namespace leanspec::e2e {
namespace {

[[nodiscard]] bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

[[nodiscard]] bool write_small(const char* file, const std::string& text) {
  const host::Descriptor descriptor(::open(file, O_WRONLY | O_CLOEXEC));
  return descriptor && write_all(descriptor.get(), text);
}

[[nodiscard]] std::string leave_the_mounts() {
  const std::string uid = "0 " + std::to_string(::getuid()) + " 1";
  const std::string gid = "0 " + std::to_string(::getgid()) + " 1";
  if (::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0) {
    // Root already.
  } else if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    return std::string("no namespace for mounts: ") + std::strerror(errno);
  } else if (!write_small("/proc/self/setgroups", "deny") || !write_small("/proc/self/uid_map", uid) ||
             !write_small("/proc/self/gid_map", gid)) {
    return std::string("no namespace for mounts: ") + std::strerror(errno);
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return std::string("no namespace for mounts: ") + std::strerror(errno);
  return {};
}

/// Gives this process mounts of its own, once. "" or why not.
[[nodiscard]] const std::string& own_mounts() {
  static const std::string problem = leave_the_mounts();
  return problem;
}

}  // namespace

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "leanspec-e2e-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  path_ = std::filesystem::canonical(pattern);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (std::getenv("LEANSPEC_KEEP_SCRATCH") == nullptr) std::filesystem::remove_all(path_, ignored);
}

bool save_in_place(const std::filesystem::path& file, std::string_view text) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  const host::Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return descriptor && write_all(descriptor.get(), text);
}

void save_atomically(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path beside = file.parent_path() / ("." + file.filename().string() + ".tmp");
  save_in_place(beside, text);
  std::filesystem::rename(beside, file);
}

std::string spec_text(std::string_view title, std::string_view body) {
  return "---\nstatus: planned\ncreated: 2025-01-31\npriority: medium\n---\n\n# " + std::string(title) + "\n\n" +
         std::string(body);
}

std::string sha256_hex(std::string_view bytes) { return to_hex(digest::sha256(bytes)); }

SmallDisk::SmallDisk(const std::filesystem::path& folder, std::uint64_t bytes) : folder_(folder) {
  problem_ = own_mounts();
  if (!problem_.empty()) return;
  std::filesystem::create_directories(folder_);
  const std::string options = "size=" + std::to_string(bytes) + ",mode=0700";
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", MS_NODEV | MS_NOSUID, options.c_str()) != 0)
    problem_ = std::string("no tmpfs could be mounted: ") + std::strerror(errno);
}

SmallDisk::~SmallDisk() {
  if (problem_.empty()) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() {
  const host::Descriptor filler(::open((folder_ / "filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const std::string page(4096, 'x');
  while (write_all(filler.get(), page)) {
  }
}

void SmallDisk::make_room() { std::filesystem::remove(folder_ / "filler"); }

void SmallDisk::set_read_only(bool read_only) {
  const unsigned long flags = MS_REMOUNT | MS_NODEV | MS_NOSUID | (read_only ? static_cast<unsigned long>(MS_RDONLY) : 0UL);
  if (::mount("none", folder_.c_str(), nullptr, flags, nullptr) != 0)
    throw std::runtime_error(std::string("cannot remount: ") + std::strerror(errno));
}

ReadOnlyView::ReadOnlyView(const std::filesystem::path& view, const std::filesystem::path& folder) : view_(view) {
  problem_ = own_mounts();
  if (!problem_.empty()) return;
  std::filesystem::create_directories(view_);
  const bool bound = ::mount(folder.c_str(), view_.c_str(), nullptr, MS_BIND, nullptr) == 0;
  if (!bound || ::mount("none", view_.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0)
    problem_ = std::string("no namespace for a read-only mount: ") + std::strerror(errno);
}

ReadOnlyView::~ReadOnlyView() { ::umount2(view_.c_str(), MNT_DETACH); }

}  // namespace leanspec::e2e
