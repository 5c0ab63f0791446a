#include "spec/project_files.h"

#include <algorithm>
#include <map>
#include <utility>

#include "spec/document.h"
#include "spec/layout.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t loose_places_max = 32;  // beyond it one pass over all files is cheaper

bool path_before(const FileNodePtr& node, std::string_view path) {
  return node->file.path < path;
}

FileList::const_iterator first_at_or_after(const FileList& files, std::string_view path) {
  return std::lower_bound(files.begin(), files.end(), path, path_before);
}

bool same_version(const SourceFile& a, const SourceFile& b) {
  return a.bytes == b.bytes && a.document == b.document && a.version == b.version && a.changed_ms == b.changed_ms;
}

FileNodePtr make_node(const SourceFile& file, std::size_t& parsed) {
  auto node = std::make_shared<FileNode>();
  node->file = file;
  if (is_spec_path(file.path)) {
    node->spec = parse_spec(file);
    ++parsed;
  }
  return node;
}

}  // namespace

FileUpdate update_files(const FileList& files, std::span<const FileChange> changes) {
  std::map<std::string_view, const SourceFile*> last_change;
  for (const auto& change : changes) last_change.insert_or_assign(change.file.path, &change.file);

  FileUpdate update;
  update.files.reserve(files.size() + last_change.size());
  auto next = files.begin();
  for (const auto& [path, file] : last_change) {
    const auto place = std::lower_bound(next, files.end(), path, path_before);
    update.files.insert(update.files.end(), next, place);
    next = place;
    FileDifference difference;
    if (next != files.end() && (*next)->file.path == path) difference.before = *next++;
    if (difference.before && file->bytes && same_version(difference.before->file, *file)) {
      update.files.push_back(difference.before);
      continue;
    }
    if (file->bytes) {
      difference.after = make_node(*file, update.parsed);
      update.files.push_back(difference.after);
    }
    if (difference.before || difference.after) update.differences.push_back(std::move(difference));
  }
  update.files.insert(update.files.end(), next, files.end());
  return update;
}

const FileNode* find_file(const FileList& files, std::string_view path) {
  const auto found = first_at_or_after(files, path);
  return found != files.end() && (*found)->file.path == path ? found->get() : nullptr;
}

std::string_view owning_folder(const FileList& files, std::string_view path) {
  std::string main_path;
  for (std::string_view folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    main_path.assign(folder).append("/").append(main_file);
    if (!is_spec_path(main_path)) continue;
    if (find_file(files, main_path) != nullptr) return folder;
  }
  return {};
}

std::vector<SubSpec> sub_specs_of(const FileList& files, std::string_view folder) {
  const std::string prefix = std::string(folder) + '/';
  std::vector<SubSpec> sub_specs;
  std::string nested;  // the folder, with its slash, of a spec inside this one
  for (auto file = first_at_or_after(files, prefix); file != files.end() && (*file)->file.path.starts_with(prefix);
       ++file) {
    const std::string& path = (*file)->file.path;
    if (folder_of(path) == folder) {
      if (path.size() == prefix.size() + main_file.size() && path.ends_with(main_file)) continue;
    } else {
      if (!nested.empty() && path.starts_with(nested)) continue;
      const std::string_view owner = owning_folder(files, path);
      if (owner != folder) {
        nested = std::string(owner) + '/';
        continue;
      }
    }
    sub_specs.push_back(make_sub_spec((*file)->file, folder));
  }
  return sub_specs;
}

std::vector<SourceFile> loose_files_of(const FileList& files) {
  std::vector<SourceFile> loose;
  std::string owned;  // the folder, with its slash, of the spec that was met last
  for (const auto& node : files) {
    const std::string& path = node->file.path;
    if (!owned.empty() && path.starts_with(owned)) continue;
    const std::string_view owner = owning_folder(files, path);
    if (owner.empty()) {
      loose.push_back(node->file);
    } else {
      owned = std::string(owner) + '/';
    }
  }
  return loose;
}

std::vector<SourceFile> update_loose_files(const std::vector<SourceFile>& former, const FileList& files,
                                           const std::set<std::string, std::less<>>& places) {
  if (places.empty()) return former;
  if (places.size() > loose_places_max) return loose_files_of(files);
  const auto is_in = [](const std::string& path, const std::string& place) {
    return place.ends_with('/') ? path.starts_with(place) : path == place;
  };
  std::vector<SourceFile> loose;
  std::copy_if(former.begin(), former.end(), std::back_inserter(loose), [&](const SourceFile& file) {
    return std::none_of(places.begin(), places.end(), [&](const auto& place) { return is_in(file.path, place); });
  });
  for (const auto& place : places) {
    for (auto file = first_at_or_after(files, place); file != files.end() && is_in((*file)->file.path, place); ++file) {
      if (owning_folder(files, (*file)->file.path).empty()) loose.push_back((*file)->file);
    }
  }
  const auto before = [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; };
  const auto same = [](const SourceFile& a, const SourceFile& b) { return a.path == b.path; };
  std::sort(loose.begin(), loose.end(), before);
  loose.erase(std::unique(loose.begin(), loose.end(), same), loose.end());  // a folder and a path within it
  return loose;
}

}  // namespace leanspec::spec
