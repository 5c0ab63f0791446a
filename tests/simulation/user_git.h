#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

 private:
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

  // ---- commands
  bool commit(Chance& dice);
  bool stash(Chance& dice);
  void pop(const Stash& stash, Chance& dice);
  bool reset(Chance& dice, bool to_earlier);
  bool checkout(Chance& dice);
  bool clean(Chance& dice);
  bool change_branch(Chance& dice);
  bool make_branch(const std::string& branch, Chance& dice);
  bool go_to_branch(const std::string& branch, Chance& dice);

  // ---- their steps
  void say(const std::string& what);
  void run(const std::string& command, Steps steps);
  void go_on(const std::shared_ptr<const Steps>& steps, std::size_t next);
  void write_all(Steps& steps, const Changes& changes, Chance& dice);
  void lock(Steps& steps, Chance& dice);
  void write_index(Steps& steps, SimulatedGit::Tree tree, Chance& dice);
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
};

}  // namespace leanspec::simulation
