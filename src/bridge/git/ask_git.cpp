#include "bridge/git/ask_git.h"

#include <utility>

#include "host/child_process.h"

namespace leanspec::bridge::git {
namespace {

using engine::GitFileState;

/// A cold look at a large work tree on a slow disk; the paths are few, so git reads little.
constexpr std::chrono::seconds time_max{20};
/// 20,000 files with paths of 1 KiB, which is the most that is synced.
constexpr std::size_t output_bytes_max = 32 * 1024 * 1024;

/// From the front of `rest`, up to `end`, which goes too.
[[nodiscard]] std::string_view take(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

/// X: the index against HEAD. Y: the disk against the index.
[[nodiscard]] GitFileState state_of(std::string_view letters) {
  const char disk = letters.size() == 2 ? letters[1] : 'M';
  if (disk == 'D') return GitFileState::deleted;
  return disk == '.' ? GitFileState::staged : GitFileState::changed;
}

[[nodiscard]] std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Without a word of what it is to do. Nothing that the repository's settings name is run.
[[nodiscard]] host::ChildProcess git_child(const std::string& program, const std::string& top) {
  host::ChildProcess child;
  child.words = {
      program, "--no-optional-locks",      "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
      "-c",    "core.untrackedCache=false"};
  child.folder = top;
  child.environment = {{"GIT_OPTIONAL_LOCKS", "0"},
                       {"GIT_TERMINAL_PROMPT", "0"},
                       {"GIT_LITERAL_PATHSPECS", "1"},
                       {"GIT_PAGER", "cat"},
                       {"LC_ALL", "C"}};
  child.inherited = {"PATH", "HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME"};
  child.time_max = time_max;
  child.output_bytes_max = output_bytes_max;
  return child;
}

/// False too where it cannot be told: the commit is gone, or was not seen but packed.
[[nodiscard]] bool went_back_from(const std::string& commit, const std::string& program, const std::string& top,
                                  int cancel) {
  if (commit.size() < 40 || commit.find_first_not_of("0123456789abcdef") != std::string::npos) return false;
  auto child = git_child(program, top);
  for (const char* word : {"merge-base", "--is-ancestor", "HEAD"}) child.words.emplace_back(word);
  child.words.push_back(commit);
  const auto ended = host::run_child(child, cancel);
  return ended && ended->code == 0;
}

}  // namespace

std::map<std::string, GitFileState> states_in(std::string_view porcelain, std::string_view prefix) {
  std::map<std::string, GitFileState> states;
  const auto note = [&](std::string_view path, GitFileState state) {
    if (path.starts_with(prefix)) {
      states.insert_or_assign(std::string(path.substr(prefix.size())), state);
    } else if (path.ends_with('/') && prefix.starts_with(path)) {
      states.insert_or_assign("", state);  // all of the folder, and more
    }
  };
  while (!porcelain.empty()) {
    auto record = take(porcelain, '\0');
    const auto kind = take(record, ' ');
    if (kind == "?" || kind == "!") {
      note(record, kind == "?" ? GitFileState::untracked : GitFileState::ignored);
    } else if (kind == "1" || kind == "2" || kind == "u") {
      const auto letters = take(record, ' ');
      // "1": 6 more fields before the path, "2": 7, and its former path in a record of its own, "u": 8.
      for (int fields = kind == "1" ? 6 : kind == "2" ? 7 : 8; fields > 0; --fields) (void)take(record, ' ');
      note(record, kind == "u" ? GitFileState::unmerged : state_of(letters));
      if (kind == "2") note(take(porcelain, '\0'), GitFileState::staged);  // it left that place in the index
    }
  }
  return states;
}

engine::GitAnswer ask_git(const engine::GitQuestion& question, const std::string& top, const std::string& prefix,
                          int cancel, const std::string& program) {
  auto child = git_child(program, top);
  for (const char* word : {"status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching",
                           "--ignore-submodules=all", "--renames", "--"})
    child.words.emplace_back(word);
  if (question.paths.size() > engine::git_paths_max) {
    child.words.push_back(prefix.empty() ? "." : prefix);
  } else {
    for (const auto& path : question.paths) child.words.push_back(prefix + path);
  }

  engine::GitAnswer answer;
  answer.id = question.id;
  const auto ended = host::run_child(child, cancel);
  if (!ended) {
    answer.problem = ended.error().code == ErrorCode::not_found ? "there is no git program on this machine"
                                                                : ended.error().sentence();
  } else if (ended->code != 0) {
    const auto said = first_line(ended->errors);
    answer.problem = "git could not say: " + (said.empty() ? "exit code " + std::to_string(ended->code) : said);
  } else {
    answer.states = states_in(ended->output, prefix);
    answer.went_back = went_back_from(question.came_from, program, top, cancel);
  }
  return answer;
}

}  // namespace leanspec::bridge::git
