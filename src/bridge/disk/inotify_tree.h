#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "host/descriptor.h"

namespace leanspec::bridge::disk {

/// The inotify watches of one tree: which folder each number of the kernel means, and which folders got none. Keeps up
/// with folders that come, go and are renamed, as its owner reads it from the events. Paths are relative to the root,
/// "" the root itself.
class InotifyTree {
 public:
  using Ignored = std::function<bool(std::string_view path, bool is_folder)>;

  InotifyTree(std::string root, std::size_t watches_max, Ignored ignored)
      : root_(std::move(root)), watches_max_(watches_max), ignored_(std::move(ignored)) {}

  /// Where the events come from; -1 while the system has no inotify instance left. Stays the same once it is there,
  /// since an event loop may have it registered.
  [[nodiscard]] int descriptor() const { return queue_.get(); }
  [[nodiscard]] bool has_queue() const { return static_cast<bool>(queue_); }
  [[nodiscard]] std::size_t watched() const { return path_of_.size(); }
  /// Folders that got no watch, because none is left or because they may not be read.
  [[nodiscard]] const std::set<std::string>& unwatched() const { return unwatched_; }
  /// The folder that an event's number means; null for a watch that was removed.
  [[nodiscard]] const std::string* folder_of(int number) const;
  [[nodiscard]] bool is_folder(const std::string& path) const;

  /// Forgets everything, queued events too, and watches the whole tree. False: the root is not there.
  [[nodiscard]] bool watch_afresh();
  /// Watches `top` and every folder beneath, each before it is listed, so that nothing made meanwhile is missed.
  void watch(const std::string& top);
  /// Tries again for those that got none; they are returned, since nobody told of changes in them.
  [[nodiscard]] std::set<std::string> watch_unwatched();
  void unwatch(const std::string& top);
  void rename(const std::string& from, const std::string& to);
  /// The kernel has removed the watch of this folder.
  void forget(const std::string& folder);

 private:
  using Entry = std::map<std::string, int>::iterator;

  [[nodiscard]] std::string full(const std::string& path) const { return path.empty() ? root_ : root_ + "/" + path; }
  [[nodiscard]] bool watch_one(const std::string& folder);
  void drop_all();
  void erase(Entry entry);
  template <typename Act>
  void for_each_beneath(const std::string& top, Act act);

  const std::string root_;
  const std::size_t watches_max_;
  const Ignored ignored_;
  host::Descriptor queue_;
  std::unordered_map<int, std::string> path_of_;
  std::map<std::string, int> watch_of_;
  std::set<std::string> unwatched_;
};

/// `name` in `folder`, both relative to the root.
[[nodiscard]] std::string path_in(const std::string& folder, std::string_view name);

}  // namespace leanspec::bridge::disk
