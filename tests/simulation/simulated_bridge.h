#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/disk/applier.h"
#include "bridge/disk/scanner.h"
#include "host/clock.h"
#include "tests/simulation/careless_sender.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/simulated_git.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulated_replica.h"
#include "tests/simulation/simulated_state_store.h"
#include "tests/simulation/stage.h"
#include "wire/limits.h"

namespace leanspec::simulation {

/// A machine's two clocks over the executor's time: the wall clock is off and jumps, the boot clock begins anew at each
/// boot.
class SimulatedClock final : public host::Clock {
 public:
  explicit SimulatedClock(const Executor& executor) : executor_(executor) {}
  [[nodiscard]] Instant now() const override { return epoch + executor_.now() + skew; }
  [[nodiscard]] BootTime since_boot() const override { return BootTime(executor_.now() - booted_at); }

  static constexpr Instant epoch{milliseconds(1'700'000'000'000)};
  milliseconds skew{0};
  milliseconds booted_at{-3'600'000};

 private:
  const Executor& executor_;
};

/// One machine: a disk, a durable memory, and a bridge's process that comes and goes between them. The process is the
/// product's scanner and applier, and its engine for each branch of the folder that is at work; this joins them, as
/// SyncedFolder does in the daemon.
class SimulatedBridge : private ReplicaHost {
 public:
  SimulatedBridge(Stage stage, SimulatedNetwork& network, std::size_t index);

  // ---- life
  void start();
  /// The process is gone at once; the disk and what was committed stay.
  void crash(milliseconds until_restart);
  void reboot(milliseconds until_restart);
  /// The wall clock is another one by so much.
  void set_clock(milliseconds by);
  /// The machine goes dark, and what its disk has not written down is gone.
  void cut_power(milliseconds until_restart);
  /// In the middle of what the applier is doing, so many calls from now; if it is doing anything.
  void die_in(std::uint64_t calls) { disk.tree.set_calls_left(calls); }
  void lose_state();
  /// The applier is at work.
  [[nodiscard]] bool applies() const { return applies_; }
  [[nodiscard]] bool running() const { return here_ != nullptr; }

  // ---- from the disk, as a watcher tells it
  enum class HintFault { none, lost, twice, disordered };
  void hint(engine::HintKind kind, const std::string& path, std::optional<std::string> from = std::nullopt,
            bool folder = false);
  void overflow();
  void set_hint_fault(HintFault fault, milliseconds until);
  /// Of what happened between two looks at a place where nothing is.
  [[nodiscard]] bool lost_a_hint() const {
    constexpr milliseconds between_looks{4'000};
    return hint_lost_at_ && stage_.executor.now() - *hint_lost_at_ < between_looks;
  }

  // ---- from people
  void approve();
  void pause(bool paused);
  /// A renewed key, or a person who has logged in again.
  void settings_changed();

  // ---- from the network
  void opened(LinkId link);
  void received(LinkId link, const std::string& frame);
  void lost(LinkId link, unsigned code);
  void could_not_connect(LinkId link, bool refused);

  /// Before the hub loses what is not in its backup.
  void forget_what_is_safe();

  /// Nothing can keep a text on this disk from the hub, and that since then.
  void disturbed(milliseconds until);
  [[nodiscard]] milliseconds calm_since() const;

  [[nodiscard]] bool at_rest() const;
  [[nodiscard]] engine::Now now() const override { return {clock.since_boot(), clock.now()}; }
  /// Of the branch that has the disk; null while no process runs.
  [[nodiscard]] engine::ReplicaEngine* replica() { return here_ ? &here_->engine() : nullptr; }
  /// The branch that has the disk, or had it as the process ended.
  [[nodiscard]] const std::string& branch() const { return branch_; }
  [[nodiscard]] SimulatedStateStore& store() { return stores_.at(branch_); }
  /// By branch; one that the folder was never on has none.
  [[nodiscard]] const std::map<std::string, SimulatedStateStore>& stores() const { return stores_; }
  /// It stood there as another branch was left, and not as this one was opened.
  [[nodiscard]] bool began_without(const std::string& branch, const std::string& path) const {
    return began_without_.contains({branch, path});
  }
  /// Of all stores: they lie on one disk.
  void fill_stores(bool full);
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] MachineId machine() const { return machine_; }
  [[nodiscard]] ReplicaId replica_id() const { return replica_; }
  [[nodiscard]] std::uint64_t wake_ups() const { return wake_ups_; }

  SimulatedClock clock;
  SimulatedDisk disk;
  /// The work tree that the folder is; nothing where there is no git.
  std::optional<SimulatedGit> git;
  /// Dies after so many more messages were sent.
  std::optional<std::uint64_t> sends_left;
  /// Dies after so many more of the applier's calls to the disk.
  std::optional<std::uint64_t> disk_calls_left;

