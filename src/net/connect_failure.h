#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "vocabulary/result.h"

namespace leanspec::net {

/// At which step a connection attempt failed.
enum class ConnectStep {
  resolve,    ///< the name has no address
  connect,    ///< no address answers (refused, unreachable)
  tls,        ///< no trusted, encrypted channel
  upgrade,    ///< an HTTP answer that is no WebSocket
  timed_out,  ///< the time for it passed first
};

/// Why a connection did not come about, in the bridge's terms.
struct ConnectFailure {
  ConnectFailure(ConnectStep failed_step, Error why) : step(failed_step), error(std::move(why)) {}

  ConnectStep step;
  Error error;
  std::optional<unsigned> http_status;              ///< when the other end answered HTTP instead of upgrading
  std::optional<std::chrono::seconds> retry_after;  ///< the hub's wish
};

}  // namespace leanspec::net
