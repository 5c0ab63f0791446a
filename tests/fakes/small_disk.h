#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "bridge/engine/apply.h"
#include "bridge/engine/scan.h"
#include "sync/ignore_rules.h"

namespace leanspec::fakes {

namespace engine = bridge::engine;

/// A folder in memory that answers scans as a disk would.
class SmallDisk {
 public:
  struct File {
    std::string text;
    std::uint64_t inode = 0;
    std::int64_t born = 0;
    std::int64_t changed = 0;
    std::int64_t modified = 0;  ///< 0: when it was changed
    bool writer_open = false;
    bool unreadable = false;
    bool changing = false;
    sync::FileKind kind = sync::FileKind::regular;
  };

  void write(const std::string& path, std::string text);
  /// Saved as careful editors do: another file takes the name.
  void replace(const std::string& path, std::string text);
  void rename(const std::string& from, const std::string& to);

  engine::ScanResult scan(const engine::ScanRequest& request, const sync::DiskFiles& known);

  /// As the applier does it; in its staging folder lies only what cannot go at once.
  engine::ApplyResult apply(const engine::ApplyRequest& request);

  std::map<std::string, File> files;
  std::optional<Error> refuses_writes;
  std::optional<Error> refuses_recovery;
  std::optional<Error> refuses_looking_back;
  std::optional<Error> loses_names;           ///< folders cannot be made durable
  std::map<std::string, std::string> staged;  ///< texts that came out, by name
  bool staged_is_open = false;                ///< a program has them open for writing
  std::int64_t staged_modified = 0;           ///< when they were last written; 0: the disk does not say
  /// A user who saves after the plan was made and before the exchange.
  std::function<void()> before_exchange;
  std::set<std::string> unreadable_folders;
  std::map<std::string, std::uint64_t> size_of;  ///< what the facts say, where the text would be too long to keep
  engine::RootHealth root = engine::RootHealth::healthy;
  std::uint64_t root_inode = 2;
  std::shared_ptr<const sync::IgnoreRules> rules;
  bool truncated = false;
  std::int64_t clock_ns = 0;  ///< what files are dated by, beside the order of their changes
  std::size_t scans = 0;
  std::size_t reads = 0;

 private:
  engine::Applied apply(const engine::ApplyItem& item);
  engine::Applied look_back(const engine::ApplyItem& item);
  static engine::Applied failed(const Error& error);
  static engine::Applied outcome(engine::ApplyOutcome what);
  static sync::FileFacts facts_of(const File& file);
  engine::Applied facts_of(const std::string& path);

  std::int64_t tick() { return clock_ns + ++ticks_; }

  static bool within(const std::string& path, const std::string& folder);
  static bool is_beneath(std::string_view path, const std::set<std::string_view>& roots);
  bool hidden(const std::string& path) const;

  std::uint64_t inodes_ = 100;
  std::int64_t ticks_ = 0;
};

}  // namespace leanspec::fakes
