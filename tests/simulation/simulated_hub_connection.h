#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "hub/engine/bridge_session.h"
#include "hub/engine/feed.h"
#include "tests/simulation/simulated_hub.h"

namespace leanspec::simulation {

/// The hub's end of one link: the product's session, and what the hub's API does around it. Lives as long as the link
/// does, within one life of the hub's process. The canaries of what a hub says are bent here.
class SimulatedHub::Connection final : public hub::engine::BridgeOutput {
 public:
  Connection(SimulatedHub& hub, LinkId link, std::size_t bridge);

  // BridgeOutput
  void send(wire::ToBridge message) override;
  void submit(hub::engine::PushJob job) override;
  void close(hub::engine::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override;

  /// As the hub's API does after each call into a session.
  void follow_feed();
  [[nodiscard]] std::size_t bridge() const { return bridge_; }

 private:
  const std::size_t bridge_;
  SimulatedHub& hub_;
  const LinkId link_;
  std::optional<BranchId> followed_;
  hub::engine::Subscription subscription_;

 public:
  hub::engine::BridgeSession session;  ///< its constructor may send already, so everything else is there before it
};

}  // namespace leanspec::simulation
