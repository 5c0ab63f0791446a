#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tests/fakes/replica_bench.h"

namespace leanspec::fakes {

/// A ReplicaBench whose folder lies in a git work tree. Nothing of git is there but what it would leave to be seen.
struct GitBench : ReplicaBench {
  explicit GitBench(engine::SyncMode sync_mode = engine::SyncMode::push) : ReplicaBench(false) {
    mode = sync_mode;
    git.work_tree = true;
    git.head = "ref: refs/heads/main";
    git.branch = "main";
    git.commit = "c1";
    writes_index();
    start();
    connect();
    pass(a_while);
  }

  [[nodiscard]] std::int64_t wall_ns() const { return std::chrono::nanoseconds(now().wall.time_since_epoch()).count(); }
  void writes_index() { git.index = engine::GitFile{++inodes_, wall_ns() + 1'000, 100}; }
  /// A file, as git writes it: before the index.
  void puts(const std::string& path, std::optional<std::string> text) {
    disk.clock_ns = wall_ns() - 1'000'000;
    if (text)
      disk.replace(path, *text);
    else
      disk.files.erase(path);
    writes_index();
    hint({text ? engine::HintKind::closed : engine::HintKind::removed, path, std::nullopt, false});
  }
  void locks() { git.index_lock = engine::GitFile{++inodes_, wall_ns(), 0}; }
  void unlocks() { git.index_lock.reset(); }
  /// Two versions by people, the second one at the hub.
  void two_versions(const std::string& path = "a.md") {
    save(path, "one\n");
    pass(a_while);
    save(path, "one and two\n");
    pass(a_while);
  }
  /// Somebody else's change arrives.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  [[nodiscard]] std::string on_disk(const std::string& path) {
    return disk.files.contains(path) ? disk.files.at(path).text : "(none)";
  }
  [[nodiscard]] engine::FileExplanation why(const std::string& path) const { return replica->why(path, now()); }

 private:
  std::uint64_t inodes_ = 0;
};

}  // namespace leanspec::fakes
