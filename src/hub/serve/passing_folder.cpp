#include "hub/serve/passing_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace leanspec::hub::serve {

Result<PassingFolder> PassingFolder::make() {
  std::error_code ignored;
  for (const std::filesystem::path& place :
       {std::filesystem::path("/dev/shm"), std::filesystem::temp_directory_path(ignored)}) {
    std::string name = (place / "leanspec-hub-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) return PassingFolder(std::filesystem::path(name));
  }
  return Error(ErrorCode::io,
               "There is neither /dev/shm nor a folder for temporary files to keep what is needed while serving", {},
               "Set TMPDIR to a folder that can be written, or use --specs-mode both with a --data-dir.");
}

PassingFolder::~PassingFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace leanspec::hub::serve
