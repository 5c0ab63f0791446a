#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bridge/engine/apply.h"
#include "bridge/engine/barrier.h"
#include "bridge/engine/branch_seed.h"
#include "bridge/engine/git_fingerprint.h"
#include "bridge/engine/git_question.h"
#include "bridge/engine/scan.h"
#include "bridge/engine/state.h"
#include "bridge/engine/status.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// Both clocks at the moment of an input.
struct Now {
  BootTime boot;
  Instant wall;
};

/// Who this replica is and what it syncs.
struct ReplicaConfig {
  MachineId machine;
  std::string machine_name;
  bool machine_renamed = false;  ///< a person chose the name here, and the hub has not heard of it
  ReplicaId replica;
  std::string project;  ///< id, or a name to join or create
  bool create_project = false;
  std::string branch;  ///< "" for folders without git
  /// `branch` is the git branch of that name, and while another one is checked out the disk is not ours: what was made
  /// before is sent, and nothing else happens. False: what `branch` names is synced whatever git calls it.
  bool follows_git = false;
  SyncMode mode = SyncMode::push;
  std::string client_version;
  std::string platform;
  std::string root_hint;  ///< the folder's last name
  Uuid boot_nonce;        ///< made at process start
  Uuid boot;              ///< the same for one boot of the machine
  /// Larger files are listed and not synced; less than the protocol's bound only in tests.
  std::uint64_t document_bytes_max = wire::limits::document_bytes_max;
  /// A whole look at the disk this often, as a backstop to lost events. Zero: never.
  std::chrono::seconds rescan_interval{600};
};

/// Send this over the connection. Dropped by the caller if there is none.
struct SendMessage {
  wire::ToHub message;
};
/// Something that people see has changed; read status() when convenient.
struct StatusChanged {};
/// The connection is of no use any more; close it and reconnect in the usual way.
struct Disconnect {
  std::string why;
};

using Action = std::variant<SendMessage, ScanRequest, ApplyRequest, GitQuestion, StatusChanged, Disconnect>;

/// The mind of one watched folder: hints, observations and messages in, actions out. No I/O but the StateStore, no
/// clock, no chance: time and ids are passed in, so the simulation runs this very code. Not thread-safe; one owner.
///
/// The way through it: hint → settle → scan → identify → local tree → reconcile(local, synced, remote) → pending change
/// with its bytes in one commit → push → result → synced tree. Nothing is a queue: after a crash the three trees and
/// the pending changes say what is to be done. The way back, in two-way mode: changes → remote tree, whole → reconcile
/// → bodies → intent, durable → ApplyRequest → local and synced trees in one commit (laws 6, 8 to 10). In push mode
/// what the hub has newer is listed as incoming.
///
/// Beside git (laws 22, 23, 25): the caller reads the fingerprint of the work tree and tells it by git_seen() before
/// every input, so it is known when a look begins, when it ends, and when what the look showed is sent or the disk is
/// written to, all in one turn. Where two of them differ, or git is at work, the look is dropped and made again.
/// GitWatch has the rules. Another branch than the first that was seen is synced only when a person says so; changes
/// that are durable already are sent all the same (law 24).
///
/// The caller: creates it, connects when it likes, answers each ScanRequest with exactly one scanned(), each
/// ApplyRequest with exactly one applied() and each GitQuestion with one git_answered(), calls tick() at deadline(),
/// and after every call carries out take_actions() in order.
class ReplicaEngine {
 public:
  /// Any unique value; version 7 (make_uuid7) so that rows sort by time.
  using MakeUuid = std::function<Uuid()>;

  /// Loads the state and asks for the first whole scan. Errors: those of StateStore::load.
  [[nodiscard]] static Result<std::unique_ptr<ReplicaEngine>> open(ReplicaConfig config, StateStore& store,
                                                                   const MakeUuid& make_uuid, Now now,
                                                                   GitFingerprint git = {});
  ~ReplicaEngine();
  ReplicaEngine(const ReplicaEngine&) = delete;
  ReplicaEngine& operator=(const ReplicaEngine&) = delete;

