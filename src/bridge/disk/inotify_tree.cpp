#include "bridge/disk/inotify_tree.h"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "sync/path_policy.h"

namespace leanspec::bridge::disk {
namespace {

constexpr std::uint32_t folder_events = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                        IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW |
                                        IN_EXCL_UNLINK;
/// One read(2) of events that nobody wants any more.
constexpr std::size_t stale_bytes = 4096;

[[nodiscard]] std::size_t depth_of(std::string_view path) {
  if (path.empty()) return 0;
  return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

}  // namespace

std::string path_in(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

const std::string* InotifyTree::folder_of(int number) const {
  const auto found = path_of_.find(number);
  return found == path_of_.end() ? nullptr : &found->second;
}

bool InotifyTree::is_folder(const std::string& path) const {
  struct stat facts {};
  return (path.empty() ? ::stat(full(path).c_str(), &facts) : ::lstat(full(path).c_str(), &facts)) == 0 &&
         S_ISDIR(facts.st_mode);
}

bool InotifyTree::watch_afresh() {
  if (queue_)
    drop_all();
  else
    queue_ = host::Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  path_of_.clear();
  watch_of_.clear();
  unwatched_.clear();
  if (!queue_) return is_folder("");
  watch("");
  return watch_of_.contains("") || unwatched_.contains("");
}

void InotifyTree::drop_all() {
  for (const auto& [number, path] : path_of_) ::inotify_rm_watch(queue_.get(), number);
  char buffer[stale_bytes];
  while (::read(queue_.get(), buffer, sizeof buffer) > 0) {
  }
}

void InotifyTree::watch(const std::string& top) {
  std::vector<std::string> waiting{top};
  while (!waiting.empty()) {
    const std::string folder = std::move(waiting.back());
    waiting.pop_back();
    if (!watch_one(folder)) continue;
    if (depth_of(folder) >= sync::path_depth_max) continue;  // files deeper down are not synced
    DIR* stream = ::opendir(full(folder).c_str());
    if (stream == nullptr) continue;  // unreadable: its watch tells when that changes
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == ".." || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)) continue;
      std::string path = path_in(folder, name);
      if (ignored_ && ignored_(path, true)) continue;
      if (entry->d_type == DT_UNKNOWN && !is_folder(path)) continue;
      waiting.push_back(std::move(path));
    }
    ::closedir(stream);
  }
}

/// False if the folder is not there any more. A folder beyond the limit counts as unwatched and is still walked.
bool InotifyTree::watch_one(const std::string& folder) {
  std::uint32_t events = folder_events;
  if (folder.empty()) events &= ~static_cast<std::uint32_t>(IN_DONT_FOLLOW);  // people may have linked the root itself
  int number = -1;
  errno = ENOSPC;
  if (path_of_.size() < watches_max_) number = ::inotify_add_watch(queue_.get(), full(folder).c_str(), events);
  if (number < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return false;
    unwatched_.insert(folder);
    return true;
  }
  // The kernel answers with the same number for a folder that it knows already, perhaps under an older name.
  if (const auto known = path_of_.find(number); known != path_of_.end() && known->second != folder)
    watch_of_.erase(known->second);
  path_of_[number] = folder;
  watch_of_[folder] = number;
  return true;
}

std::set<std::string> InotifyTree::watch_unwatched() {
  auto folders = std::exchange(unwatched_, {});
  for (const std::string& folder : folders) watch(folder);
  return folders;
}

void InotifyTree::erase(Entry entry) {
  path_of_.erase(entry->second);
  watch_of_.erase(entry);
}

void InotifyTree::forget(const std::string& folder) {
  if (const auto entry = watch_of_.find(folder); entry != watch_of_.end()) erase(entry);
}

/// Calls `act` for the watch of `top` and all beneath it; the entry may be removed.
template <typename Act>
void InotifyTree::for_each_beneath(const std::string& top, Act act) {
  if (const auto found = watch_of_.find(top); found != watch_of_.end()) act(found);
  const std::string prefix = top + "/";
  for (auto entry = watch_of_.lower_bound(prefix); entry != watch_of_.end() && entry->first.starts_with(prefix);)
    act(entry++);
}

void InotifyTree::unwatch(const std::string& top) {
  for_each_beneath(top, [this](Entry entry) {
    ::inotify_rm_watch(queue_.get(), entry->second);
    erase(entry);
  });
  const std::string prefix = top + "/";
  for (auto folder = unwatched_.lower_bound(top);
       folder != unwatched_.end() && (*folder == top || folder->starts_with(prefix));) {
    folder = unwatched_.erase(folder);
  }
}

void InotifyTree::rename(const std::string& from, const std::string& to) {
  std::vector<std::pair<std::string, int>> moved;
  for_each_beneath(from, [&](Entry entry) {
    moved.emplace_back(to + entry->first.substr(from.size()), entry->second);
    watch_of_.erase(entry);
  });
  for (auto& [path, number] : moved) {
    path_of_[number] = path;
    watch_of_[std::move(path)] = number;
  }
}

}  // namespace leanspec::bridge::disk
