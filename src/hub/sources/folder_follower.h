#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/files.h"
#include "hub/sources/folder.h"
#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace leanspec::hub::sources {

struct SeenFile {
  std::string path;
  std::shared_ptr<const std::string> bytes;
  Digest digest;
};

/// What is different since the look before.
struct FolderLook {
  std::vector<SeenFile> changed;  ///< new, or with other bytes
  std::vector<std::string> gone;
  std::vector<SkippedFile> skipped;  ///< as they are now; what stands there is unknown and never taken for gone
};

/// Follows the files of one folder by looking, at all of it or at what was heard of: a file is read only when its facts
/// differ, so that a look at an unchanged folder reads nothing. One thread.
class FolderFollower {
 public:
  /// `specs`: the specs folder itself; outlives this.
  explicit FolderFollower(host::FileTree& specs) : specs_(specs) {}

  /// `now_ns`: the wall clock; what was written just before is read again, since its time stamp may serve twice. Error:
  /// the folder cannot be looked at, or is another one than when the look began, or has lost all its files at once;
  /// nothing is remembered of it then.
  [[nodiscard]] Result<FolderLook> look(std::int64_t now_ns);
  /// The same at these files alone, and at those that the look before left open; it takes as long as they are many.
  [[nodiscard]] Result<FolderLook> look_at_files(std::set<std::string> paths, std::int64_t now_ns);

  struct Figures {
    std::uint64_t looks = 0;
    std::uint64_t files_seen = 0;  ///< over all looks
    std::uint64_t files_read = 0;
  };
  [[nodiscard]] const Figures& figures() const { return figures_; }

 private:
  struct Known {
    host::FileFacts facts;
    Digest digest;
    bool sure = false;  ///< the facts are old enough to tell the next change
    std::uint64_t seen_in = 0;
  };

  using Files = std::map<std::string, Known, std::less<>>;

  /// `before`: of the folder itself, when the look began; `former`: what is known again if the look does not count.
  [[nodiscard]] Result<FolderLook> end_look(const host::FileFacts& before, const Files& former,
                                            std::vector<std::string> gone, FolderLook look);
  void look_into(const std::string& folder, std::size_t depth, std::int64_t now_ns, FolderLook& look);
  void look_at(const std::string& path, std::int64_t now_ns, FolderLook& look);
  /// Whatever is known beneath stays as it was.
  void keep(std::string_view path);

  host::FileTree& specs_;
  Files known_;
  std::set<std::string> open_;  ///< not known for sure: written just now, or by somebody who is still at it
  std::uint64_t bytes_ = 0;
  std::size_t files_ = 0;
  Figures figures_;
};

}  // namespace leanspec::hub::sources