  // ---- from the disk
  void hinted(const Hint& hint, Now now);
  void scanned(const ScanResult& result, Now now);
  void applied(const ApplyResult& result, Now now);
  /// The names in the staging folder, after a look at everything and before its scanned(). Those that no intent
  /// explains are named in the status' warnings: after a loss of memory nobody knows whose texts they are.
  void seen_in_staging(std::vector<std::string> names);

  /// The work tree as it is now. The next input acts on it.
  void git_seen(GitFingerprint git, Now now);
  void git_answered(const GitAnswer& answer, Now now);
  /// The branch was checked out, or is as the process begins: what stands on disk is this branch's from now on, but for
  /// what came along from the one before. To be called before the first look.
  void take_disk(CarriedDisk carried, Now now);
  /// Another branch was checked out. All that is known so far becomes durable; nothing is to be said to this engine any
  /// more, and what it still has to send is for one that is opened anew.
  void leave_disk(Now now);
  /// Every change that was made is answered, and no answer can be lost any more.
  [[nodiscard]] bool has_nothing_to_send() const;
  /// What the branch that comes begins with, if it is a new one. Errors: corrupt, io.
  [[nodiscard]] Result<LeftBranch> left_branch(Now now);

  // ---- from the connection
  /// A WebSocket is open: answers with Hello.
  void connected(Now now);
  void disconnected(const std::string& why, Now now);
  /// No connection came about. `refused`: the hub did not let us in, and trying again is of no use until a person acts.
  void connect_failed(const std::string& why, bool refused, Now now);
  void received(const wire::ToBridge& message, Now now);

  /// The system says that the network is back. What was lost in a short absence TCP sends again only after seconds, so
  /// a connection that does not answer soon is given up.
  void network_up(Now now);

  // ---- from people
  void pause(Now now);
  void resume(Now now);
  /// Releases what the guard holds.
  void approve(Now now);
  /// What the guard holds was not meant: it comes back from the hub. Errors: not_found (nothing is held), unsupported
  /// (nothing is written in this mode, or there is nothing to bring back), in words for people.
  [[nodiscard]] Status revert(Now now);
  /// What stands at `path` now, and is held or was put back on account of git, is what a person wants. Error:
  /// not_found if nothing there is.
  [[nodiscard]] Status accept(const std::string& path, Now now);
  /// Look at everything now (`flush`). The ticket says when all of that is in sync.
  Barrier::Ticket rescan(Now now);
  [[nodiscard]] bool flushed(Barrier::Ticket ticket) const;
  /// The credentials or the hub changed: a refusal is forgotten.
  void settings_changed(Now now);

  // ---- time
  void tick(Now now);
  /// When tick() wants to be called; nothing: not before another input.
  [[nodiscard]] std::optional<BootTime> deadline() const;

  /// What is to be done, in order. The engine counts it as done.
  [[nodiscard]] std::vector<Action> take_actions();

  // ---- to look at
  /// Files as last read: a scanner need not read again what has these facts (and was not racy).
  [[nodiscard]] const sync::DiskFiles& files() const;
  [[nodiscard]] ReplicaStatus status(Now now) const;
  /// status().state, without the walk over all documents.
  [[nodiscard]] ReplicaStateName state_name() const;
  [[nodiscard]] FileExplanation why(const std::string& path, Now now) const;
  [[nodiscard]] const ReplicaConfig& config() const;
  /// Set while the hub refuses us or asked for patience: not to be retried before (Reconnect obeys it).
  [[nodiscard]] std::optional<wire::Refused> refusal() const;
  /// Everything on disk has settled and everything sent is answered.
  [[nodiscard]] bool quiet() const;
  /// For tests and the simulation: the trees as they are in memory.
  [[nodiscard]] const ReplicaState& state() const;

  /// Pending changes are made in batches of at most this many, so that a first sync is not one transaction per file.
  static constexpr std::size_t pending_changes_max = 1'024;
  /// And with at most this many bytes of bodies (one larger body alone), the memory of one batch.
  static constexpr std::uint64_t pending_bytes_max = 4ULL * 1024 * 1024;
  /// Bodies of synced versions that are kept for deltas, on disk, oldest dropped first.
  static constexpr std::uint64_t kept_bodies_bytes_max = 32ULL * 1024 * 1024;

 private:
  class Impl;
  explicit ReplicaEngine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leanspec::bridge::engine
