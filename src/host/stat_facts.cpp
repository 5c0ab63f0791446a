#include "host/stat_facts.h"

#include <dirent.h>

namespace leanspec::host {
namespace {

[[nodiscard]] std::int64_t nanoseconds(const statx_timestamp& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileKind kind_of_mode(std::uint32_t mode) {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::symlink;
  return FileKind::other;
}

FileKind kind_of_entry(unsigned char type) {
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

FileFacts facts_of(const struct statx& raw) {
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

}  // namespace leanspec::host
