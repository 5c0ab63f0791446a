#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/engine/replica_engine.h"
#include "digest/sha256.h"
#include "tests/fakes/memory_state_store.h"
#include "tests/fakes/small_hub.h"

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
    bool writer_open = false;
    bool unreadable = false;
    bool changing = false;
    sync::FileKind kind = sync::FileKind::regular;
  };

  void write(const std::string& path, std::string text) {
    auto& file = files[path];
    if (file.inode == 0) {
      file.inode = ++inodes_;
      file.born = tick();
    }
    file.text = std::move(text);
    file.changed = tick();
  }
  /// Saved as careful editors do: another file takes the name.
  void replace(const std::string& path, std::string text) {
    files.erase(path);
    write(path, std::move(text));
  }
  void rename(const std::string& from, const std::string& to) {
    auto node = files.extract(from);
    node.key() = to;
    node.mapped().changed = tick();
    files.erase(to);
    files.insert(std::move(node));
  }

  engine::ScanResult scan(const engine::ScanRequest& request, const sync::DiskFiles& known) {
    ++scans;
    engine::ScanResult result;
    result.id = request.id;
    result.root = root;
    result.root_inode = root_inode;
    result.root_device = 1;
    if (root != engine::RootHealth::healthy) return result;
    result.rules = rules;
    result.truncated = truncated;
    std::uint64_t attached = 0;
    for (const auto& folder : unreadable_folders) {
      engine::Observation seen;
      seen.path = folder;
      seen.presence = engine::Presence::unknown;
      seen.problem = "Permission denied";
      result.observations.push_back(std::move(seen));
    }
    const std::set<std::string_view> wanted{request.paths.begin(), request.paths.end()};
    for (const auto& [path, file] : files) {
      if ((!request.everything && !is_beneath(path, wanted)) || hidden(path)) continue;
      if (rules && rules->match(path, false)) {
        result.ignored.push_back({path, false, *rules->match(path, false)});
        ++result.ignored_count;
        continue;
      }
      engine::Observation seen;
      seen.path = path;
      seen.facts = {file.kind, 1, file.inode, file.text.size(), file.changed, file.changed, file.born, 0644};
      if (size_of.contains(path)) seen.facts.size = size_of.at(path);
      seen.writer_open = file.writer_open;
      if (file.unreadable) {
        seen.presence = engine::Presence::unknown;
        seen.problem = "Permission denied";
      } else if (file.changing) {
        seen.changing = true;
      } else if (file.kind == sync::FileKind::regular && seen.facts.size <= request.file_bytes_max) {
        const auto before = known.find(path);
        const bool asked_for = std::find(request.paths.begin(), request.paths.end(), path) != request.paths.end();
        if (asked_for || before == known.end() || before->second.racy || before->second.facts != seen.facts) {
          ++reads;
          seen.digest = digest::sha256(file.text);
          if (request.body_bytes_max > 0 && (attached == 0 || attached + file.text.size() <= request.body_bytes_max)) {
            attached += file.text.size();
            seen.body = std::make_shared<std::string>(file.text);
          }
        }
      }
      result.observations.push_back(std::move(seen));
    }
    return result;
  }

  /// As the applier does it; in its staging folder lies only what cannot go at once.
  engine::ApplyResult apply(const engine::ApplyRequest& request) {
    engine::ApplyResult result;
    result.id = request.id;
    for (const auto& item : request.items) result.results.push_back(apply(item));
    result.not_durable = loses_names;
    if (root == engine::RootHealth::healthy) {
      result.root.emplace();
      result.root->device = 1;
      result.root->inode = root_inode;
    }
    return result;
  }

  std::map<std::string, File> files;
  std::optional<Error> refuses_writes;
  std::optional<Error> refuses_recovery;
  std::optional<Error> refuses_looking_back;
  std::optional<Error> loses_names;           ///< folders cannot be made durable
  std::map<std::string, std::string> staged;  ///< texts that came out, by name
  bool staged_is_open = false;                ///< a program has them open for writing
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
  engine::Applied apply(const engine::ApplyItem& item) {
    engine::Applied applied;
    const auto& wanted = item.wanted;
    const auto at = wanted.from ? files.find(*wanted.from) : files.end();
    const bool there = at != files.end();
    applied.outcome = engine::ApplyOutcome::applied;
    if (item.step == engine::ApplyStep::swap) {
      if (!there || !files.contains(*wanted.to)) return outcome(engine::ApplyOutcome::moved_on);
      std::swap(at->second, files.at(*wanted.to));
      return facts_of(*wanted.to);
    }
    if (item.step == engine::ApplyStep::look_back) return look_back(item);
    if (item.step == engine::ApplyStep::recover && refuses_recovery) return failed(*refuses_recovery);
    if (item.step == engine::ApplyStep::recover) {
      const auto now_there = wanted.to ? files.find(*wanted.to) : files.end();
      const bool stands =
          wanted.to ? now_there != files.end() && digest::sha256(now_there->second.text) == wanted.digest : !there;
      if (!stands) return outcome(engine::ApplyOutcome::moved_on);
      return wanted.to ? facts_of(*wanted.to) : applied;
    }
    if (refuses_writes) return failed(*refuses_writes);
    if (wanted.from && (!there || digest::sha256(at->second.text) != wanted.expected))
      return outcome(engine::ApplyOutcome::moved_on);
    if (there && at->second.writer_open && !wanted.despite_writer) return outcome(engine::ApplyOutcome::writer_open);
    if (wanted.to && wanted.to != wanted.from && files.contains(*wanted.to))
      return outcome(engine::ApplyOutcome::moved_on);
    if (before_exchange) std::exchange(before_exchange, nullptr)();
    if (there) {
      const auto text = at->second.text;
      if (digest::sha256(text) != wanted.expected)
        applied.displaced = engine::Displaced{digest::sha256(text), std::make_shared<const std::string>(text)};
      if (applied.displaced || staged_is_open || refuses_looking_back) {
        staged.emplace(item.name, text);
        applied.left_over = item.name;
      }
    }
    if (!wanted.to) {
      files.erase(*wanted.from);
      return applied;
    }
    if (there && wanted.from != wanted.to) rename(*wanted.from, *wanted.to);
    if (wanted.bytes) replace(*wanted.to, *wanted.bytes);
    applied.facts = facts_of(*wanted.to).facts;
    return applied;
  }
  engine::Applied look_back(const engine::ApplyItem& item) {
    if (refuses_looking_back) return failed(*refuses_looking_back);
    auto applied = outcome(engine::ApplyOutcome::applied);
    const auto left = staged.find(item.name);
    if (left == staged.end()) return applied;
    const auto digest = digest::sha256(left->second);
    if (!staged_is_open && digest == item.wanted.expected) {
      staged.erase(left);
      return applied;
    }
    applied.left_over = item.name;
    if (!staged_is_open)
      applied.displaced = engine::Displaced{digest, std::make_shared<const std::string>(left->second)};
    return applied;
  }
  static engine::Applied failed(const Error& error) {
    auto applied = outcome(engine::ApplyOutcome::failed);
    applied.error = error;
    return applied;
  }
  static engine::Applied outcome(engine::ApplyOutcome what) {
    engine::Applied applied;
    applied.outcome = what;
    return applied;
  }
  engine::Applied facts_of(const std::string& path) {
    const auto& file = files.at(path);
    engine::Applied applied;
    applied.outcome = engine::ApplyOutcome::applied;
    applied.facts = {file.kind, 1, file.inode, file.text.size(), file.changed, file.changed, file.born, 0644};
    return applied;
  }

  std::int64_t tick() { return clock_ns + ++ticks_; }

  static bool within(const std::string& path, const std::string& folder) {
    return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
  }
  static bool is_beneath(std::string_view path, const std::set<std::string_view>& roots) {
    if (roots.contains(path) || roots.contains(std::string_view{})) return true;
    for (auto end = path.rfind('/'); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
      if (roots.contains(path.substr(0, end))) return true;
    }
    return false;
  }
  bool hidden(const std::string& path) const {
    for (const auto& folder : unreadable_folders) {
      if (within(path, folder)) return true;
    }
    return false;
  }

  std::uint64_t inodes_ = 100;
  std::int64_t ticks_ = 0;
};

