// links: sync
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sync/path_policy.h"

// Any bytes: no crash, and what passes can neither leave the root nor name a version control folder in any case.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path(data, data + size);
  const auto key = leanspec::sync::collision_key(path);
  if (leanspec::sync::collision_key(key) != key) std::abort();
  if (!leanspec::sync::check_path(path)) return 0;
  if (path.empty() || path.size() > leanspec::sync::path_bytes_max || path.front() == '/') std::abort();
  const std::string framed = "/" + key + "/";
  for (const std::string_view never : {"/../", "/./", "//", "/.git/", "/.leanspec-sync/", "\\", ":"}) {
    if (framed.find(never) != std::string::npos) std::abort();
  }
  return 0;
}
