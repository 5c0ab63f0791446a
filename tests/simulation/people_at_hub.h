#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hub/engine/hub_edit.h"
#include "tests/simulation/simulated_hub.h"

namespace leanspec::simulation {

/// People with the web app or the API: they decide conflicts, take merges back, bring old versions again, change fields
/// and tick boxes. What they decide they have seen a moment ago, or some seconds, in which the head may have moved.
class PeopleAtHub {
 public:
  PeopleAtHub(Stage stage, SimulatedHub& hub) : stage_(stage), hub_(hub) {}

  /// False: there was nothing to do it to.
  bool act(EventKind kind, std::uint64_t value);

 private:
  using Edits = std::vector<hub::engine::HubEdit>;

  [[nodiscard]] Result<Edits> resolve(store::Session& session, Chance& dice);
  [[nodiscard]] Result<Edits> undo_a_merge(store::Session& session, Chance& dice);
  [[nodiscard]] Result<Edits> restore_a_version(store::Session& session, Chance& dice);
  [[nodiscard]] Result<Edits> change_a_line(store::Session& session, Chance& dice);
  [[nodiscard]] std::optional<store::Version> some_head(Chance& dice, bool living) const;
  void make(const Edits& edits, Sight sight);

  Stage stage_;
  SimulatedHub& hub_;
  std::uint64_t texts_ = 0;
};

}  // namespace leanspec::simulation
