#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "bridge/engine/connection_end.h"
#include "bridge/engine/replica_engine.h"
#include "host/clock.h"
#include "host/log.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"
#include "wire/message.h"

namespace leanspec::bridge::run {

/// What the log says of one folder: how it opens, fails, connects, and which state it is in, each once until it
/// changes. Not thread-safe; one owner.
class FolderJournal {
 public:
  FolderJournal(host::Log& log, const host::Clock& clock, std::string root);

  void opened_again();
  void failed(const Error& error);
  void state_was_damaged(const std::string& notice);
  void connected(const wire::Welcome& welcome);
  void branch_changed(const std::string& from, const std::string& to);
  void told(const wire::Notice& notice);
  void connection_ended(const engine::ConnectionEnd& end);

  /// Something that people see has changed.
  void status_changed() { due_ = true; }
  /// Writes the state if it is due and another one. True: everything is in sync, and was not when last asked for.
  bool note(const engine::ReplicaEngine& replica);
  /// When note() wants to be called.
  [[nodiscard]] std::optional<BootTime> deadline() const;

  /// The state is looked at at most this often, and for at most a `note_share`th of the time: it costs a walk over all
  /// documents, which a first sync of thousands must not pay at every turn.
  static constexpr std::chrono::milliseconds note_interval{500};
  static constexpr int note_share = 30;

 private:
  void write_state(const engine::ReplicaEngine& replica, engine::ReplicaStateName name);

  host::Log& log_;
  const host::Clock& clock_;
  std::string root_;
  std::string last_state_;
  bool due_ = false;
  BootTime after_{};
};

}  // namespace leanspec::bridge::run
