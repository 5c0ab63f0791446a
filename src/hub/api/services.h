#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "host/clock.h"
#include "host/entropy.h"
#include "host/log.h"
#include "hub/access/authorize.h"
#include "hub/access/entropy.h"
#include "hub/access/principal.h"
#include "hub/access/rate_limits.h"
#include "hub/api/authenticator.h"
#include "hub/api/commit_loop.h"
#include "hub/api/project_directory.h"
#include "hub/api/worker_pool.h"
#include "hub/engine/body_deltas.h"
#include "hub/engine/bridge_roster.h"
#include "hub/engine/feed.h"
#include "hub/engine/views.h"
#include "hub/sources/specs_service.h"
#include "store/store.h"

namespace leanspec::hub::mirrors {
class MirrorService;
}

namespace leanspec::hub::api {

/// What the routes work with; owned by the composition root, which outlives the server.
struct Services {
  std::string version;
  std::string build;  ///< part of every ETag: another build may answer the same state differently
  store::Store& store;
  engine::Views& views;
  sources::SpecsService& specs;
  engine::Feed& feed;
  engine::BridgeRoster& roster;
  engine::BodyDeltas& deltas;
  CommitLoop& commits;
  ProjectDirectory& directory;
  Authenticator& authenticator;
  access::AccessVersion& access_version;
  access::RateLimits& rates;
  WorkerPool& workers;
  const host::Clock& clock;
  host::Entropy& entropy;
  host::Log& log;
  /// Published about twice a second: what must happen by time although nothing else happens.
  engine::ListenerList<Instant>& ticks;
  /// Published once, when the hub begins to stop, with the time after which bridges shall come back.
  engine::ListenerList<std::chrono::milliseconds>& drains;
  /// True once the process was told to stop: readiness says no, bridges are sent away.
  std::function<bool()> draining;
  hub::mirrors::MirrorService* mirrors = nullptr;  ///< null: this hub mirrors no repositories
  std::string cron_secret = {};               ///< of outside schedulers; "" none

  [[nodiscard]] access::FillRandom fill_random() const {
    return [&source = entropy](std::span<std::uint8_t> bytes) { source.fill(bytes); };
  }
};

}  // namespace leanspec::hub::api
