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
#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_driver.h"
#include "bridge/engine/replica_engine.h"
#include "host/clock.h"
#include "tests/simulation/event_log.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/sight.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/simulated_git.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulated_state_store.h"

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

/// What all parts of a world share.
struct Stage {
  Executor& executor;
  Chance& chance;
  EventLog& log;
  Invariants& invariants;
  const Schedule& schedule;
  std::set<Sight>& sights;
  Canary canary = Canary::none;
};

/// One machine: a disk, a durable memory, and a bridge's process that comes and goes between them. The process is the
/// product's scanner, engine and driver; this is the driver's port, as SyncedFolder is in the daemon.
class SimulatedBridge : private engine::ReplicaPort {
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
  [[nodiscard]] bool running() const { return engine_ != nullptr; }

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
  [[nodiscard]] milliseconds calm_since() const { return calm_since_; }

  [[nodiscard]] bool at_rest() const;
  [[nodiscard]] engine::Now now() const { return {clock.since_boot(), clock.now()}; }
  [[nodiscard]] engine::ReplicaEngine* replica() { return engine_.get(); }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] MachineId machine() const { return machine_; }
  [[nodiscard]] ReplicaId replica_id() const { return replica_; }
  [[nodiscard]] std::uint64_t wake_ups() const { return wake_ups_; }

  SimulatedClock clock;
  SimulatedDisk disk;
  /// The work tree that the folder is; nothing where there is no git.
  std::optional<SimulatedGit> git;
  SimulatedStateStore store;
  /// Dies after so many more messages were sent.
  std::optional<std::uint64_t> sends_left;
  /// Dies after so many more of the applier's calls to the disk.
  std::optional<std::uint64_t> disk_calls_left;

 private:
  // engine::ReplicaPort
  [[nodiscard]] Status connect() override;
  void drop_connection() override;
  void send(const wire::ToHub& message) override;
  void scan(engine::ScanRequest request) override;
  void apply(engine::ApplyRequest request) override;
  void ask_git(engine::GitQuestion question) override;
  void status_changed() override {}
  void connection_ended(const engine::ConnectionEnd& end) override;
  void performed() override;

  void carry_out(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub);
  void notice_applied(const engine::ApplyRequest& request, std::optional<Epoch> life_of_hub);
  void notice_guard();
  void notice_committed(const engine::StateUpdate& update);
  void bend(const engine::ApplyRequest& request, engine::ApplyResult& result);
  void sweep_staging();
  void bend(wire::ToBridge& message);
  [[nodiscard]] std::optional<wire::Push> bent(const wire::ToHub& message);
  void repeat_last();
  void make_something_up(wire::Push push);
  void spin();
  /// Before whatever the engine is told.
  void look_at_git();
  [[nodiscard]] engine::GitFingerprint fingerprint() const;
  void tell_of(const engine::ApplyRequest& request, const engine::ApplyResult& result);
  void empty_files_tell_nothing();
  void stop();
  /// The process is gone in the middle of what it was doing, and does nothing more.
  [[nodiscard]] bool is_dead() const { return died_sending_ || store.power_gone; }
  void scan_step();
  void count_look();
  void wake(std::uint64_t generation);
  void schedule_wake();
  void deliver(const engine::Hint& hint, milliseconds delay);
  void say(const std::string& what);
  [[nodiscard]] Uuid uuid() { return stage_.chance.entropy().uuid7(clock.now()); }

  Stage stage_;
  SimulatedNetwork& network_;
  const std::size_t index_;
  const MachineId machine_;
  const ReplicaId replica_;
  Uuid boot_;
  std::unique_ptr<bridge::disk::Scanner> scanner_;
  std::unique_ptr<engine::ReplicaEngine> engine_;
  std::optional<engine::Reconnect> reconnect_;
  std::optional<engine::ReplicaDriver> driver_;
  std::optional<bridge::disk::Applier> applier_;
  std::optional<LinkId> link_;
  bool open_ = false;
  bool scanning_ = false;
  bool looks_everywhere_ = false;
  std::optional<milliseconds> state_lost_at_;
  bool died_sending_ = false;
  bool applies_ = false;
  std::optional<wire::Push> last_push_;  ///< for the canary that sends it again
  bool resume_at_start_ = false;         ///< a person ended the pause while nothing ran
  std::uint64_t life_ = 0;               ///< of the process
  std::uint64_t wake_generation_ = 0;
  std::optional<milliseconds> wake_at_;
  HintFault hint_fault_ = HintFault::none;
  milliseconds hint_fault_until_{0};
  std::optional<milliseconds> hint_lost_at_;
  milliseconds last_hint_due_{0};
  milliseconds calm_since_{0};
  std::uint64_t wake_ups_ = 0;
  std::uint64_t looks_ = 0;  ///< at the disk, in the minute that began then
  milliseconds looks_since_{0};
  engine::ReplicaStateName seen_state_ = engine::ReplicaStateName::starting;
  std::map<ChangeId, bool> sent_once_;  ///< for the canary that sends other bytes
};

}  // namespace leanspec::simulation
