#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/source_text.h"
#include "hub/api/spec_query.h"
#include "spec/layout.h"
#include "text/utf8.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Where the specs stand in a project, as these routes name files. A hub has a project's specs and nothing else of it.
constexpr std::string_view specs_folder = "specs";
constexpr std::size_t shown_file_bytes_max = std::size_t{1024} * 1024;  // LeanSpec's bound
constexpr std::size_t found_files_max = 1000;
constexpr std::size_t found_files_usual = 50;
constexpr std::size_t name_bytes_max = 1024;

/// Every file of the project by its path below the specs folder.
using Files = std::map<std::string_view, const spec::SourceFile*>;
[[nodiscard]] Files files_of(const spec::ProjectView& view) {
  Files files;
  for (const spec::SpecEntryPtr& entry : view.all()) {
    files[entry->spec->source.path] = &entry->spec->source;
    for (const spec::SubSpec& sub : entry->sub_specs) files[sub.source.path] = &sub.source;
  }
  for (const spec::SourceFile& file : view.loose_files()) files[file.path] = &file;
  return files;
}

/// "specs/082-web/DESIGN.md" below the specs folder, "" for that folder itself. Error: not_found, or invalid for a path
/// that leads out.
[[nodiscard]] Result<std::string> below_specs(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  for (std::string_view rest = path; !rest.empty();) {
    const auto slash = std::min(rest.find('/'), rest.size());
    if (rest.substr(0, slash) == "..") return Error(ErrorCode::invalid, "leads out of the project", "path");
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  if (path == specs_folder) return std::string();
  const bool inside =
      path.size() > specs_folder.size() && path.starts_with(specs_folder) && path[specs_folder.size()] == '/';
  if (!inside) return Error(ErrorCode::not_found, "Path '" + std::string(path) + "' does not exist");
  return std::string(path.substr(specs_folder.size() + 1));
}

[[nodiscard]] net::Response refused_path(const Error& error) {
  return error_answer(400, "INVALID_REQUEST", error.sentence());
}

[[nodiscard]] json::object folder_json(std::string_view name) {
  return json::object{{"name", name}, {"type", "directory"}};
}

[[nodiscard]] json::object file_json(std::string_view name, const spec::SourceFile& file) {
  return json::object{{"name", json_text(name)}, {"type", "file"}, {"size", file.bytes->size()}};
}

[[nodiscard]] net::Response list_folder(const Reading& reading) {
  const std::string_view asked = reading.request.parameter("path").value_or("");
  if (asked.empty() || asked == ".") {
    return answer(200, json::object{{"path", "."}, {"entries", json::array{folder_json(specs_folder)}}});
  }
  const auto folder = below_specs(asked);
  if (!folder) return refused_path(folder.error());
  const std::string prefix = folder->empty() ? "" : *folder + "/";
  const Files files = files_of(*reading.at.view);
  json::array folders;
  json::array plain;
  std::string_view last_folder;
  for (auto file = files.lower_bound(prefix); file != files.end() && file->first.starts_with(prefix); ++file) {
    const std::string_view rest = file->first.substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) {
      plain.push_back(file_json(rest, *file->second));
    } else if (rest.substr(0, slash) != last_folder) {
      last_folder = rest.substr(0, slash);
      folders.push_back(folder_json(last_folder));
    }
  }
  if (folders.empty() && plain.empty() && !folder->empty()) {
    return refused_path(Error(ErrorCode::not_found, "Path '" + std::string(asked) + "' does not exist"));
  }
  std::move(plain.begin(), plain.end(), std::back_inserter(folders));
  return answer(200, json::object{{"path", asked}, {"entries", std::move(folders)}});
}

