#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace leanspec::sync {

/// Which names a disk takes for one and the same.
struct Folding {
  bool letters = false;  ///< A and a
  bool accents = false;  ///< é as one character, and as e with a mark
  [[nodiscard]] bool any() const { return letters || accents; }
  /// Equal for paths that such a disk does not keep apart.
  [[nodiscard]] std::string key(std::string_view path) const;
  friend bool operator==(const Folding&, const Folding&) = default;
};

/// The paths by which a replica knows its files, for reading a disk that folds names. There a file is found under any
/// spelling, and the disk shows the one that it keeps: of a folder whichever case it got first, of an accent perhaps
/// another than was asked for. Hence:
///
///   accents, and the case of folders   never a rename: the file is the one that is known under the folded name
///   the case of a file's own name      what the disk shows counts, so that a user can change it (FS07)
///   a name that nobody knows           as the disk shows it, with accents composed (FS09), in the folder as it is
///   known
///
/// (After Mutagen's recomposition of decomposed names and Syncthing's case checks.)
class Spellings {
 public:
  explicit Spellings(Folding folding) : folding_(folding) {}

  /// A file. Of two that fold alike the first is the known one.
  void add(std::string_view path);
  /// Of a file that the disk shows so.
  [[nodiscard]] std::string path_of(std::string_view shown) const;
  [[nodiscard]] std::string folder_of(std::string_view shown) const;
  /// The known file that such a disk cannot keep apart from this one; it may be this very one.
  [[nodiscard]] std::optional<std::string> known_as(std::string_view path) const;

  [[nodiscard]] const Folding& folding() const { return folding_; }

 private:
  [[nodiscard]] std::string own_name(std::string_view shown) const;

  Folding folding_;
  std::set<std::string, std::less<>> exact_;
  std::map<std::string, std::string, std::less<>> files_;  ///< by key
  std::set<std::string, std::less<>> exact_folders_;
  std::map<std::string, std::string, std::less<>> folders_;
};

}  // namespace leanspec::sync
