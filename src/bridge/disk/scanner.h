#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/scan.h"
#include "host/clock.h"
#include "host/files.h"
#include "sync/disk_file.h"
#include "sync/ignore_rules.h"

namespace leanspec::bridge::disk {

/// Answers the engine's ScanRequests from a FileTree: walks, reads what may have changed, computes digests. Works in
/// small steps, so that one thread serves sockets between them. Follows no links, and never takes an error for absence
/// (FS22, FS23).
///
/// A file that is asked for by its own name is read: somebody saw it change, and knows better than its facts. One that
/// is met on a walk is read only if it is new, its facts differ from the last time, or it was *racy*: changed so
/// shortly before it was read that a later change could leave the same facts (after git's index). The change time
/// decides that, since the user cannot set it.
///
/// Finds out whether the disk keeps names apart that differ in case or in how accents are written, by looking for one
/// file under two spellings. Where it does not, files are told by the paths by which they are known (sync::Spellings),
/// and a file is there under its own name only in the case that the disk shows: else it would be seen twice when a user
/// changes that.
class Scanner {
 public:
  Scanner(host::FileTree& tree, const host::Clock& clock);

  /// Requests are answered one after the other, in order.
  void begin(engine::ScanRequest request);
  [[nodiscard]] bool idle() const { return waiting_.empty(); }
  /// Goes on with the first request; its answer once it is complete. `known`: ReplicaEngine::files().
  [[nodiscard]] std::optional<engine::ScanResult> step(const sync::DiskFiles& known);

  /// Reads the ignore rules without looking at anything else, so that a watcher can have them before the first scan.
  [[nodiscard]] Status load_rules();
  /// As last read; built-in ones before the first time.
  [[nodiscard]] std::shared_ptr<const sync::IgnoreRules> rules() const { return rules_; }

  /// What one step does at most, in bytes read; each look at a file counts as `look_cost`. Some 5 ms of work.
  static constexpr std::uint64_t step_cost_max = 2 * 1024 * 1024;
  static constexpr std::uint64_t look_cost = 8 * 1024;
  /// Timestamps are this coarse: kernel ticks are 10 ms at most; FAT and some network file systems count (two) seconds.
  static constexpr std::int64_t fine_granularity_ns = 20'000'000;
  static constexpr std::int64_t coarse_granularity_ns = 2'000'000'000;

 private:
  struct Target {
    std::string path;
    std::optional<host::FileKind> kind;  ///< as the folder said; nothing: to be asked
  };

  void start();
  void finish();
  void look(const Target& target, const sync::DiskFiles& known);
  // ---- scanner_names.cpp
  [[nodiscard]] bool could_tell_folding(std::string_view name) const;
  void learn_folding(const std::string& shown);
  [[nodiscard]] std::optional<bool> is_also(const std::string& shown, const std::string& other);
  [[nodiscard]] bool shows(const std::string& folder, std::string_view name);
  [[nodiscard]] bool is_shown_so(const std::string& path);
  [[nodiscard]] std::optional<std::string> known_path(const std::string& shown);
  void look_into(const std::string& folder);
  void read(const std::string& shown, const std::string& path, const sync::DiskFiles& known);
  void list_other(const std::string& path, const host::FileFacts& facts);
  void unknown(const std::string& path, host::FileKind kind, const Error& error);
  [[nodiscard]] Status write_names_down();
  [[nodiscard]] bool ignored(const std::string& path, bool folder);
  [[nodiscard]] bool is_racy(const host::FileFacts& facts, std::int64_t read_at_ns) const;

  host::FileTree& tree_;
  const host::Clock& clock_;
  std::shared_ptr<const sync::IgnoreRules> rules_;
  std::optional<host::FileFacts> rules_facts_;
  bool rules_known_ = false;
  bool rules_announced_ = false;
  std::string rules_warning_;
  std::optional<bool> letters_fold_;
  std::optional<bool> accents_fold_;

  std::deque<engine::ScanRequest> waiting_;
  // Of the request under way.
  bool started_ = false;
  bool done_ = false;
  engine::ScanResult result_;
  std::vector<Target> targets_;  ///< the last one is next
  std::uint64_t cost_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::size_t files_ = 0;
  std::set<std::string> unwritten_;  ///< folders with names that the disk may not have written down
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> shown_;  ///< by folder, as asked for so far
  std::map<std::string, std::uint64_t> seen_as_;  ///< where names fold: paths in the result, and their inodes
};

}  // namespace leanspec::bridge::disk
