#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/simulated_bridge.h"
#include "tests/simulation/simulated_hub.h"
#include "tests/simulation/simulated_network.h"

namespace leanspec::simulation {

/// Everything bad that happens to machines, disks, the network and the hub, and that it ends again.
class Faults {
 public:
  Faults(Stage stage, SimulatedNetwork& network, std::vector<std::unique_ptr<SimulatedBridge>>& bridges,
         SimulatedHub& hub)
      : stage_(stage), network_(network), bridges_(bridges), hub_(hub) {}

  /// False: there was nothing to do it to.
  bool strike(const Event& event);
  /// Every fault ends, every person does what the product asks them to.
  void heal();
  /// Some bridge has lost its memory.
  [[nodiscard]] bool state_was_lost() const { return state_lost_; }

 private:
  bool strike_hub(const Event& event, Chance& dice, milliseconds soon);
  void disturb_all(milliseconds until);
  void renew_key();
  bool make_unreadable(SimulatedBridge& bridge, bool folder, Chance& dice);
  bool take_root(SimulatedBridge& bridge, bool empty, milliseconds until);
  static void give_root_back(SimulatedBridge& bridge);

  Stage stage_;
  SimulatedNetwork& network_;
  std::vector<std::unique_ptr<SimulatedBridge>>& bridges_;
  SimulatedHub& hub_;
  std::vector<std::pair<SimulatedBridge*, std::string>> unreadable_;
  bool state_lost_ = false;
};

}  // namespace leanspec::simulation
