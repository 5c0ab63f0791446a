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
  stale_decision_taken,   ///< what a person decides at the hub replaces whatever head there is by then (I3)
  change_id_ignored,      ///< the hub takes every push as a new one
  pending_bytes_dropped,  ///< a restarted bridge has lost the bytes of what was on its way (law 2)
  entry_left_out,         ///< a feed entry is left out of a page of changes (law 6)
  merged_is_taken_for_pushed,  ///< the bridge takes the merged head for the text that it pushed (law 3)
  no_fsync,                    ///< the bridge syncs nothing that it writes (law 10)
  state_before_disk,           ///< names are synced only after the state that says so was committed (law 10)
  exchange_without_verify,     ///< nobody looks at what came out of its place (I3)
  staging_swept_blindly,       ///< a bridge that starts removes whatever lies in its staging folder (law 9)
  boot_unnoticed,              ///< the bridge takes the next boot for the one before (law 10)
  later_by_client_clock,       ///< the hub believes the machines' clocks (law 14)
  guard_asks_nobody,           ///< what the guard holds goes on by itself (G03)
  in_flight_unbounded,         ///< the bridge does not hear how much may be on its way (I11)
  head_told_too_early,         ///< the hub tells of what it is about to commit (I6)
  approval_unheard,            ///< what a person approves nobody carries out (I12)
  answer_forgotten,            ///< the hub does not answer every tenth push (I12)
  echo,                        ///< the bridge sends again and again what it sent last (I8)
  version_by_itself,           ///< the hub makes a document every minute (I14)
  text_made_up,                ///< the bridge sends a file that was never on its disk (I2)
  view_left_behind,            ///< people read the view that was made first, for ever
  frame_damaged,               ///< what the hub says of who edits what cannot be read
  index_time_ignored,          ///< the bridge does not hear when git wrote its index (law 22)
  put_back_is_an_edit,         ///< git says of each text that it differs from the index (law 23)
  head_read_once,              ///< the bridge reads what is checked out as it starts, and never again (law 22)
  markers_unseen,              ///< git's markers are longer, and nobody hears of its merges (law 22)
  spinning,                    ///< the bridge wakes without end once it has applied something (I9)
};

constexpr std::array<std::pair<Canary, std::string_view>, 31> canaries{{
    {Canary::resend_with_new_bytes, "resend_with_new_bytes"},
    {Canary::ack_before_commit, "ack_before_commit"},
    {Canary::cursor_before_rows, "cursor_before_rows"},
    {Canary::unknown_is_absence, "unknown_is_absence"},
    {Canary::base_ignored, "base_ignored"},
    {Canary::stale_decision_taken, "stale_decision_taken"},
    {Canary::change_id_ignored, "change_id_ignored"},
    {Canary::pending_bytes_dropped, "pending_bytes_dropped"},
    {Canary::entry_left_out, "entry_left_out"},
    {Canary::merged_is_taken_for_pushed, "merged_is_taken_for_pushed"},
    {Canary::no_fsync, "no_fsync"},
    {Canary::state_before_disk, "state_before_disk"},
    {Canary::exchange_without_verify, "exchange_without_verify"},
    {Canary::staging_swept_blindly, "staging_swept_blindly"},
    {Canary::boot_unnoticed, "boot_unnoticed"},
    {Canary::later_by_client_clock, "later_by_client_clock"},
    {Canary::guard_asks_nobody, "guard_asks_nobody"},
    {Canary::in_flight_unbounded, "in_flight_unbounded"},
    {Canary::head_told_too_early, "head_told_too_early"},
    {Canary::approval_unheard, "approval_unheard"},
    {Canary::answer_forgotten, "answer_forgotten"},
    {Canary::echo, "echo"},
    {Canary::version_by_itself, "version_by_itself"},
    {Canary::text_made_up, "text_made_up"},
    {Canary::view_left_behind, "view_left_behind"},
    {Canary::frame_damaged, "frame_damaged"},
    {Canary::index_time_ignored, "index_time_ignored"},
    {Canary::put_back_is_an_edit, "put_back_is_an_edit"},
    {Canary::head_read_once, "head_read_once"},
    {Canary::markers_unseen, "markers_unseen"},
    {Canary::spinning, "spinning"},
}};

/// What is bent about a world, to see whether somebody notices.
struct Experiment {
  Canary canary = Canary::none;
  std::string without{};  ///< the invariant of this name does not hold anybody to anything
};

}  // namespace leanspec::simulation
