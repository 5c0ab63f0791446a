#include "bridge/run/find_specs.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "bridge/run/json_value.h"
#include "host/durable_file.h"
#include "host/system_error.h"

namespace leanspec::bridge::run {
namespace {

constexpr std::size_t config_bytes_max = 1024 * 1024;
constexpr const char* usual_places[] = {"specs", ".lean-spec/specs", "docs/specs", "doc/specs"};

[[nodiscard]] Result<std::string> resolved(const std::string& path) {
  char* found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return host::system_error(errno, "could not be found", path);
  std::string name = found;
  std::free(found);
  return name;
}

[[nodiscard]] std::string last_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

[[nodiscard]] std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[nodiscard]] bool holds_specs(const std::string& folder) {
  DIR* stream = ::opendir(folder.c_str());
  if (stream == nullptr) return false;
  bool found = false;
  while (const dirent* entry = found ? nullptr : ::readdir(stream)) {
    const std::string name = entry->d_name;
    found = name.size() > 4 && name.find_first_not_of("0123456789") == 3 && name[3] == '-' &&
            host::path_exists(folder + "/" + name + "/README.md");
  }
  ::closedir(stream);
  return found;
}

}  // namespace

Result<SpecsFolder> find_specs(const std::string& path) {
  LEANSPEC_ASSIGN(const std::string start, resolved(path));
  if (!host::is_folder(start)) return Error(ErrorCode::invalid, "is no folder", start, "Name the project's folder.");
  SpecsFolder found;
  found.project_name = last_name(start);

  const auto config = host::read_small_file(start + "/.lean-spec/config.json", config_bytes_max);
  if (!config && config.error().code != ErrorCode::not_found) return config.error();
  if (config) {
    const auto settings = JsonValue::parse(*config);
    if (const std::string named = settings ? settings->at("specsDir").text() : std::string(); !named.empty()) {
      auto root = resolved(named.front() == '/' ? named : start + "/" + named);
      if (!root) {
        return Error(ErrorCode::not_found, "does not exist, though specsDir of .lean-spec/config.json names it",
                     start + "/" + named, "Make the folder, or correct the config.");
      }
      if (!host::is_folder(*root)) return Error(ErrorCode::invalid, "is no folder, though specsDir names it", *root);
      found.root = *std::move(root);
      return found;
    }
  }
  for (const char* place : usual_places) {
    if (!host::is_folder(start + "/" + place)) continue;
    LEANSPEC_ASSIGN(found.root, resolved(start + "/" + place));
    return found;
  }
  if (last_name(start) == "specs" || holds_specs(start)) {
    found.root = start;
    const std::string owner = parent_of(start);
    found.project_name = last_name(start) == "specs" && owner != "/" ? last_name(owner) : last_name(start);
    return found;
  }
  return Error(ErrorCode::not_found,
               "no specs here (looked at .lean-spec/config.json, specs, .lean-spec/specs, docs/specs, doc/specs)",
               start, "Name the folder that holds the specs.");
}

}  // namespace leanspec::bridge::run
