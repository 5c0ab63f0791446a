#pragma once

#include <functional>
#include <optional>
#include <set>

#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/stage.h"
#include "wire/message.h"

namespace leanspec::simulation {

/// The canaries that a bridge would be whose pushes are not what they should be. One for each machine; it outlives the
/// bridge's process.
class CarelessSender {
 public:
  /// `send`: on the connection that there is, as it comes. False: there is none.
  CarelessSender(Stage stage, std::size_t bridge, const SimulatedDisk& disk, std::function<Uuid()> uuid,
                 std::function<bool(const wire::ToHub&)> send)
      : stage_(stage), bridge_(bridge), disk_(disk), uuid_(std::move(uuid)), send_(std::move(send)) {}

  /// A change that was sent before, with the bytes that its file has by now.
  [[nodiscard]] std::optional<wire::Push> bent(const wire::Push& push);
  void sent(const wire::Push& push);
  void bend(wire::ToBridge& message) const;

 private:
  void repeat_last();
  void make_something_up(wire::Push push);

  Stage stage_;
  const std::size_t bridge_;
  const SimulatedDisk& disk_;
  const std::function<Uuid()> uuid_;
  const std::function<bool(const wire::ToHub&)> send_;
  std::optional<wire::Push> last_push_;
  std::set<ChangeId> sent_once_;
};

}  // namespace leanspec::simulation
