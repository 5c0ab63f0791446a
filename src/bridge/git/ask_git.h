#pragma once

#include <string>
#include <string_view>

#include "bridge/engine/git_question.h"

namespace leanspec::bridge::git {

/// Asks the git program and waits for it; not for a thread that has other things to do. `top` and `prefix` as WorkTree
/// says. It takes no lock, refreshes nothing on disk, asks nobody, and runs no program that the repository's settings
/// name (fsmonitor, hooks, pager). `cancel` as in host::run_child. `program`: "git", but for tests.
[[nodiscard]] engine::GitAnswer ask_git(const engine::GitQuestion& question, const std::string& top,
                                        const std::string& prefix, int cancel = -1, const std::string& program = "git");

/// What `git status --porcelain=v2 -z` said, with paths relative to `prefix`; what is not beneath it is left out, and
/// what has a form that is not known here. A folder that is ignored as a whole ends with a slash.
[[nodiscard]] std::map<std::string, engine::GitFileState> states_in(std::string_view porcelain,
                                                                    std::string_view prefix);

}  // namespace leanspec::bridge::git
