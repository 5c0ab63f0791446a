#include "hub/api/spec_of_path.h"

#include <utility>

namespace leanspec::hub::api {

std::string spec_of_path(const spec::ProjectView& view, std::string_view path) {
  std::string last_folder;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1)) {
    const std::string_view folder = path.substr(0, slash);
    const auto name_at = folder.rfind('/');
    std::string name(name_at == std::string_view::npos ? folder : folder.substr(name_at + 1));
    if (const auto entry = view.find(name); entry != nullptr && entry->spec->folder == folder) return name;
    if (last_folder.empty()) last_folder = std::move(name);
  }
  return last_folder;
}

}  // namespace leanspec::hub::api
