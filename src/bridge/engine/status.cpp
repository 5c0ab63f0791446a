#include "bridge/engine/status.h"

namespace leanspec::bridge::engine {

std::string_view to_string(ReplicaStateName name) {
  switch (name) {
    case ReplicaStateName::refused:
      return "refused";
    case ReplicaStateName::halted:
      return "halted";
    case ReplicaStateName::guard:
      return "guard";
    case ReplicaStateName::store_error:
      return "store-error";
    case ReplicaStateName::paused:
      return "paused";
    case ReplicaStateName::git:
      return "git";
    case ReplicaStateName::starting:
      return "starting";
    case ReplicaStateName::offline:
      return "offline";
    case ReplicaStateName::catching_up:
      return "catching-up";
    case ReplicaStateName::syncing:
      return "syncing";
    case ReplicaStateName::differs:
      return "differs";
    case ReplicaStateName::live:
      return "live";
  }
  return "starting";
}

std::string_view to_string(FileState state) {
  switch (state) {
    case FileState::in_sync:
      return "in-sync";
    case FileState::pending:
      return "pending";
    case FileState::in_flight:
      return "in-flight";
    case FileState::settling:
      return "settling";
    case FileState::held:
      return "held";
    case FileState::incoming:
      return "incoming";
    case FileState::ignored:
      return "ignored";
    case FileState::too_large:
      return "too-large";
    case FileState::unreadable:
      return "unreadable";
    case FileState::unsyncable:
      return "unsyncable";
    case FileState::over_limit:
      return "over-limit";
    case FileState::guarded:
      return "guarded";
    case FileState::not_there:
      return "not-there";
  }
  return "not-there";
}

std::string_view to_string(SyncMode mode) {
  switch (mode) {
    case SyncMode::push:
      return "push";
    case SyncMode::two_way:
      return "two-way";
    case SyncMode::pull:
      return "pull";
  }
  return "push";
}

std::optional<SyncMode> sync_mode_of(std::string_view word) {
  for (const SyncMode mode : {SyncMode::push, SyncMode::two_way, SyncMode::pull}) {
    if (word == to_string(mode)) return mode;
  }
  return std::nullopt;
}

}  // namespace leanspec::bridge::engine
