#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/replica_engine.h"
#include "tests/fakes/memory_state_store.h"
#include "tests/fakes/small_disk.h"
#include "tests/fakes/small_hub.h"

namespace leanspec::fakes {

namespace engine = bridge::engine;

/// One engine between a SmallDisk and a SmallHub, with a clock that only moves when told to.
class ReplicaBench {
 public:
  explicit ReplicaBench(bool connect_first = true);

  static constexpr std::chrono::milliseconds a_while{3'000};
  /// More than any honest amount of work takes.
  static constexpr std::size_t rounds_max = 5'000;

  [[nodiscard]] engine::Now now() const { return now_; }

  /// (Re)starts the program on the same state, as after a crash.
  void start();

  /// The machine begins anew, with its wall clock off by `jump`.
  void reboot(std::chrono::milliseconds jump);
  void set_wall_clock(std::chrono::milliseconds jump) { now_.wall += jump; }

  void connect();
  void cut(const std::string& why = "the line is cut");

  // ---- a user at the disk, with the events that a watcher sees
  void save(const std::string& path, std::string text);
  void replace(const std::string& path, std::string text);
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  /// The files f0.md, f1.md, ... with a text each, all saved and looked at together.
  void save_all(int count);
  void hint(const engine::Hint& hint);

  /// Time passes; the engine is called at each of its deadlines. Throws when it wants to be called without end.
  void pass(std::chrono::milliseconds time);

  /// Does what the engine asks for, until it asks for nothing more. Throws when it never stops asking.
  void carry_out();

  void tell_head();

  [[nodiscard]] engine::ReplicaStatus status() const { return replica->status(now_); }
  [[nodiscard]] std::size_t versions_of(const std::string& path) const;
  /// Every file on disk is at the hub with the same bytes, and nothing else is.
  [[nodiscard]] bool agrees() const;

  static Uuid id(std::uint64_t number);

  MemoryStateStore store;
  SmallDisk disk;
  SmallHub hub;
  std::unique_ptr<engine::ReplicaEngine> replica;
  std::deque<wire::ToHub> to_hub;
  bool online = false;
  std::uint64_t document_bytes_max = wire::limits::document_bytes_max;  ///< from the next start() on
  engine::SyncMode mode = engine::SyncMode::push;                       ///< from the next start() on
  bool lose_power_first = false;                                        ///< just before the disk would be written to
  bool lose_power = false;                                              ///< right after the disk was written to
  std::string branch;                                                   ///< that git names, from the next start() on
  std::function<void()> after_open;                                     ///< before the engine does anything
  /// Another disk than the small one.
  std::function<engine::ScanResult(const engine::ScanRequest&, const sync::DiskFiles&)> scan_instead;
  std::function<engine::ApplyResult(const engine::ApplyRequest&)> apply_instead;
  std::size_t applications = 0;
  bool hold_messages = false;
  bool lose_answers = false;
  std::function<void()> before_scan;
  std::function<void()> after_scan;                        ///< before the engine is told
  engine::GitFingerprint git;                              ///< of the work tree; none by default
  std::map<std::string, engine::GitFileState> git_states;  ///< what git says of files when it is asked
  std::string git_problem;                                 ///< or why it cannot be asked
  bool git_went_back = false;
  std::size_t questions = 0;
  std::string last_disconnect;
  std::size_t wake_ups = 0;

 private:
  void look_at_git();
  void set_clock(BootTime boot);

  engine::Now now_{BootTime{std::chrono::hours{1}}, Instant{std::chrono::hours{24 * 365 * 56}}};
  std::uint64_t ids_ = 1000;
  Uuid boot_ = id(3);
};

}  // namespace leanspec::fakes
