#include <dirent.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "bridge/disk/file_system_kind.h"
#include "bridge/disk/watcher.h"
#include "host/descriptor.h"
#include "sync/path_policy.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Hint;
using engine::HintKind;

constexpr std::uint32_t folder_events = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                        IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW |
                                        IN_EXCL_UNLINK;

/// One read(2) of events: some 1,500 of them, so that one turn stays short while thousands come in.
constexpr std::size_t read_bytes = 64 * 1024;
/// The two halves of a rename are queued one after the other, but a read may end between them: how long to wait for the
/// second.
constexpr int rename_wait_milliseconds = 1;

[[nodiscard]] std::string join(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

[[nodiscard]] std::size_t depth_of(std::string_view path) {
  std::size_t depth = path.empty() ? 0 : 1;
  for (const char c : path) depth += c == '/' ? 1U : 0U;
  return depth;
}

class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(WatcherOptions options, BootTime now) : options_(std::move(options)) { rewatch(now); }

  [[nodiscard]] int descriptor() const override { return queue_.get(); }
  [[nodiscard]] std::optional<BootTime> deadline() const override { return deadline_; }
  [[nodiscard]] std::size_t watched() const override { return path_of_.size(); }

  [[nodiscard]] WatchState state() const override {
    if (root_gone_) return WatchState::root_gone;
    return queue_ && unwatched_.empty() && kind_.tells_changes ? WatchState::watching : WatchState::polling;
  }

  [[nodiscard]] std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings;
    const std::string every = " every " + std::to_string(poll_interval.count()) + " s instead";
    if (!queue_) {
      warnings.push_back("No inotify instance is left, so the folder is looked at" + every +
                         ". Raise it: sysctl fs.inotify.max_user_instances=512");
    } else if (!unwatched_.empty()) {
      warnings.push_back("No inotify watches are left, so " + std::to_string(unwatched_.size()) +
                         " folders are looked at" + every +
                         ". Raise the limit: sysctl fs.inotify.max_user_watches=524288");
    }
    if (!kind_.tells_changes) {
      warnings.push_back("The folder is on " + kind_.name +
                         ", which does not tell of changes made elsewhere, so it is looked at" + every + ".");
    }
    return warnings;
  }

  void rewatch(BootTime now) override {
    if (!queue_) {
      queue_ = host::Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    } else {
      drop_all();
    }
    departed_.reset();
    path_of_.clear();
    watch_of_.clear();
    unwatched_.clear();
    kind_ = file_system_kind(options_.root);
    root_gone_ = false;
    if (queue_) watch_tree("");
    if (queue_ && !watch_of_.contains("") && !unwatched_.contains("")) root_gone_ = true;
    if (!queue_) root_gone_ = !is_folder("");
    schedule(now);
  }

  [[nodiscard]] std::vector<Hint> take(BootTime now) override {
    hints_.clear();
    alignas(inotify_event) char buffer[read_bytes];
    if (!queue_) return {};
    ssize_t count = ::read(queue_.get(), buffer, sizeof buffer);
    while (count > 0) {
      for (ssize_t at = 0; at < count;) {
        inotify_event event{};
        std::memcpy(&event, buffer + at, sizeof event);
        const char* name = buffer + at + sizeof event;
        at += static_cast<ssize_t>(sizeof event + event.len);
        handle(event, event.len == 0 ? std::string_view() : std::string_view(name));
        if (lost_) break;
      }
      if (lost_ || !departed_) break;
      // Only half of a rename so far: the other half decides whether the thing left the tree.
      pollfd waited{queue_.get(), POLLIN, 0};
      if (::poll(&waited, 1, rename_wait_milliseconds) <= 0) break;
      count = ::read(queue_.get(), buffer, sizeof buffer);
    }
    settle_departed();
    if (lost_) {
      lost_ = false;
      rewatch(now);
      hints_.clear();
      hints_.push_back(Hint{HintKind::overflow, "", std::nullopt, true});
    }
    if (!unwatched_.empty() && !deadline_) schedule(now);
    return std::exchange(hints_, {});
  }

  [[nodiscard]] std::vector<Hint> tick(BootTime now) override {
    if (!deadline_ || now < *deadline_) return {};
    hints_.clear();
    if (root_gone_) {
      if (is_folder("")) {
        rewatch(now);
        return {Hint{HintKind::overflow, "", std::nullopt, true}};
      }
    } else if (!queue_ || !kind_.tells_changes) {
      if (!queue_) rewatch(now);
      hints_.push_back(Hint{HintKind::overflow, "", std::nullopt, true});
    } else {
      // Watches may have become free meanwhile; whether or not, each such folder is looked at.
      for (const std::string& folder : std::exchange(unwatched_, {})) {
        watch_tree(folder);
        hints_.push_back(Hint{HintKind::folder_changed, folder, std::nullopt, true});
      }
    }
    schedule(now);
    return std::exchange(hints_, {});
  }

 private:
  struct Departed {
    std::uint32_t cookie = 0;
    std::string path;
    bool folder = false;
  };

  [[nodiscard]] std::string full(const std::string& path) const {
    return path.empty() ? options_.root : options_.root + "/" + path;
  }

  [[nodiscard]] bool is_folder(const std::string& path) const {
    struct stat facts {};
    return (path.empty() ? ::stat(full(path).c_str(), &facts) : ::lstat(full(path).c_str(), &facts)) == 0 &&
           S_ISDIR(facts.st_mode);
  }

  /// The queue itself stays, since an event loop may have it registered. Events of the old watches mean nothing any
  /// more.
  void drop_all() {
    for (const auto& [number, path] : path_of_) ::inotify_rm_watch(queue_.get(), number);
    char buffer[read_bytes];
    while (::read(queue_.get(), buffer, sizeof buffer) > 0) {
    }
  }

  void schedule(BootTime now) {
    deadline_.reset();
    if (root_gone_) {
      deadline_ = now + root_interval;
    } else if (state() == WatchState::polling) {
      deadline_ = now + poll_interval;
    }
  }

  /// Watches `top` and every folder beneath, each before it is listed, so that nothing made meanwhile is missed.
  void watch_tree(const std::string& top) {
    std::vector<std::string> waiting{top};
    while (!waiting.empty()) {
      const std::string folder = std::move(waiting.back());
      waiting.pop_back();
      if (!watch(folder)) continue;
      if (depth_of(folder) >= sync::path_depth_max) continue;  // files deeper down are not synced
      DIR* stream = ::opendir(full(folder).c_str());
      if (stream == nullptr) continue;  // unreadable: its watch tells when that changes
      while (const dirent* entry = ::readdir(stream)) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == ".." || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)) continue;
        std::string path = join(folder, name);
        if (options_.ignored && options_.ignored(path, true)) continue;
        if (entry->d_type == DT_UNKNOWN && !is_folder(path)) continue;
        waiting.push_back(std::move(path));
      }
      ::closedir(stream);
    }
  }

  /// False if the folder is not there any more. A folder beyond the limit counts as unwatched and is still walked.
  [[nodiscard]] bool watch(const std::string& folder) {
    std::uint32_t events = folder_events;
    if (folder.empty())
      events &= ~static_cast<std::uint32_t>(IN_DONT_FOLLOW);  // people may have linked the root itself
    int number = -1;
    errno = ENOSPC;
    if (path_of_.size() < options_.watches_max)
      number = ::inotify_add_watch(queue_.get(), full(folder).c_str(), events);
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

  void forget(std::map<std::string, int>::iterator entry, bool remove_watch) {
    if (remove_watch) ::inotify_rm_watch(queue_.get(), entry->second);
    path_of_.erase(entry->second);
    watch_of_.erase(entry);
  }

  /// Calls `act` for the watch of `top` and all beneath it; the entry may be removed.
  template <typename Act>
  void for_each_beneath(const std::string& top, Act act) {
    if (const auto found = watch_of_.find(top); found != watch_of_.end()) act(found);
    const std::string prefix = top + "/";
    for (auto entry = watch_of_.lower_bound(prefix); entry != watch_of_.end() && entry->first.starts_with(prefix);)
      act(entry++);
  }

  void unwatch_tree(const std::string& top) {
    for_each_beneath(top, [this](auto entry) { forget(entry, true); });
    const std::string prefix = top + "/";
    for (auto folder = unwatched_.lower_bound(top);
         folder != unwatched_.end() && (*folder == top || folder->starts_with(prefix));) {
      folder = unwatched_.erase(folder);
    }
  }

  void rename_tree(const std::string& from, const std::string& to) {
    std::vector<std::pair<std::string, int>> moved;
    for_each_beneath(from, [&](auto entry) {
      moved.emplace_back(to + entry->first.substr(from.size()), entry->second);
      watch_of_.erase(entry);
    });
    for (auto& [path, number] : moved) {
      path_of_[number] = path;
      watch_of_[std::move(path)] = number;
    }
  }

  void hint(HintKind kind, std::string path, bool folder, std::optional<std::string> from = std::nullopt) {
    if (options_.ignored && options_.ignored(path, folder)) {
      if (!from) return;
      kind = HintKind::removed;  // renamed to a name that is not synced
      path = *std::exchange(from, std::nullopt);
    }
    if (!hints_.empty()) {
      const Hint& last = hints_.back();
      if (last.kind == kind && last.path == path && last.folder == folder && last.from == from) return;
    }
    hints_.push_back(Hint{kind, std::move(path), std::move(from), folder});
  }

  void settle_departed() {
    if (!departed_) return;
    const Departed gone = *std::exchange(departed_, std::nullopt);
    if (gone.folder) unwatch_tree(gone.path);
    hint(HintKind::removed, gone.path, gone.folder);
  }

  void handle(const inotify_event& event, std::string_view name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      lost_ = true;
      return;
    }
    const auto found = path_of_.find(event.wd);
    if (found == path_of_.end()) return;  // a watch that we removed; its last events are still queued
    const std::string folder = found->second;
    if ((event.mask & IN_IGNORED) != 0) {
      if (folder.empty()) lost_ = true;
      if (const auto entry = watch_of_.find(folder); entry != watch_of_.end()) forget(entry, false);
      return;
    }
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
      if (folder.empty()) lost_ = true;  // of other folders the parent tells
      return;
    }
    if (name.empty()) return;
    const bool is_folder = (event.mask & IN_ISDIR) != 0;
    const std::string path = join(folder, name);
    if (departed_ && (event.mask & IN_MOVED_TO) != 0 && event.cookie == departed_->cookie) {
      const Departed from = *std::exchange(departed_, std::nullopt);
      arrived(path, is_folder, from.path);
      return;
    }
    settle_departed();
    if ((event.mask & IN_MOVED_FROM) != 0) {
      departed_ = Departed{event.cookie, path, is_folder};
    } else if ((event.mask & IN_MOVED_TO) != 0) {
      arrived(path, is_folder, std::nullopt);
    } else if ((event.mask & IN_CREATE) != 0 && is_folder) {
      if (!options_.ignored || !options_.ignored(path, true)) watch_tree(path);
      hint(HintKind::folder_changed, path, true);
    } else if ((event.mask & IN_DELETE) != 0) {
      if (is_folder) unwatch_tree(path);
      hint(HintKind::removed, path, is_folder);
    } else if ((event.mask & IN_CLOSE_WRITE) != 0) {
      hint(HintKind::closed, path, false);
    } else if ((event.mask & IN_ATTRIB) != 0 && is_folder) {
      hint(HintKind::folder_changed, path, true);  // perhaps it can be read now
    } else if (!is_folder) {
      hint(HintKind::modified, path, false);
    }
  }

  void arrived(const std::string& path, bool is_folder, const std::optional<std::string>& from) {
    if (is_folder) {
      const bool ignored = options_.ignored && options_.ignored(path, true);
      if (from && !ignored) rename_tree(*from, path);
      if (from && ignored) unwatch_tree(*from);
      if (!ignored) watch_tree(path);
    }
    hint(HintKind::moved_in, path, is_folder, from);
  }

  WatcherOptions options_;
  host::Descriptor queue_;
  std::unordered_map<int, std::string> path_of_;
  std::map<std::string, int> watch_of_;
  std::set<std::string> unwatched_;
  FileSystemKind kind_;
  bool root_gone_ = false;
  bool lost_ = false;
  std::optional<Departed> departed_;
  std::optional<BootTime> deadline_;
  std::vector<Hint> hints_;
};

}  // namespace

std::unique_ptr<Watcher> make_inotify_watcher(WatcherOptions options, BootTime now) {
  return std::make_unique<InotifyWatcher>(std::move(options), now);
}

}  // namespace leanspec::bridge::disk