 private:
  // ReplicaHost
  void look_at_git() override;
  void scan(const SimulatedReplica& replica, engine::ScanRequest request) override;
  void apply(const SimulatedReplica& replica, engine::ApplyRequest request) override;
  void ask_git(const SimulatedReplica& replica, engine::GitQuestion question) override;
  void performed(const SimulatedReplica& replica) override;
  void connection_begins() override {
    rests_until_ = milliseconds{0};
    disturbed(stage_.executor.now());
  }
  void connection_ended() override { rests_until_ = stage_.executor.now() + wire::limits::reconnect_max; }
  [[nodiscard]] bool may_send() override;
  void say(const std::string& what) override;

  // ---- simulated_bridge_branches.cpp: which branch has the disk, as folder_branches.cpp decides it in the daemon
  [[nodiscard]] engine::ReplicaConfig config_for(const std::string& branch) const;
  [[nodiscard]] Result<std::unique_ptr<SimulatedReplica>> make_replica(const std::string& branch);
  [[nodiscard]] Status open_branches();
  [[nodiscard]] Status open_here(const std::string& branch, const engine::LeftBranch* left);
  void note_what_it_begins_without();
  [[nodiscard]] bool has_work(const std::string& branch, const SimulatedStateStore& store) const;
  void open_behind(const std::string& branch);
  void change_branch();
  void close_answered();
  /// In the middle of opening a state.
  void could_not_open(const Error& error);
  [[nodiscard]] SimulatedStateStore& store_of(const std::string& branch);
  [[nodiscard]] std::optional<std::string> checked_out(const engine::GitFingerprint& seen) const;
  [[nodiscard]] bool is_elsewhere(const engine::GitFingerprint& seen) const;
  /// The one that has the disk first. The process may die of any of them, and only in a turn of its own loses one.
  template <typename Work>
  void each_replica(Work work) {
    const auto life = life_;
    if (here_) work(*here_);
    for (auto at = behind_.begin(); life == life_ && at != behind_.end(); ++at) work(*at->second);
  }
  [[nodiscard]] SimulatedReplica* with(LinkId link);

  void carry_out(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub);
  void notice_applied(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub);
  void notice_guard();
  void notice_committed(const engine::StateUpdate& update);
  void bend(const engine::ApplyRequest& request, engine::ApplyResult& result);
  void sweep_staging();
  void spin();
  [[nodiscard]] engine::GitFingerprint fingerprint() const;
  void tell_of(const engine::ApplyRequest& request, const engine::ApplyResult& result);
  void empty_files_tell_nothing();
  void stop();
  /// The process is gone in the middle of what it was doing, and does nothing more.
  [[nodiscard]] bool is_dead() const;
  void scan_step();
  void count_look();
  void wake(std::uint64_t generation);
  void schedule_wake();
  void deliver(const engine::Hint& hint, milliseconds delay);
  [[nodiscard]] Uuid uuid() { return stage_.chance.entropy().uuid7(clock.now()); }

  Stage stage_;
  SimulatedNetwork& network_;
  const std::size_t index_;
  const MachineId machine_;
  const ReplicaId replica_;
  Uuid boot_;
  Uuid nonce_;  ///< of the process
  CarelessSender careless_;
  std::map<std::string, SimulatedStateStore> stores_;
  std::string branch_ = "main";
  std::unique_ptr<bridge::disk::Scanner> scanner_;
  std::unique_ptr<SimulatedReplica> here_;
  std::map<std::string, std::unique_ptr<SimulatedReplica>> behind_;  ///< with work that the hub has not answered
  bool begins_ = false;                                              ///< and was not looked at yet
  std::set<std::pair<std::string, std::string>> began_without_;      ///< by branch, paths
  bool died_applying_ = false;                   ///< in the middle, and nothing it asked the disk for was done since
  std::set<std::string> staged_for_others_;      ///< names in the staging folder that another branch knows
  std::optional<engine::ApplyRequest> waiting_;  ///< until git is on the branch again that wants it
  bool branch_changes_ = false;
  std::uint64_t turn_ = 0;                ///< of the branch that has the disk: what was begun for it is for it alone
  engine::GitFingerprint read_at_start_;  ///< for the canary that never looks at HEAD again
  std::optional<bridge::disk::Applier> applier_;
  bool scanning_ = false;
  bool looks_everywhere_ = false;
  std::optional<milliseconds> state_lost_at_;
  bool died_sending_ = false;
  bool applies_ = false;
  bool wants_pause_ = false;  ///< what the person said last
  std::uint64_t life_ = 0;    ///< of the process
  std::uint64_t wake_generation_ = 0;
  std::optional<milliseconds> wake_at_;
  HintFault hint_fault_ = HintFault::none;
  milliseconds hint_fault_until_{0};
  std::optional<milliseconds> hint_lost_at_;
  milliseconds last_hint_due_{0};
  bool was_set_back_ = false;  ///< its clock, ever
  milliseconds calm_since_{0};
  milliseconds rests_until_{0};  ///< at the latest, before it tries the hub again; zero: it does
  std::uint64_t wake_ups_ = 0;
  std::uint64_t looks_ = 0;  ///< at the disk, in the minute that began then
  milliseconds looks_since_{0};
  engine::ReplicaStateName seen_state_ = engine::ReplicaStateName::starting;
};

}  // namespace leanspec::simulation
