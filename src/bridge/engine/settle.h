#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/engine/scan.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// What a look at a changed file showed, as far as the question "is this a finished version?" needs it.
struct Candidate {
  std::optional<Digest> digest;  ///< nothing: it was changing while it was read
  std::uint64_t size = 0;
  bool writer_open = false;
  bool cut_short = false;  ///< empty or a strict prefix of what was there before
};

/// Which paths to look at and when, and whether what was seen is a finished version (law 12):
///   - renamed into place: at once; closed by its writer: after 10 ms; written to without a close: after 500 ms;
///   - taken at most once per max(500 ms, size / 1 MB/s) and path, so 100 saves in a second make at most 4 versions;
///   - not while a writer has it open, up to 30 s;
///   - empty or a strict prefix of the former text: only when closed and unchanged for 2 s;
///   - gone: only when seen absent twice, 2 s apart, under a healthy root.
/// Pure bookkeeping per path; entries disappear when a path has been quiet.
class Settle {
 public:
  static constexpr std::chrono::milliseconds after_close{10};
  static constexpr std::chrono::milliseconds least_interval{500};
  static constexpr std::uint64_t bytes_per_second = 1'000'000;
  static constexpr std::chrono::seconds open_writer_max{30};
  static constexpr std::chrono::seconds cut_short_quiet{2};
  static constexpr std::chrono::seconds absent_twice_after{2};

  void hint(const Hint& hint, BootTime now);
  /// Look at `path` at `when` (or earlier, if that was planned).
  void look(const std::string& path, BootTime when);

  /// Paths whose time has come; they are considered being looked at until seen again.
  [[nodiscard]] std::vector<std::string> due(BootTime now);
  [[nodiscard]] std::optional<BootTime> deadline() const;

  /// True: take it, it is a finished version. False: `path` will be due again, and `waiting` says why.
  [[nodiscard]] bool present(const std::string& path, const Candidate& candidate, BootTime now);
  /// The file looks as it did when last taken.
  void unchanged(const std::string& path, BootTime now);
  /// True: seen absent twice, it is gone; forget() it once that was acted upon. Call only under a healthy root.
  [[nodiscard]] bool absent(const std::string& path, BootTime now);
  /// It was renamed away, or nobody asks any more.
  void forget(const std::string& path);
  /// It could not be looked at; a sighting of absence does not count any more.
  void unknown(const std::string& path, BootTime retry_at);

  struct Waiting {
    std::string why;  ///< for people: "a program has it open for writing"
    BootTime until;   ///< when it is looked at next
  };
  [[nodiscard]] std::map<std::string, Waiting> waiting() const;
  [[nodiscard]] std::optional<Waiting> waiting(const std::string& path) const;
  [[nodiscard]] bool is_known(const std::string& path) const { return paths_.contains(path); }
  /// It was seen absent once.
  [[nodiscard]] bool is_absent(const std::string& path) const;
  /// When it was; nothing if it was not.
  [[nodiscard]] std::optional<BootTime> absent_since(const std::string& path) const;
  /// Seen absent, and that long enough ago that a second sighting counted or will.
  [[nodiscard]] bool is_absent_for_certain(const std::string& path, BootTime now) const;
  /// Paths that are to be looked at, with the time.
  [[nodiscard]] const std::set<std::pair<BootTime, std::string>>& scheduled() const { return next_; }

 private:
  struct Path {
    std::optional<BootTime> next_look;
    std::optional<BootTime> first_open;  ///< since when a writer has been seen
    std::optional<BootTime> last_taken;
    std::uint64_t last_size = 0;
    std::optional<BootTime> first_absent;
    std::optional<Digest> candidate;  ///< what was last seen and not taken
    BootTime candidate_since;
    bool moved_in = false;  ///< the last hint: it came whole
    std::string why;
  };
  void schedule(const std::string& path, Path& entry, BootTime when);
  bool wait(const std::string& path, Path& entry, BootTime until, std::string why);
  void forget_idle(BootTime now);
  [[nodiscard]] static std::chrono::nanoseconds interval(std::uint64_t size);
  [[nodiscard]] static BootTime not_before(const Path& entry, BootTime when);

  std::map<std::string, Path> paths_;
  std::set<std::pair<BootTime, std::string>> next_;  ///< every `next_look`, in order
  std::multimap<BootTime, std::string> idle_;        ///< when a path that was taken may be forgotten
};

}  // namespace leanspec::bridge::engine
