#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/engine/bridge_session.h"
#include "hub/engine/feed.h"
#include "hub/engine/hub_edit.h"
#include "hub/engine/sequencer.h"
#include "hub/engine/views.h"
#include "tests/fakes/memory_store.h"
#include "tests/simulation/simulated_bridge.h"

namespace leanspec::simulation {

/// What a bridge's key may do; the same for all of them, and it can run out.
class SimulatedRights final : public hub::engine::BridgeRights {
 public:
  [[nodiscard]] std::uint64_t version() const override { return version_; }
  [[nodiscard]] Status may_read(const ProjectId&) override { return check(); }
  [[nodiscard]] Status may_push(const ProjectId&) override { return check(); }
  [[nodiscard]] Status may_create_project() override { return check(); }
  [[nodiscard]] Status may_connect() override { return check(); }
  [[nodiscard]] std::optional<KeyId> key() const override { return std::nullopt; }
  [[nodiscard]] std::optional<UserId> user() const override { return std::nullopt; }
  [[nodiscard]] std::string warning(Instant) const override { return {}; }

  void set_valid(bool valid) {
    valid_ = valid;
    ++version_;
  }
  [[nodiscard]] bool valid() const { return valid_; }

 private:
  [[nodiscard]] Status check() const {
    if (valid_) return {};
    return Error(ErrorCode::unauthenticated, "the key has expired");
  }
  bool valid_ = true;
  std::uint64_t version_ = 1;
};

/// The hub: a database that outlives everything, and a process that comes and goes over it: the product's sessions,
/// sequencer, feed, roster and views, joined as the hub's API joins them.
class SimulatedHub {
 public:
  /// `skew_of`: how far a machine's clock is off.
  SimulatedHub(Stage stage, SimulatedNetwork& network, fakes::MemoryStore& store,
               std::function<milliseconds(std::size_t bridge)> skew_of);
  ~SimulatedHub();

  // ---- life
  void start();
  void crash(milliseconds until_restart);
  /// Says goodbye first.
  void restart(milliseconds until_restart);
  void crash_at_next_commit(milliseconds until_restart);
  [[nodiscard]] bool running() const { return process_ != nullptr; }

  // ---- the database
  void fail_commits(fakes::CommitFault fault, std::uint64_t count);
  void set_outage(std::optional<Error> outage) { store_.outage = std::move(outage); }
  void back_up();
  void restore();
  [[nodiscard]] bool was_restored() const { return restored_; }

  // ---- people
  void revoke(const MachineId& machine, bool revoked);
  SimulatedRights rights;
  SimulatedClock clock;

  // ---- the network
  [[nodiscard]] bool accepts(LinkId link, std::size_t bridge, bool& refused);
  void receives(LinkId link, const std::string& frame);
  void drained(LinkId link);
  void loses(LinkId link);

  /// As the API makes it. Nothing: the hub is not there, or nobody knows whether it was made.
  std::optional<hub::engine::HubEditOutcome> edit(const hub::engine::HubEdit& edit);

  /// On which people at the hub work.
  [[nodiscard]] BranchId branch() const { return branch_; }
  /// What people read.
  [[nodiscard]] Result<hub::engine::ViewAt> view(BranchId branch);
  [[nodiscard]] fakes::MemoryStore& store() { return store_; }

 private:
  class Connection;
  struct Job {
    LinkId link = 0;
    hub::engine::PushJob job;
  };
  struct Process {
    Process(store::Store& store, const hub::engine::NewId& new_id);
    ~Process();
    hub::engine::BodyDeltas deltas;
    hub::engine::Sequencer sequencer;
    hub::engine::Views views;
    hub::engine::Feed feed;
    hub::engine::BridgeRoster roster;
    std::map<LinkId, std::unique_ptr<Connection>> connections;
    std::deque<Job> jobs;
    bool commit_due = false;
  };

  [[nodiscard]] hub::engine::NewId new_id();
  void stop();
  void submit(LinkId link, hub::engine::PushJob job);
  void commit();
  void tick();
  void say(const std::string& what);
  void work_on(LinkId link, const std::function<void(hub::engine::BridgeSession&)>& work);
  void bend(std::size_t bridge, wire::ToHub& message);
  [[nodiscard]] hub::engine::HubEdit bent(hub::engine::HubEdit edit) const;
  void make_something();
  void tell_too_early();
  [[nodiscard]] std::optional<store::Version> head_of(const DocumentId& document) const;

  Stage stage_;
  SimulatedNetwork& network_;
  fakes::MemoryStore& store_;
  const std::function<milliseconds(std::size_t)> skew_of_;
  BranchId branch_;
  std::unique_ptr<Process> process_;
  std::uint64_t life_ = 0;
  std::optional<fakes::MemoryTables> backup_;
  bool restored_ = false;
  std::optional<milliseconds> crash_at_commit_;
  // For the canaries.
  std::deque<fakes::MemoryTables> recent_;
  std::optional<hub::engine::ViewAt> first_view_;
  std::map<ChangeId, ChangeId> other_name_;
  std::map<ChangeId, ChangeId> true_name_;
  std::uint64_t answers_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace leanspec::simulation
