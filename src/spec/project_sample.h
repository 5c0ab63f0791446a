#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/project_view.h"

// Small projects for the tests of this folder.

namespace leanspec::spec {

inline SourceFile sample_file(std::string path, std::string bytes) {
  SourceFile file;
  file.path = std::move(path);
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

inline FileChange sample_change(std::string path, std::string bytes) {
  FileChange change;
  change.file = sample_file(std::move(path), std::move(bytes));
  return change;
}

inline FileChange sample_removal(std::string path) {
  FileChange change;
  change.file.path = std::move(path);
  return change;
}

/// A README.md with these further frontmatter lines.
inline std::string sample_readme(std::string_view status, std::string_view fields = {},
                                 std::string_view title = "Title") {
  return "---\nstatus: " + std::string(status) + "\ncreated: 2025-11-14\n" + std::string(fields) + "---\n\n# " +
         std::string(title) + "\n";
}

inline ProjectView::Ptr sample_view(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<SourceFile> sources;
  for (const auto& [path, bytes] : files) sources.push_back(sample_file(path, bytes));
  return ProjectView::build(std::move(sources));
}

inline std::vector<std::string> ids_of(const std::vector<SpecEntryPtr>& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry->spec->id);
  return ids;
}

}  // namespace leanspec::spec
