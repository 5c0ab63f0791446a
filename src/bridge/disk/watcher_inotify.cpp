#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "bridge/disk/file_system_kind.h"
#include "bridge/disk/inotify_tree.h"
#include "bridge/disk/watcher.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Hint;
using engine::HintKind;

/// One read(2) of events: some 1,500 of them, so that one turn stays short while thousands come in.
constexpr std::size_t read_bytes = 64 * 1024;
/// The two halves of a rename are queued one after the other, but a read may end between them: how long to wait for the
/// second.
constexpr int rename_wait_milliseconds = 1;

[[nodiscard]] std::string counted_folders(std::size_t folders) {
  return std::to_string(folders) + (folders == 1 ? " folder is" : " folders are");
}

class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(WatcherOptions options, BootTime now)
      : options_(std::move(options)), tree_(options_.root, options_.watches_max, options_.ignored) {
    rewatch(now);
  }

  [[nodiscard]] int descriptor() const override { return tree_.descriptor(); }
  [[nodiscard]] std::optional<BootTime> deadline() const override { return deadline_; }
  [[nodiscard]] std::size_t watched() const override { return tree_.watched(); }

  [[nodiscard]] WatchState state() const override {
    if (root_gone_) return WatchState::root_gone;
    return tree_.has_queue() && tree_.unwatched().empty() && kind_.tells_changes ? WatchState::watching
                                                                                 : WatchState::polling;
  }

  [[nodiscard]] std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings;
    const std::string every = " every " + std::to_string(poll_interval.count()) + " s instead";
    if (!tree_.has_queue()) {
      warnings.push_back("No inotify instance is left, so the folder is looked at" + every +
                         ". Raise it: sysctl fs.inotify.max_user_instances=512");
    } else if (!tree_.unwatched().empty()) {
      warnings.push_back("No inotify watches are left, so " + counted_folders(tree_.unwatched().size()) + " looked at" +
                         every + ". Raise the limit: sysctl fs.inotify.max_user_watches=524288");
    }
    if (!kind_.tells_changes) {
      warnings.push_back("The folder is on " + kind_.name +
                         ", which does not tell of changes made elsewhere, so it is looked at" + every + ".");
    }
    return warnings;
  }

  void rewatch(BootTime now) override {
    departed_.reset();
    kind_ = file_system_kind(options_.root);
    root_gone_ = !tree_.watch_afresh();
    schedule(now);
  }

  [[nodiscard]] std::vector<Hint> take(BootTime now) override {
    hints_.clear();
    alignas(inotify_event) char buffer[read_bytes];
    if (!tree_.has_queue()) return {};
    ssize_t count = ::read(tree_.descriptor(), buffer, sizeof buffer);
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
      pollfd waited{tree_.descriptor(), POLLIN, 0};
      if (::poll(&waited, 1, rename_wait_milliseconds) <= 0) break;
      count = ::read(tree_.descriptor(), buffer, sizeof buffer);
    }
    settle_departed();
    if (lost_) {
      lost_ = false;
      rewatch(now);
      hints_.clear();
      hints_.push_back(Hint{HintKind::overflow, "", std::nullopt, true});
    }
    if (!tree_.unwatched().empty() && !deadline_) schedule(now);
    return std::exchange(hints_, {});
  }

  [[nodiscard]] std::vector<Hint> tick(BootTime now) override {
    if (!deadline_ || now < *deadline_) return {};
    hints_.clear();
    if (root_gone_) {
      if (tree_.is_folder("")) {
        rewatch(now);
        return {Hint{HintKind::overflow, "", std::nullopt, true}};
      }
    } else if (!tree_.has_queue() || !kind_.tells_changes) {
      if (!tree_.has_queue()) rewatch(now);
      hints_.push_back(Hint{HintKind::overflow, "", std::nullopt, true});
    } else {
      // Watches may have become free meanwhile; whether or not, each such folder is looked at.
      for (const std::string& folder : tree_.watch_unwatched())
        hints_.push_back(Hint{HintKind::folder_changed, folder, std::nullopt, true});
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

  void schedule(BootTime now) {
    deadline_.reset();
    if (root_gone_) {
      deadline_ = now + root_interval;
    } else if (state() == WatchState::polling) {
      deadline_ = now + poll_interval;
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
    if (gone.folder) tree_.unwatch(gone.path);
    hint(HintKind::removed, gone.path, gone.folder);
  }

  void handle(const inotify_event& event, std::string_view name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      lost_ = true;
      return;
    }
    const std::string* const known = tree_.folder_of(event.wd);
    if (known == nullptr) return;  // a watch that we removed; its last events are still queued
    const std::string folder = *known;
    if ((event.mask & IN_IGNORED) != 0) {
      if (folder.empty()) lost_ = true;
      tree_.forget(folder);
      return;
    }
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
      if (folder.empty()) lost_ = true;  // of other folders the parent tells
      return;
    }
    if (name.empty()) return;
    const bool is_folder = (event.mask & IN_ISDIR) != 0;
    const std::string path = path_in(folder, name);
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
      if (!options_.ignored || !options_.ignored(path, true)) tree_.watch(path);
      hint(HintKind::folder_changed, path, true);
    } else if ((event.mask & IN_DELETE) != 0) {
      if (is_folder) tree_.unwatch(path);
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
      if (from && !ignored) tree_.rename(*from, path);
      if (from && ignored) tree_.unwatch(*from);
      if (!ignored) tree_.watch(path);
    }
    hint(HintKind::moved_in, path, is_folder, from);
  }

  WatcherOptions options_;
  InotifyTree tree_;
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
