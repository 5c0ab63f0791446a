#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::simulation {

using std::chrono::milliseconds;

/// Everything that a world can be made to suffer. What a user does comes first.
enum class EventKind {
  save_in_place,
  save_torn,
  save_atomic,
  save_vim,
  save_truncating,
  append_storm,
  save_burst,
  save_large,
  save_same_everywhere,
  make_file,
  rename_file,
  swap_files,
  rename_folder,
  shift_numbers,
  delete_file,
  delete_folder,
  mass_delete,
  put_back,
  rewrite_many,
  litter,
  person_approves,
  person_pauses,
  // the disk
  save_between_calls,
  torn_read,
  unreadable_file,
  unreadable_folder,
  root_away,
  root_empty,
  hints_lost,
  hints_twice,
  hints_disordered,
  hints_overflow,
  // the bridge
  bridge_crash,
  bridge_crash_at_commit,
  bridge_crash_while_sending,
  machine_reboot,
  state_lost,
  state_store_full,
  // the hub
  hub_crash,
  hub_crash_at_commit,
  hub_restart,
  commit_fails,
  commit_reply_lost,
  store_busy,
  store_full,
  backup,
  restore,
  // the network
  cut,
  cut_with_stragglers,
  half_open,
  slow_reader,
  delay,
  // time and access
  bridge_clock_jump,
  hub_clock_jump,
  machine_revoked,
  key_expired,
  // two-way sync
  bridge_crash_while_applying,
  // merge: small edits of a text that is there, by one user, or by all users of one file
  edit_text,
  edit_together,
  save_binary,
  empty_root,
  // power, and people at the hub
  power_cut,
  person_resolves,
  person_undoes_merge,
  person_restores,
  person_edits_at_hub,
  // two people set the status of one document, one of them offline
  statuses_apart,
  // a person and git, on machines whose folder is a work tree
  git_commit,
  git_stash,
  git_reset,
  git_reset_back,
  git_checkout,
  git_clean,
  git_switch,
  git_merge,
  // names, in worlds with a disk that does not keep all of them apart
  respell,         ///< a file or folder gets its name in another case
  other_spelling,  ///< a file is made whose name, or that of its folder, such a disk takes for another one's
};
constexpr std::size_t event_kinds = static_cast<std::size_t>(EventKind::other_spelling) + 1;

/// What users do, with their hands on files; the others happen to them.
[[nodiscard]] bool is_of_user(EventKind kind);
/// What people do at the hub.
[[nodiscard]] bool is_at_hub(EventKind kind);
/// What people have git do.
[[nodiscard]] bool is_of_git(EventKind kind);
/// What people do with names only where some disk does not keep all of them apart.
[[nodiscard]] bool is_of_spelling(EventKind kind);
/// What machines, disks, networks and the hub do to people.
[[nodiscard]] bool is_fault(EventKind kind);

[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<EventKind> kind_named(std::string_view name);

/// One thing that happens. `value` is the seed of its details, so that leaving out other events changes nothing in it.
struct Event {
  milliseconds at{0};
  EventKind kind = EventKind::save_in_place;
  std::size_t bridge = 0;
  std::uint64_t value = 0;
  friend bool operator==(const Event&, const Event&) = default;
};

/// Which names a disk takes for one, and how it spells them.
enum class DiskNames { kept_apart, case_folded, case_and_accents_folded, accents_taken_apart };

/// What a seed expands to. Printed on failure; a text of it is a saved case (tests/simulation/regress).
struct Schedule {
  std::uint64_t seed = 0;  ///< of what the network and the disk do by chance
  std::size_t bridges = 1;
  std::size_t files = 8;                      ///< at the start
  milliseconds rescan{60'000};                ///< the bridge's backstop to lost hints
  std::int64_t timestamp_granularity_ns = 1;  ///< of the disks
  milliseconds latency{2};                    ///< of the network, one way
  milliseconds jitter{3};
  bool two_way = false;          ///< the bridges write what the hub has newer
  std::size_t git_machines = 0;  ///< the folder of so many machines, the first ones, is a git work tree
  DiskNames names = DiskNames::kept_apart;  ///< on the disk of the last machine
  milliseconds busy{60'000};     ///< how long users and faults are at work
  /// Where events found nothing to do, the users go on after it until there were so many edits.
  std::uint64_t edits_least = 0;
  std::vector<Event> events;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// What makes a world large enough to be counted as a seed.
constexpr std::uint64_t whole_edits = 200;
constexpr std::uint64_t whole_faults = 20;

/// Three replicas or more, at least `whole_edits`, and so many faults that nearly every world has `whole_faults` of
/// them. Of the kinds of events each seed leaves out some, so that no two kinds always come together (swarm testing,
/// Groce et al. 2012); the faults come in a part of the time, so that there is undisturbed work too.
[[nodiscard]] Schedule expand(std::uint64_t seed);

[[nodiscard]] std::string to_text(const Schedule& schedule);
[[nodiscard]] Result<Schedule> parse_schedule(std::string_view text);

}  // namespace leanspec::simulation