[[nodiscard]] std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Files and folders whose path contains what is asked for.
[[nodiscard]] net::Response find_files(const Reading& reading) {
  const auto asked = reading.request.parameter("q");
  if (!asked || asked->size() > name_bytes_max)
    return refused_path(Error(ErrorCode::invalid, "is missing or longer than 1024 bytes", "q"));
  const std::string wanted = lower_case(*asked);
  auto limit =
      reading.request.parameter("limit") ? requested_limit(reading.request) : Result<std::size_t>(found_files_usual);
  if (!limit) return refused_path(limit.error());
  const std::size_t most = std::min(*limit, found_files_max);
  const auto fits = [&](std::string_view name) {
    return !wanted.empty() && lower_case(name).find(wanted) != std::string::npos;
  };
  json::array results;
  std::string_view last_folder;
  const auto add = [&](json::object found, std::string_view path) {
    std::string whole = std::string(specs_folder) + "/" + std::string(path);
    if (!fits(whole) || results.size() >= most) return;
    found["path"] = json_text(whole);
    results.push_back(std::move(found));
  };
  for (const auto& [path, file] : files_of(*reading.at.view)) {
    const std::string_view folder = spec::folder_of(path);
    if (folder != last_folder && !folder.empty()) {
      last_folder = folder;
      add(folder_json(spec::leaf_of(folder)), folder);
    }
    add(file_json(spec::leaf_of(path), *file), path);
  }
  return answer(200, json::object{{"query", json_text(*asked)}, {"results", std::move(results)}});
}

/// LeanSpec's names of languages, for the viewer's colours.
[[nodiscard]] std::string_view language_of(std::string_view path) {
  const auto dot = path.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  constexpr std::pair<std::string_view, std::string_view> languages[] = {
      {"md", "markdown"}, {"mdx", "markdown"}, {"yml", "yaml"},      {"yaml", "yaml"},
      {"json", "json"},   {"toml", "toml"},    {"ts", "typescript"}, {"js", "javascript"},
      {"sh", "bash"},     {"rs", "rust"},      {"py", "python"},     {"html", "html"}};
  for (const auto& [end, language] : languages) {
    if (end == ending) return language;
  }
  return "plaintext";
}

[[nodiscard]] net::Response show_file(engine::Views& views, const Reading& reading) {
  const auto asked = reading.request.parameter("path");
  if (!asked) return refused_path(Error(ErrorCode::invalid, "is missing", "path"));
  const auto path = below_specs(*asked);
  if (!path) return refused_path(path.error());
  const Files files = files_of(*reading.at.view);
  const auto found = files.find(*path);
  if (found == files.end()) {
    // A folder is there, and is no file; of anything else nobody knows.
    const auto inside = files.lower_bound(*path + "/");
    const bool folder = path->empty() || (inside != files.end() && inside->first.starts_with(*path + "/"));
    if (folder) return error_answer(404, "NOT_FOUND", "'" + std::string(*asked) + "' is a folder");
    return refused_path(Error(ErrorCode::not_found, "Path '" + std::string(*asked) + "' does not exist"));
  }
  const auto text = whole_text(views, *found->second);
  if (!text) return error_answer(text.error());
  const std::string& bytes = **text;
  if (bytes.size() > shown_file_bytes_max)
    return refused_path(Error(ErrorCode::too_large, "The file is larger than 1 MiB", "path"));
  if (text::first_invalid_utf8(bytes)) return refused_path(Error(ErrorCode::invalid, "The file is no text", "path"));
  const auto ends = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  return answer(200, json::object{{"path", *asked},
                                  {"content", json_text(bytes)},
                                  {"language", language_of(*path)},
                                  {"size", bytes.size()},
                                  {"lineCount", ends + (bytes.empty() || bytes.back() == '\n' ? 0U : 1U)}});
}

/// Instructions for agents, configuration and documents stand beside the specs folder, and so are not at the hub.
[[nodiscard]] net::Response show_context(const Reading& reading) {
  return answer(200, json::object{{"agentInstructions", json::array()},
                                  {"config", json::object()},
                                  {"projectDocs", json::array()},
                                  {"totalTokens", 0},
                                  {"projectRoot", reading.project.project.id.value()}});
}

}  // namespace

void bind_project_files(Binder& binder) {
  engine::Views& views = binder.services().views;
  binder.reading("/api/projects/{project}/files", list_folder);
  binder.reading("/api/projects/{project}/files/search", find_files);
  binder.reading("/api/projects/{project}/file",
                 [&views](const Reading& reading) { return show_file(views, reading); });
  binder.reading("/api/projects/{project}/context", show_context);
}

}  // namespace leanspec::hub::api
