#include "bridge/disk/file_system_kind.h"

#include <sys/vfs.h>

#include <cstdint>

namespace leanspec::bridge::disk {
namespace {

struct Known {
  std::uint32_t magic;
  const char* name;
};

/// Numbers of linux/magic.h and of the file systems' own sources, for those whose changes may come from another
/// machine.
constexpr Known remote_kinds[] = {
    {0x6969, "nfs"},      {0x01021997, "9p"},     {0xFF534D42, "cifs"},   {0xFE534D42, "smb"}, {0x517B, "smb"},
    {0x65735546, "fuse"}, {0x00C36400, "ceph"},   {0x5346414F, "afs"},    {0x6B414653, "afs"}, {0x786F4256, "vboxsf"},
    {0x47504653, "gpfs"}, {0x0BD00BD0, "lustre"}, {0xBACBACBC, "vmhgfs"}, {0x564C, "ncp"},     {0x73757245, "coda"},
};

}  // namespace

FileSystemKind file_system_kind(const std::string& folder) {
  struct statfs facts {};
  if (::statfs(folder.c_str(), &facts) != 0) return {};
  for (const Known& known : remote_kinds) {
    if (static_cast<std::uint32_t>(facts.f_type) == known.magic) return FileSystemKind{known.name, false};
  }
  return {};
}

}  // namespace leanspec::bridge::disk
