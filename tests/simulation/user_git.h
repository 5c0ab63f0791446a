#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/git_merge.h"
#include "tests/simulation/simulated_bridge.h"
#include "tests/simulation/simulated_git.h"
#include "tests/simulation/simulated_user.h"

namespace leanspec::simulation {

/// A person at one machine who works with git. Each command is a row of steps with milliseconds between them, in the
/// order in which git was measured to make them: the index after the files, refs after the index, and no lock for
/// `clean`, for what `stash` takes up untracked, or between two commands. Users save, and bridges look and die, between
/// any two.
class UserGit {
 public:
  UserGit(Stage stage, SimulatedBridge& bridge, SimulatedUser& user) : stage_(stage), bridge_(bridge), user_(user) {}

  /// The repository begins with a part of what stands there.
  void begin();
  /// False: there was nothing to do, or git was at work already.
  bool act(EventKind kind, std::uint64_t value);
  /// Whatever waits for this person they end now, as soon as they can.
  void finish();

 private:
  /// Between two system calls of one command, and between two processes that one command starts.
  static constexpr std::int64_t step_max = 3;
  static constexpr std::int64_t process_max = 25;
  /// [M] Refs move up to 7.6 ms after the index.
  static constexpr std::int64_t ref_max = 8;

  struct Step {
    milliseconds pause{0};
    std::function<void()> work;
  };
  using Steps = std::vector<Step>;
  /// What a path is to have; nothing: no file.
  using Changes = std::map<std::string, std::optional<fakes::FileText>>;
  struct Kept {
    std::optional<fakes::FileText> text;
    SimulatedDisk::Giver of = SimulatedDisk::Giver::user;
    milliseconds gone_since{0};  ///< where there is no text
  };
  /// What `git stash` has put by.
  struct Stash {
    SimulatedGit::Tree base;
    std::map<std::string, Kept> tracked;
    std::map<std::string, Kept> untracked;
  };

  /// What another branch is to bring here, or somebody who does not sync.
  struct Theirs {
    std::string name;
    SimulatedGit::CommitId commit;
  };

  // ---- user_git_commits.cpp, user_git_stash.cpp, user_git_branches.cpp
  bool commit(Chance& dice);
  bool stash(Chance& dice);
  void pop(const Stash& stash, Chance& dice);
  bool reset(Chance& dice, bool to_earlier);
  bool checkout(Chance& dice);
  bool clean(Chance& dice);
  bool change_branch(Chance& dice);
  bool make_branch(const std::string& branch, Chance& dice);
  bool go_to_branch(const std::string& branch, Chance& dice);
  // ---- user_git_merge.cpp
  bool merge(Chance& dice);
  [[nodiscard]] std::optional<Theirs> theirs(Chance& dice);
  [[nodiscard]] SimulatedGit::CommitId contribution(Chance& dice);
  bool merge(const Theirs& theirs, Chance& dice);
  void merge_later(std::uint64_t value);
  bool end_merge(Chance& dice);
  bool commit_merge(Chance& dice);
  bool abort_merge(Chance& dice);
  void resolve(const std::string& path, std::uint64_t value);
  [[nodiscard]] bool has_all_as_committed(const Changes& changes) const;

  // ---- their steps
  void say(const std::string& what);
  void run(const std::string& command, Steps steps);
  void go_on(const std::shared_ptr<const Steps>& steps, std::size_t next);
  void write_all(Steps& steps, const Changes& changes, Chance& dice);
  void lock(Steps& steps, Chance& dice);
  void write_index(Steps& steps, SimulatedGit::Tree tree, Chance& dice);
  void begin(Steps& steps, engine::GitOperation operation, Chance& dice);
  void end(Steps& steps, engine::GitOperation operation, Chance& dice);
  void arrive(Steps& steps, const std::string& branch, Chance& dice);
  void put(const std::string& path, const fakes::FileText& text, SimulatedDisk::Giver of);
  void take_away(const std::string& path, std::optional<milliseconds> for_user_since);
  [[nodiscard]] Changes changes_to(const SimulatedGit::Tree& tree) const;
  [[nodiscard]] Kept kept(const std::string& path) const;
  [[nodiscard]] SimulatedGit& git() { return *bridge_.git; }
  [[nodiscard]] const SimulatedGit& git() const { return *bridge_.git; }

  Stage stage_;
  SimulatedBridge& bridge_;
  SimulatedUser& user_;
  bool works_ = false;
  bool finishes_ = false;
  SimulatedGit::CommitId merged_;  ///< what MERGE_HEAD names
  std::uint64_t merges_ = 0;
};

}  // namespace leanspec::simulation
