#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "wire/message.h"

namespace leanspec::bridge::engine {

/// How a connection, or the attempt at one, ended.
struct ConnectionEnd {
  std::string why;     ///< one sentence for people
  std::string remedy;  ///< what to do, where something is to do
  bool opened = false;
  /// The hub said no, and the same attempt will fail again until a person acts (wrong key, revoked machine, too old).
  bool refused = false;
  /// The hub's wish; zero: none.
  std::chrono::milliseconds retry_after{0};
};

/// The words for a close code of the hub (docs/protocol.md).
[[nodiscard]] ConnectionEnd explain_close(unsigned code, std::string_view reason);

/// Trying again is of no use until a person acts. A refusal with a time to come back is none for good: after a crash
/// the bridge's own leftover connection looks like a clone of it.
[[nodiscard]] bool needs_a_person(const wire::Refused& refused);

}  // namespace leanspec::bridge::engine
