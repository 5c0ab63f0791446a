#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/scan.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::disk {

/// How much of the tree is watched. A state and not an event: whoever asks later gets the same answer.
enum class WatchState {
  watching,   ///< every folder
  polling,    ///< some folders, or all, are looked at from time to time; `warnings()` says why
  root_gone,  ///< the root was deleted, moved or unmounted; looked for from time to time
};

/// Says where something may have changed beneath one root folder. Everything it says is a hint; losing one is made good
/// by a hint of kind `overflow` (after watchman: events are hints, desync is a named state cured by looking at
/// everything).
///
/// Order: a new folder is watched before the hint about it is given, so a scan that answers the hint misses nothing. No
/// threads, no timers, no waiting: the owner polls `descriptor()` and calls `tick` at `deadline()`. Hints about ignored
/// paths are left out.
class Watcher {
 public:
  /// True for what is not synced: not watched, not hinted at. Asked anew at each `rewatch`.
  using Ignored = std::function<bool(std::string_view path, bool is_folder)>;

  virtual ~Watcher() = default;
  /// Readable when `take` has something; -1 while there is none.
  [[nodiscard]] virtual int descriptor() const = 0;
  /// What has come in, without waiting; at most a bounded number of events per call.
  [[nodiscard]] virtual std::vector<engine::Hint> take(BootTime now) = 0;
  [[nodiscard]] virtual std::vector<engine::Hint> tick(BootTime now) = 0;
  [[nodiscard]] virtual std::optional<BootTime> deadline() const = 0;
  /// Watches the tree as it is now: after a lost root, other ignore rules, or any doubt. Follow it by a scan of
  /// everything.
  virtual void rewatch(BootTime now) = 0;
  [[nodiscard]] virtual WatchState state() const = 0;
  /// What people should know, with what to do about it.
  [[nodiscard]] virtual std::vector<std::string> warnings() const = 0;
  /// Folders that are watched, for `doctor`.
  [[nodiscard]] virtual std::size_t watched() const = 0;
};

/// Looking instead of listening: this often.
constexpr std::chrono::seconds poll_interval{10};
/// A root that is away is looked for this often.
constexpr std::chrono::seconds root_interval{2};

struct WatcherOptions {
  std::string root;  ///< absolute
  Watcher::Ignored ignored;
  /// The system's own limit is the usual one; a smaller one stands in for it in tests.
  std::size_t watches_max = 1'000'000;
};

/// inotify(7), with looking for what it cannot see: network and other file systems without events (by statfs(2)),
/// folders beyond fs.inotify.max_user_watches. Never fails: what cannot be watched is polled.
[[nodiscard]] std::unique_ptr<Watcher> make_inotify_watcher(WatcherOptions options, BootTime now);

}  // namespace leanspec::bridge::disk
