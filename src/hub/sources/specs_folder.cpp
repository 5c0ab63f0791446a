#include "hub/sources/specs_folder.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace leanspec::hub::sources {

namespace {

constexpr const char* configuration = ".lean-spec/config.json";
constexpr std::uint64_t configuration_bytes_max = 256 * 1024;  // a few hundred bytes in life
constexpr std::array<const char*, 4> usual_folders{"specs", ".lean-spec/specs", "docs/specs", "doc/specs"};

Result<bool> is_folder(host::FileTree& project, std::string_view path) {
  auto facts = project.facts(path);
  if (facts) return facts->kind == host::FileKind::directory;
  if (facts.error().code == ErrorCode::not_found) return false;
  return std::move(facts).error();
}

Error wrong(std::string what) {
  return Error(ErrorCode::invalid, std::move(what), configuration,
               "Write {\"specsDir\": \"specs\"}, with the folder relative to the project");
}

/// "./docs/specs/" as "docs/specs"; an error for what leads out of the project.
Result<std::string> within_project(std::string_view path) {
  if (path.starts_with('/') || path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) {
    return wrong("specsDir is not a path within the project");
  }
  std::string clean;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") return wrong("specsDir leads out of the project");
    clean += clean.empty() ? "" : "/";
    clean += part;
  }
  return clean;
}

/// The value of specsDir; nothing when there is no configuration or it does not say.
Result<std::optional<std::string>> configured_folder(host::FileTree& project) {
  auto content = project.read(configuration, configuration_bytes_max);
  if (!content) {
    if (content.error().code == ErrorCode::not_found) return std::optional<std::string>();
    return std::move(content).error();
  }
  boost::json::error_code error;
  const auto document = boost::json::parse(content->bytes, error);
  if (error) return wrong("This is not valid JSON");
  const auto* const object = document.if_object();
  if (object == nullptr) return wrong("This is not a JSON object");
  const auto* const folder = object->if_contains("specsDir");
  if (folder == nullptr || folder->is_null()) return std::optional<std::string>();
  const auto* const text = folder->if_string();
  if (text == nullptr) return wrong("specsDir is not a text");
  LEANSPEC_ASSIGN(auto clean, within_project(std::string_view(text->data(), text->size())));
  return std::optional<std::string>(std::move(clean));
}

}  // namespace

Result<std::string> find_specs_folder(host::FileTree& project) {
  LEANSPEC_ASSIGN(const auto configured, configured_folder(project));
  if (configured) {
    LEANSPEC_ASSIGN(const bool exists, is_folder(project, *configured));
    if (exists) return *configured;
    return Error(ErrorCode::not_found, "The specs folder that .lean-spec/config.json names is not there", *configured,
                 "Create it, or correct specsDir");
  }
  for (const char* const folder : usual_folders) {
    LEANSPEC_ASSIGN(const bool exists, is_folder(project, folder));
    if (exists) return std::string(folder);
  }
  return std::string();
}

}  // namespace leanspec::hub::sources
