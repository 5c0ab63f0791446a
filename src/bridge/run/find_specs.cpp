#include "bridge/run/find_specs.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

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

/// Just enough of a JSON reader to walk over values that do not matter.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::string find(std::string_view key) {
    if (!take('{')) return {};
    for (;;) {
      const auto name = string();
      if (!name || !take(':')) return {};
      blank();
      if (*name == key) return string().value_or(std::string());
      if (!skip(0) || !take(',')) return {};
    }
  }

 private:
  static constexpr int depth_max = 64;

  void blank() {
    const auto at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }
  [[nodiscard]] bool take(char c) {
    blank();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] std::optional<std::string> string() {
    if (!take('"')) return std::nullopt;
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\') {
        if (rest_.empty()) return std::nullopt;
        c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'u') return std::nullopt;  // no folder is written so; asking is better than guessing
      }
      text += c;
    }
    return take('"') ? std::optional(text) : std::nullopt;
  }
  [[nodiscard]] bool skip(int depth) {
    if (depth > depth_max) return false;
    blank();
    if (rest_.empty()) return false;
    const char open = rest_.front();
    if (open == '"') {
      const auto end = [this] {
        std::size_t at = 1;
        while (at < rest_.size() && rest_[at] != '"') at += rest_[at] == '\\' ? 2U : 1U;
        return at;
      }();
      if (end >= rest_.size()) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    if (open != '{' && open != '[') {
      const auto end = rest_.find_first_of(",}]");
      if (end == std::string_view::npos || end == 0) return false;
      rest_.remove_prefix(end);
      return true;
    }
    rest_.remove_prefix(1);
    const char close = open == '{' ? '}' : ']';
    if (take(close)) return true;
    do {
      if (open == '{' && (!skip(depth + 1) || !take(':'))) return false;
      if (!skip(depth + 1)) return false;
    } while (take(','));
    return take(close);
  }

  std::string_view rest_;
};

}  // namespace

std::string top_level_text(std::string_view json, std::string_view key) {
  return JsonWalk(json).find(key);
}

Result<SpecsFolder> find_specs(const std::string& path) {
  LEANSPEC_ASSIGN(const std::string start, resolved(path));
  if (!host::is_folder(start)) return Error(ErrorCode::invalid, "is no folder", start, "Name the project's folder.");
  SpecsFolder found;
  found.project_name = last_name(start);

  const auto config = host::read_small_file(start + "/.lean-spec/config.json", config_bytes_max);
  if (!config && config.error().code != ErrorCode::not_found) return config.error();
  if (config) {
    if (const std::string named = top_level_text(*config, "specsDir"); !named.empty()) {
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
