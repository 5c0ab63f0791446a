#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/simulated_bridge.h"
#include "tests/simulation/simulated_hub.h"

namespace leanspec::simulation {

/// At rest both sides say the same of each branch that is checked out somewhere, and every text is somewhere.
class Agreement {
 public:
  Agreement(Stage stage, std::vector<std::unique_ptr<SimulatedBridge>>& bridges, SimulatedHub& hub, bool state_was_lost)
      : stage_(stage), bridges_(bridges), hub_(hub), store_(hub.store()), state_was_lost_(state_was_lost) {}

  void check();

 private:
  using Heads = std::map<DocumentId, store::Version>;

  void on_branch(const store::Branch& branch);
  void on_trees(SimulatedBridge& bridge, const store::Branch& branch, const Heads& heads);
  [[nodiscard]] bool waits_for_its_branch(SimulatedBridge& bridge, const Digest& text) const;
  void on_texts(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub);
  void on_disk(SimulatedBridge& bridge, const std::map<std::string, std::string>& at_hub);
  /// By which its bridge knows a file.
  [[nodiscard]] static std::string known_path(SimulatedBridge& bridge, const std::string& key);
  void on_view(const store::Branch& branch, const Heads& heads);

  Stage stage_;
  std::vector<std::unique_ptr<SimulatedBridge>>& bridges_;
  SimulatedHub& hub_;
  fakes::MemoryStore& store_;
  const bool state_was_lost_;
};

}  // namespace leanspec::simulation
