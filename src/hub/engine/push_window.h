#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "hub/engine/sequencer.h"
#include "vocabulary/result.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

/// What one connection has in flight, held to the agreed bounds: up to 256 pushes and 2 MiB of bodies unanswered, a
/// group counting as one push once it is complete and apart from the byte credit; members that wait for their group
/// stay within its own bounds.
class PushWindow {
 public:
  /// The members of a job that is ready for the sequencer; none while a group is incomplete. Error: too_large,
  /// exhausted or invalid when the peer oversteps a bound, which ends the connection.
  [[nodiscard]] Result<std::vector<wire::Push>> take(wire::Push push);
  void answered(const PushDone& done);

  [[nodiscard]] std::size_t in_flight() const { return flying_.size(); }
  [[nodiscard]] std::size_t bytes_in_flight() const { return bytes_; }
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Waiting {
    std::uint32_t size = 0;
    std::vector<wire::Push> members;
  };
  [[nodiscard]] Result<std::vector<wire::Push>> take_member(wire::Push push);
  [[nodiscard]] Status launch(const ChangeId& change, std::size_t credited_bytes);

  std::multimap<ChangeId, std::size_t> flying_;  ///< by the first member's change
  std::size_t bytes_ = 0;
  std::map<GroupId, Waiting> groups_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace leanspec::hub::engine
