#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace leanspec::e2e {

/// A folder for one test, gone with this object.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// As most programs save: truncate, write, close. Makes the folder. False: the disk said no.
bool save_in_place(const std::filesystem::path& file, std::string_view text);
/// As editors save: a file beside it, renamed into place.
void save_atomically(const std::filesystem::path& file, std::string_view text);

/// A spec that says which one it is and what is in it.
[[nodiscard]] std::string spec_text(std::string_view title, std::string_view body = "Text.\n");

/// In lower-case hexadecimal, as the API writes it.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// A small file system in memory for full and read-only disks, seen by this process and its children alone and gone
/// with this object. Needs root or user namespaces.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, std::uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  /// "" if it could be mounted, else why not.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Takes all the room there is.
  void fill();
  void make_room();
  void set_read_only(bool read_only);

 private:
  std::filesystem::path folder_;
  std::string problem_;
};

/// A folder seen at a second place where nobody can write, as a container sees a volume that is mounted read-only; gone
/// with this object. Needs root or user namespaces.
class ReadOnlyView {
 public:
  ReadOnlyView(const std::filesystem::path& view, const std::filesystem::path& folder);
  ~ReadOnlyView();
  ReadOnlyView(const ReadOnlyView&) = delete;
  ReadOnlyView& operator=(const ReadOnlyView&) = delete;
  /// "" if it could be mounted, else why not.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::filesystem::path view_;
  std::string problem_;
};

}  // namespace leanspec::e2e
