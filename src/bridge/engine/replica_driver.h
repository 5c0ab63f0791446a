#pragma once

#include <optional>

#include "bridge/engine/connection_end.h"
#include "bridge/engine/reconnect.h"
#include "bridge/engine/replica_engine.h"

namespace leanspec::bridge::engine {

/// What a driver asks of the process it runs in.
class ReplicaPort {
 public:
  virtual ~ReplicaPort() = default;
  /// Begins an attempt to connect; ReplicaDriver::opened or ended follows. Error: none can begin (no key, a bad
  /// address).
  [[nodiscard]] virtual Status connect() = 0;
  /// The connection, or the attempt, is over here and now, and no word of it comes back.
  virtual void drop_connection() = 0;
  virtual void send(const wire::ToHub& message) = 0;
  virtual void scan(ScanRequest request) = 0;
  virtual void apply(ApplyRequest request) = 0;
  /// ReplicaEngine::git_answered follows.
  virtual void ask_git(GitQuestion question) = 0;
  virtual void status_changed() = 0;
  /// For people: why the connection ended or none came about. The engine hears of it next.
  virtual void connection_ended(const ConnectionEnd& end) = 0;
  /// Everything is handed out: go on with looks that are under way, and wake me at deadline(). The last call; the
  /// driver may be destroyed in it.
  virtual void performed() = 0;
};

/// One life of a replica in a process: carries out what the engine asks for, keeps one connection alive by the rule of
/// Reconnect, and tells both how it ended. The daemon and the simulation differ only in their port. The engine and the
/// port outlive it; Reconnect outlives the engine, so that a folder that is opened again keeps its patience. Not
/// thread-safe; one owner.
class ReplicaDriver {
 public:
  ReplicaDriver(ReplicaEngine& engine, Reconnect& reconnect, ReplicaPort& port)
      : engine_(engine), reconnect_(reconnect), port_(port) {}
  ReplicaDriver(const ReplicaDriver&) = delete;
  ReplicaDriver& operator=(const ReplicaDriver&) = delete;

  // ---- from the connection
  void opened(Now now);
  void received(const wire::ToBridge& message, Now now);
  void ended(ConnectionEnd end, Now now);

  // ---- from people and the system
  /// Another hub or key: connect anew.
  void settings_changed(Now now);
  void network_up(Now now);
  /// No further attempt to connect.
  void stop() { stopping_ = true; }

  /// It is deadline(), or earlier.
  void tick(Now now);
  /// To be called after every input that the engine was given without the driver.
  void perform(Now now);
  [[nodiscard]] std::optional<BootTime> deadline() const;

 private:
  void connect_if_due(Now now);

  ReplicaEngine& engine_;
  Reconnect& reconnect_;
  ReplicaPort& port_;
  bool linked_ = false;  ///< connected, or on the way
  bool stopping_ = false;
};

}  // namespace leanspec::bridge::engine
