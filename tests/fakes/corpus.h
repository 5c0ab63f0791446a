#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace leanspec::tests {

/// The folder of real specs that tests run on: LEANSPEC_CORPUS, else shared/corpus beside a folder above the current
/// one. Nothing when it is absent; the test then skips and says so.
inline std::optional<std::filesystem::path> corpus_folder() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("LEANSPEC_CORPUS"); named != nullptr && *named != '\0') {
    return fs::is_directory(named) ? std::optional<fs::path>(named) : std::nullopt;
  }
  std::error_code ignored;
  for (fs::path folder = fs::current_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path candidate = folder / "shared" / "corpus";
    if (fs::is_directory(candidate, ignored)) return candidate;
  }
  return std::nullopt;
}

inline constexpr const char* corpus_absent = "the corpus is absent: set LEANSPEC_CORPUS to its folder";

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct CorpusFile {
  std::string path;  ///< relative to the specs folder
  std::string bytes;
};

/// Every file of the corpus' specs folder, by path.
inline std::vector<CorpusFile> corpus_files(const std::filesystem::path& corpus) {
  namespace fs = std::filesystem;
  const fs::path specs = corpus / "leanspec" / "specs";
  std::vector<CorpusFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(specs)) {
    if (entry.is_regular_file())
      files.push_back({entry.path().lexically_relative(specs).generic_string(), read_file(entry.path())});
  }
  std::sort(files.begin(), files.end(), [](const CorpusFile& a, const CorpusFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace leanspec::tests
