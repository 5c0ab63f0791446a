#pragma once

#include <map>
#include <set>
#include <string>

#include "host/descriptor.h"
#include "host/files.h"

namespace leanspec::hub::serve {

/// Hears what changes in a specs folder, for one who looks at it then: a name that is heard is a hint, never a fact.
/// One thread.
class FolderWatch {
 public:
  /// `watch` false: it hears nothing, and says so.
  FolderWatch(std::string root, bool watch);

  /// Since the last time.
  struct Heard {
    std::set<std::string> files;
    bool everything = true;  ///< more than these files may be different, or not every folder is watched
  };
  [[nodiscard]] Heard take();
  /// Hears of every folder that is there now. Before a look at everything, so that what is saved after it is heard of.
  void follow(host::FileTree& files);
  /// Readable when something was heard; -1 where nothing ever is.
  [[nodiscard]] int descriptor() const { return events_.get(); }

 private:
  void follow(host::FileTree& files, const std::string& folder);

  const std::string root_;
  host::Descriptor events_;             ///< inotify; none where the system has none left
  std::map<int, std::string> folders_;  ///< by watch
  bool everywhere_ = false;             ///< no folder is left out
};

}  // namespace leanspec::hub::serve
