#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/files.h"
#include "spec/spec.h"
#include "vocabulary/result.h"

namespace leanspec::hub::sources {

/// The product's bounds for one project; what is beyond is skipped and told.
inline constexpr std::uint64_t file_bytes_max = 64ULL * 1024 * 1024;
inline constexpr std::uint64_t folder_bytes_max = 1024ULL * 1024 * 1024;  // all files together: they stay in memory
inline constexpr std::size_t folder_files_max = 20'000;
inline constexpr std::size_t folder_depth_max = 16;
inline constexpr std::size_t path_bytes_max = 1024;

struct SkippedFile {
  std::string path;    ///< relative to the specs folder; a folder ends with '/'
  std::string reason;  ///< words for people
};

/// The files of a local specs folder. Identities follow from the content, since nobody else gives any: the document's
/// from the path, the version's from path and bytes; `changed_ms` is the time of the last change on disk.
struct Folder {
  std::string specs_folder;  ///< relative to the project, "" for the project's root
  std::vector<spec::SourceFile> files;
  std::vector<SkippedFile> skipped;
};

/// Names that are left out without a word: those that begin with a dot, and what editors leave behind.
[[nodiscard]] bool is_left_out(std::string_view name);

/// Finds the specs folder of a project and reads it whole. Names that begin with a dot or end as editors' droppings do
/// are left out silently; links, devices and what cannot be read are skipped and told, and never stop the rest. Errors:
/// only if the project or its specs folder itself cannot be read.
[[nodiscard]] Result<Folder> read_folder(host::FileTree& project);

}  // namespace leanspec::hub::sources
