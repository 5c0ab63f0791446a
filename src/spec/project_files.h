#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/project_view.h"
#include "spec/spec.h"

namespace leanspec::spec {

/// One file of the project, with the spec that it is when it is a README.md in a numbered folder.
struct FileNode {
  SourceFile file;
  std::shared_ptr<const Spec> spec;
};
using FileNodePtr = std::shared_ptr<const FileNode>;
/// By path, bytewise, so that a folder's files are neighbours.
using FileList = std::vector<FileNodePtr>;

/// One path whose file differs between two lists; one side may be null.
struct FileDifference {
  FileNodePtr before;
  FileNodePtr after;

  [[nodiscard]] const std::string& path() const { return (after ? after : before)->file.path; }
};

struct FileUpdate {
  FileList files;
  std::vector<FileDifference> differences;  ///< by path
  std::size_t parsed = 0;                   ///< README.md files that were read
};

/// `files` after `changes`, the last change of a path counting. Parses only what changed; a change to what is there
/// already (same bytes object, version and time) is none. Linear in the files, with a very small factor.
[[nodiscard]] FileUpdate update_files(const FileList& files, std::span<const FileChange> changes);

/// The file of that path, or null.
[[nodiscard]] const FileNode* find_file(const FileList& files, std::string_view path);

/// The folder of the spec that `path` belongs to: the nearest one above it that has a spec's README.md; "" when there
/// is none.
[[nodiscard]] std::string_view owning_folder(const FileList& files, std::string_view path);

/// Every other file of a spec's folder, by path; not those of specs nested in it.
[[nodiscard]] std::vector<SubSpec> sub_specs_of(const FileList& files, std::string_view folder);

/// The files that belong to no spec, by path.
[[nodiscard]] std::vector<SourceFile> loose_files_of(const FileList& files);
/// The same, derived from an earlier answer when only what is under `places` (paths, or folders ending in '/') may
/// differ.
[[nodiscard]] std::vector<SourceFile> update_loose_files(const std::vector<SourceFile>& former, const FileList& files,
                                                         const std::set<std::string, std::less<>>& places);

}  // namespace leanspec::spec