/// One engine between a SmallDisk and a SmallHub, with a clock that only moves when told to.
class ReplicaBench {
 public:
  explicit ReplicaBench(bool connect_first = true) {
    start();
    if (connect_first) connect();
  }

  static constexpr std::chrono::milliseconds a_while{3'000};
  /// More than any honest amount of work takes.
  static constexpr std::size_t rounds_max = 5'000;

  [[nodiscard]] engine::Now now() const { return now_; }

  /// (Re)starts the program on the same state, as after a crash.
  void start() {
    replica.reset();
    online = false;
    to_hub.clear();
    engine::ReplicaConfig config;
    config.machine = MachineId{id(1)};
    config.machine_name = "anvil";
    config.replica = ReplicaId{id(2)};
    config.project = "specs";
    config.boot = boot_;
    config.rescan_interval = std::chrono::seconds{0};
    config.document_bytes_max = document_bytes_max;
    config.mode = mode;
    config.branch = branch;
    config.follows_git = !branch.empty();
    auto opened = engine::ReplicaEngine::open(
        config, store, [this] { return id(++ids_); }, now_, git);
    replica = std::move(opened).value();
    if (after_open) after_open();
    carry_out();
  }

  /// The machine begins anew, with its wall clock off by `jump`.
  void reboot(std::chrono::milliseconds jump) {
    boot_ = id(++ids_);
    now_ = {BootTime{std::chrono::seconds{1}}, now_.wall + jump};
    start();
  }

  void connect() {
    online = true;
    replica->connected(now_);
    carry_out();
  }
  void cut(const std::string& why = "the line is cut") {
    online = false;
    to_hub.clear();
    replica->disconnected(why, now_);
    carry_out();
  }

  // ---- a user at the disk, with the events that a watcher sees
  void save(const std::string& path, std::string text) {
    disk.write(path, std::move(text));
    hint({engine::HintKind::closed, path, std::nullopt, false});
  }
  void replace(const std::string& path, std::string text) {
    disk.replace(path, std::move(text));
    hint({engine::HintKind::moved_in, path, std::nullopt, false});
  }
  void rename(const std::string& from, const std::string& to) {
    disk.rename(from, to);
    hint({engine::HintKind::moved_in, to, from, false});
  }
  void remove(const std::string& path) {
    disk.files.erase(path);
    hint({engine::HintKind::removed, path, std::nullopt, false});
  }
  void hint(const engine::Hint& hint) {
    look_at_git();
    replica->hinted(hint, now_);
    carry_out();
  }

  /// Time passes; the engine is called at each of its deadlines. Throws when it wants to be called without end.
  void pass(std::chrono::milliseconds time) {
    const auto end = now_.boot + time;
    for (std::size_t rounds = 0;; ++rounds) {
      const auto deadline = replica->deadline();
      if (!deadline || *deadline > end) break;
      if (rounds == rounds_max) throw std::runtime_error("the engine asks to be called again and again");
      set_clock(std::max(*deadline, now_.boot));
      ++wake_ups;
      look_at_git();
      replica->tick(now_);
      carry_out();
      if (replica->deadline() && *replica->deadline() <= now_.boot) set_clock(now_.boot + std::chrono::milliseconds{1});
    }
    set_clock(end);
  }

  /// Does what the engine asks for, until it asks for nothing more. Throws when it never stops asking.
  void carry_out() {
    for (std::size_t rounds = 0;; ++rounds) {
      auto actions = replica->take_actions();
      if (actions.empty() && (to_hub.empty() || hold_messages)) return;
      if (rounds == rounds_max) throw std::runtime_error("the engine asks for more without end");
      for (auto& action : actions) {
        if (auto* scan = std::get_if<engine::ScanRequest>(&action)) {
          if (before_scan) before_scan();
          const auto result = disk.scan(*scan, replica->files());
          if (after_scan) after_scan();
          look_at_git();
          replica->scanned(result, now_);
        } else if (auto* question = std::get_if<engine::GitQuestion>(&action)) {
          ++questions;
          replica->git_answered({question->id, git_problem, git_states, git_went_back}, now_);
        } else if (auto* application = std::get_if<engine::ApplyRequest>(&action)) {
          if (lose_power_first) return;
          const auto result = disk.apply(*application);
          ++applications;
          if (lose_power) return;
          replica->applied(result, now_);
        } else if (auto* send = std::get_if<engine::SendMessage>(&action)) {
          if (online) to_hub.push_back(std::move(send->message));
        } else if (auto* disconnect = std::get_if<engine::Disconnect>(&action)) {
          last_disconnect = disconnect->why;
          if (online) {
            online = false;
            to_hub.clear();
            replica->disconnected(disconnect->why, now_);
          }
        }
      }
      while (!hold_messages && !to_hub.empty()) {
        const auto message = std::move(to_hub.front());
        to_hub.pop_front();
        for (const auto& answer : hub.receive(message)) {
          look_at_git();
          if (online && !lose_answers) replica->received(answer, now_);
        }
      }
    }
  }

  void tell_head() {
    if (online) replica->received(wire::Head{hub.head()}, now_);
    carry_out();
  }

  [[nodiscard]] engine::ReplicaStatus status() const { return replica->status(now_); }
  [[nodiscard]] std::size_t versions_of(const std::string& path) const {
    std::size_t count = 0;
    for (const auto& entry : hub.feed) count += entry.path == path && entry.digest ? 1U : 0U;
    return count;
  }
  /// Every file on disk is at the hub with the same bytes, and nothing else is.
  [[nodiscard]] bool agrees() const {
    if (hub.live() != disk.files.size()) return false;
    for (const auto& [path, file] : disk.files) {
      if (hub.text_at(path) != file.text) return false;
    }
    return true;
  }

  static Uuid id(std::uint64_t number) {
    Uuid uuid;
    uuid.bytes[6] = 0x70;
    for (std::size_t i = 0; i < 8; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return uuid;
  }

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
  void look_at_git() {
    if (git.work_tree) replica->git_seen(git, now_);
  }
  void set_clock(BootTime boot) {
    now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(boot - now_.boot);
    now_.boot = boot;
    if (git.work_tree) disk.clock_ns = std::chrono::nanoseconds(now_.wall.time_since_epoch()).count();
  }

  engine::Now now_{BootTime{std::chrono::hours{1}}, Instant{std::chrono::hours{24 * 365 * 56}}};
  std::uint64_t ids_ = 1000;
  Uuid boot_ = id(3);
};

}  // namespace leanspec::fakes
