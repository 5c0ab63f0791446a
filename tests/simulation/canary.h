#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace leanspec::simulation {

/// A bug put in on purpose, in the simulation's own wrappers around the product. Each must be found, or the invariants
/// have no teeth.
enum class Canary {
  none,
  resend_with_new_bytes,  ///< a push sent again carries what the file says now (law 2)
  ack_before_commit,      ///< the hub's database says "durable" too early: a crash takes the last transactions back
  cursor_before_rows,     ///< the bridge's cursor is durable before the rows that it covers (law 10)
  unknown_is_absence,     ///< what cannot be looked at, a missing root too, counts as gone (I5)
  base_ignored,           ///< the hub takes every push as based on the head
  change_id_ignored,      ///< the hub takes every push as a new one
  pending_bytes_dropped,  ///< a restarted bridge has lost the bytes of what was on its way (law 2)
  entry_left_out,         ///< a feed entry is left out of a page of changes (law 6)
  merged_is_taken_for_pushed,  ///< the bridge takes the merged head for the text that it pushed (law 3)
};

constexpr std::array<std::pair<Canary, std::string_view>, 9> canaries{{
    {Canary::resend_with_new_bytes, "resend_with_new_bytes"},
    {Canary::ack_before_commit, "ack_before_commit"},
    {Canary::cursor_before_rows, "cursor_before_rows"},
    {Canary::unknown_is_absence, "unknown_is_absence"},
    {Canary::base_ignored, "base_ignored"},
    {Canary::change_id_ignored, "change_id_ignored"},
    {Canary::pending_bytes_dropped, "pending_bytes_dropped"},
    {Canary::entry_left_out, "entry_left_out"},
    {Canary::merged_is_taken_for_pushed, "merged_is_taken_for_pushed"},
}};

/// What is bent about a world, to see whether somebody notices.
struct Experiment {
  Canary canary = Canary::none;
  std::string without{};  ///< the invariant of this name does not hold anybody to anything
};

}  // namespace leanspec::simulation
