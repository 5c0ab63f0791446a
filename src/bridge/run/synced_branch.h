#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_driver.h"
#include "bridge/engine/replica_engine.h"
#include "bridge/link/hub_link.h"
#include "host/clock.h"

namespace leanspec::bridge::run {

class SyncedBranch;

/// The folder, as one of its branches sees it. What is asked of the disk is for the branch that is checked out alone.
class BranchHost {
 public:
  virtual ~BranchHost() = default;
  /// Error: why there is none, in words.
  [[nodiscard]] virtual Result<link::HubAddress> hub_address() = 0;
  /// Before whatever the engine is told: it may act on it at once.
  virtual void look_at_git() = 0;
  virtual void welcomed(const wire::Welcome& welcome) = 0;
  virtual void told(const wire::Notice& notice) = 0;
  virtual void scan(const SyncedBranch& branch, engine::ScanRequest request) = 0;
  virtual void apply(const SyncedBranch& branch, engine::ApplyRequest request) = 0;
  virtual void ask_git(const SyncedBranch& branch, engine::GitQuestion question) = 0;
  virtual void status_changed() = 0;
  virtual void connection_ended(const SyncedBranch& branch, const engine::ConnectionEnd& end) = 0;
  virtual void performed(const SyncedBranch& branch) = 0;
};

/// One branch of a folder at work: its engine, its state, and its own connection to the hub. At most one of a folder
/// has the disk; others live only until what was made on them has been answered (law 24). Ends are for the host to
/// make, and never from within a call of this.
class SyncedBranch final : public link::LinkOwner, private engine::ReplicaPort {
 public:
  /// `reconnect` outlives this. Errors: those of ReplicaEngine::open.
  [[nodiscard]] static Result<std::unique_ptr<SyncedBranch>> open(
      boost::asio::io_context& context, const host::Clock& clock, BranchHost& host, engine::Reconnect& reconnect,
      std::unique_ptr<engine::StateStore> store, engine::ReplicaConfig config,
      const engine::ReplicaEngine::MakeUuid& make_uuid, engine::GitFingerprint git);
  ~SyncedBranch() override;
  SyncedBranch(const SyncedBranch&) = delete;
  SyncedBranch& operator=(const SyncedBranch&) = delete;

  /// As git has it; "" where git has no say.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] engine::ReplicaEngine& engine() { return *engine_; }
  [[nodiscard]] const engine::ReplicaEngine& engine() const { return *engine_; }
  [[nodiscard]] engine::ReplicaDriver& driver() { return *driver_; }
  [[nodiscard]] bool has_nothing_to_send() const { return engine_->has_nothing_to_send(); }

  /// Why there is no connection; "" while there is one.
  [[nodiscard]] const std::string& connection() const { return connection_; }
  [[nodiscard]] const std::string& connection_remedy() const { return connection_remedy_; }
  /// Says goodbye to the hub.
  void stop();

  // link::LinkOwner
  void link_opened() override;
  void link_received(wire::ToBridge message) override;
  void link_ended(link::LinkEnd end) override;

 private:
  SyncedBranch(boost::asio::io_context& context, const host::Clock& clock, BranchHost& host,
               std::unique_ptr<engine::StateStore> store, std::string name);
  [[nodiscard]] engine::Now now() const { return engine::Now{clock_.since_boot(), clock_.now()}; }

  // engine::ReplicaPort
  [[nodiscard]] Status connect() override;
  void drop_connection() override;
  void send(const wire::ToHub& message) override;
  void scan(engine::ScanRequest request) override { host_.scan(*this, std::move(request)); }
  void apply(engine::ApplyRequest request) override { host_.apply(*this, std::move(request)); }
  void ask_git(engine::GitQuestion question) override { host_.ask_git(*this, std::move(question)); }
  void status_changed() override { host_.status_changed(); }
  void connection_ended(const engine::ConnectionEnd& end) override;
  void performed() override { host_.performed(*this); }

  boost::asio::io_context& context_;
  const host::Clock& clock_;
  BranchHost& host_;
  const std::string name_;
  std::unique_ptr<engine::StateStore> store_;
  std::unique_ptr<engine::ReplicaEngine> engine_;
  std::optional<engine::ReplicaDriver> driver_;
  std::unique_ptr<link::HubLink> link_;
  std::string connection_ = "not tried yet";
  std::string connection_remedy_;
};

}  // namespace leanspec::bridge::run
