#pragma once

#include <array>
#include <string_view>

namespace leanspec::simulation {

/// What came of the events of a world, and has to come often enough to be proven.
enum class Sight {
  edit_against_edit,      ///< two texts that did not merge
  create_against_create,  ///< two documents begun at one path
  delete_against_edit,
  rename_against_rename,
  binary_against_text,  ///< or two binary ones
  without_base,         ///< of a replica that has lost its memory
  merge,
  mass_delete_held,
  root_emptied,
  root_missing,
  root_replaced,
  conflict_decided,
  decision_stale,
  merge_taken_back,
  version_restored,
  edited_at_hub,
  both_changed_status,           ///< and the later one was found to have won
  text_lost_with_power,          ///< a text on a disk is not what it was before the power was cut
  put_back_and_brought_forward,  ///< what git put back the bridge replaced by the hub's
  branch_changed,                ///< a bridge went to another branch with its machine's git
  merged_by_git,                 ///< git joined two lines of commits, with nobody's help
  conflict_in_git,               ///< or left markers
  merge_given_up,                ///< and a person aborted that
};
constexpr std::array<std::string_view, 23> sight_names{"edit_against_edit",
                                                       "create_against_create",
                                                       "delete_against_edit",
                                                       "rename_against_rename",
                                                       "binary_against_text",
                                                       "without_base",
                                                       "merge",
                                                       "mass_delete_held",
                                                       "root_emptied",
                                                       "root_missing",
                                                       "root_replaced",
                                                       "conflict_decided",
                                                       "decision_stale",
                                                       "merge_taken_back",
                                                       "version_restored",
                                                       "edited_at_hub",
                                                       "both_changed_status",
                                                       "text_lost_with_power",
                                                       "put_back_and_brought_forward",
                                                       "branch_changed",
                                                       "merged_by_git",
                                                       "conflict_in_git",
                                                       "merge_given_up"};
constexpr std::size_t sight_kinds = sight_names.size();

[[nodiscard]] constexpr std::string_view to_string(Sight sight) {
  return sight_names.at(static_cast<std::size_t>(sight));
}

}  // namespace leanspec::simulation
