#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_driver.h"
#include "bridge/engine/replica_engine.h"
#include "tests/simulation/careless_sender.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/stage.h"

namespace leanspec::simulation {

namespace engine = bridge::engine;

class SimulatedReplica;

/// The machine, as one branch of its folder sees it; BranchHost in the daemon.
class ReplicaHost {
 public:
  virtual ~ReplicaHost() = default;
  [[nodiscard]] virtual engine::Now now() const = 0;
  /// Before whatever the engine is told.
  virtual void look_at_git() = 0;
  virtual void scan(const SimulatedReplica& replica, engine::ScanRequest request) = 0;
  virtual void apply(const SimulatedReplica& replica, engine::ApplyRequest request) = 0;
  virtual void ask_git(const SimulatedReplica& replica, engine::GitQuestion question) = 0;
  virtual void performed(const SimulatedReplica& replica) = 0;
  /// No text of this disk can be expected at the hub at once.
  virtual void connection_begins() = 0;
  virtual void connection_ended() = 0;
  /// False: the process died, just now or before.
  [[nodiscard]] virtual bool may_send() = 0;
  virtual void say(const std::string& what) = 0;
};

/// One branch of a machine's folder at work, as SyncedBranch in the daemon: the product's engine and driver, and a
/// connection of its own to the hub. At most one of a folder has the disk.
class SimulatedReplica final : private engine::ReplicaPort {
 public:
  struct Machine {
    Stage stage;
    SimulatedNetwork& network;
    std::size_t index;
    ReplicaHost& host;
    CarelessSender& careless;
  };
  /// Machine and store outlive it. Errors: those of ReplicaEngine::open.
  [[nodiscard]] static Result<std::unique_ptr<SimulatedReplica>> open(const Machine& machine, engine::StateStore& store,
                                                                      engine::ReplicaConfig config,
                                                                      const engine::ReplicaEngine::MakeUuid& make_uuid,
                                                                      engine::GitFingerprint git);
  ~SimulatedReplica() override { drop_connection(); }
  SimulatedReplica(const SimulatedReplica&) = delete;
  SimulatedReplica& operator=(const SimulatedReplica&) = delete;

  [[nodiscard]] const std::string& branch() const { return branch_; }
  [[nodiscard]] engine::ReplicaEngine& engine() { return *engine_; }
  [[nodiscard]] const engine::ReplicaEngine& engine() const { return *engine_; }
  [[nodiscard]] engine::ReplicaDriver& driver() { return *driver_; }
  [[nodiscard]] bool is_connected() const { return open_; }
  [[nodiscard]] bool has_nothing_to_send() const { return engine_->has_nothing_to_send(); }
  /// False: there is no connection.
  bool send_as_it_is(const wire::ToHub& message);

  // ---- from the network
  [[nodiscard]] bool has(LinkId link) const { return link_ == link; }
  void opened();
  void received(const std::string& frame);
  void lost(unsigned code);
  void could_not_connect(bool refused);

 private:
  SimulatedReplica(const Machine& machine, std::string branch);

  // engine::ReplicaPort
  [[nodiscard]] Status connect() override;
  void drop_connection() override;
  void send(const wire::ToHub& message) override;
  void scan(engine::ScanRequest request) override { machine_.host.scan(*this, std::move(request)); }
  void apply(engine::ApplyRequest request) override { machine_.host.apply(*this, std::move(request)); }
  void ask_git(engine::GitQuestion question) override { machine_.host.ask_git(*this, std::move(question)); }
  void status_changed() override {}
  void connection_ended(const engine::ConnectionEnd& end) override;
  void performed() override { machine_.host.performed(*this); }

  const Machine machine_;
  const std::string branch_;
  engine::Reconnect reconnect_;
  std::unique_ptr<engine::ReplicaEngine> engine_;
  std::optional<engine::ReplicaDriver> driver_;
  std::optional<LinkId> link_;
  bool open_ = false;
};

}  // namespace leanspec::simulation
