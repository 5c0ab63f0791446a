#include "hub/sources/folder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "digest/sha256.h"
#include "hub/sources/specs_folder.h"

namespace leanspec::hub::sources {

namespace {

constexpr std::int64_t nanoseconds_per_millisecond = 1'000'000;
constexpr std::array<std::string_view, 5> dropping_endings{"~", ".swp", ".swx", ".tmp", ".bak~"};

/// A version 8 UUID (RFC 9562: of our own making) from the first bytes of a digest.
Uuid uuid_from(const Digest& digest) {
  Uuid uuid;
  std::copy_n(digest.bytes.begin(), uuid.bytes.size(), uuid.bytes.begin());
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | 0x80U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
  return uuid;
}

class FolderReader {
 public:
  FolderReader(host::FileTree& project, Folder& folder) : project_(project), folder_(folder) {}

  /// Everything beneath `path` (relative to the specs folder) by its listing.
  void read_entries(const std::string& path, const std::vector<host::DirectoryEntry>& entries, std::size_t depth) {
    for (const auto& entry : entries) {
      if (is_left_out(entry.name)) continue;
      const std::string inner = path.empty() ? entry.name : path + '/' + entry.name;
      if (inner.size() > path_bytes_max) {
        skip(inner, "its path has more than " + std::to_string(path_bytes_max) + " bytes");
        continue;
      }
      switch (entry.kind) {
        case host::FileKind::regular:
          read_file(inner);
          break;
        case host::FileKind::directory:
          read_directory(inner, depth + 1);
          break;
        case host::FileKind::symlink:
          skip(inner, "it is a symbolic link");
          break;
        case host::FileKind::other:
          skip(inner, "it is neither a file nor a folder");
          break;
      }
    }
  }

  [[nodiscard]] std::string in_project(const std::string& path) const {
    if (folder_.specs_folder.empty()) return path;
    return path.empty() ? folder_.specs_folder : folder_.specs_folder + '/' + path;
  }

 private:
  void skip(const std::string& path, std::string reason) { folder_.skipped.push_back({path, std::move(reason)}); }

  void read_directory(const std::string& path, std::size_t depth) {
    if (depth > folder_depth_max)
      return skip(path + '/', "it is nested more than " + std::to_string(folder_depth_max) + " deep");
    const auto entries = project_.list(in_project(path));
    if (!entries) return skip(path + '/', entries.error().what);
    read_entries(path, *entries, depth);
  }

  void read_file(const std::string& path) {
    if (folder_.files.size() >= folder_files_max) {
      return skip(path, "there are more than " + std::to_string(folder_files_max) + " files");
    }
    if (bytes_ >= folder_bytes_max) return skip(path, "the folder has more than 1 GiB");
    auto content = project_.read(in_project(path), std::min(file_bytes_max, folder_bytes_max - bytes_));
    if (!content) {
      const bool large = content.error().code == ErrorCode::too_large;
      return skip(path, large ? "it is larger than 64 MiB, or the folder than 1 GiB" : content.error().what);
    }
    bytes_ += content->bytes.size();
    spec::SourceFile& file = folder_.files.emplace_back();
    file.path = path;
    file.changed_ms = content->facts.modified_ns / nanoseconds_per_millisecond;
    file.document = DocumentId(uuid_from(digest::sha256(path)));
    digest::Sha256 version;
    version.update(path);
    version.update(std::string_view("\0", 1));
    version.update(content->bytes);
    file.version = VersionId(uuid_from(version.finish()));
    file.bytes = std::make_shared<const std::string>(std::move(content->bytes));
  }

  host::FileTree& project_;
  Folder& folder_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

bool is_left_out(std::string_view name) {
  return name.starts_with('.') || std::any_of(dropping_endings.begin(), dropping_endings.end(),
                                              [&](std::string_view ending) { return name.ends_with(ending); });
}

Result<Folder> read_folder(host::FileTree& project) {
  Folder folder;
  LEANSPEC_ASSIGN(folder.specs_folder, find_specs_folder(project));
  FolderReader reader(project, folder);
  LEANSPEC_ASSIGN(const auto entries, project.list(reader.in_project("")));
  reader.read_entries("", entries, 0);
  return folder;
}

}  // namespace leanspec::hub::sources
