#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/engine/git_fingerprint.h"
#include "bridge/engine/git_question.h"
#include "tests/fakes/file_text.h"
#include "tests/simulation/simulated_disk.h"

namespace leanspec::simulation {

namespace engine = bridge::engine;

/// A git work tree that is one machine's synced folder: commits, branches, HEAD, the index and its lock, as git keeps
/// them in its own folder. Each call is one step, after which a bridge may look or die; UserGit makes the steps of each
/// command in the order in which git was measured to make them. The files themselves lie on the disk.
class SimulatedGit {
 public:
  using Tree = std::map<std::string, fakes::FileText>;  ///< by path
  using CommitId = std::string;                         ///< 40 hexadecimal digits

  /// `granularity`: of the time stamps on that disk, in nanoseconds.
  SimulatedGit(SimulatedDisk& disk, std::int64_t granularity);

  // ---- as a bridge sees it
  [[nodiscard]] engine::GitFingerprint fingerprint() const;
  /// What the git program says of the paths at this moment.
  [[nodiscard]] engine::GitAnswer answer(const engine::GitQuestion& question) const;

  // ---- what is there
  [[nodiscard]] const std::string& branch() const { return branch_; }
  [[nodiscard]] const CommitId& head() const { return branches_.at(branch_); }
  [[nodiscard]] const Tree& head_tree() const { return commits_.at(head()).tree; }
  [[nodiscard]] const Tree& index() const { return index_; }
  /// Where each of them stands.
  [[nodiscard]] const std::map<std::string, CommitId>& branches() const { return branches_; }
  /// The commit before HEAD's, if there is one.
  [[nodiscard]] std::optional<CommitId> before_head() const;
  [[nodiscard]] const Tree& tree_of(const CommitId& commit) const { return commits_.at(commit).tree; }
  /// The files on disk that neither the index has nor .gitignore names.
  [[nodiscard]] std::set<std::string> untracked() const;
  /// What .gitignore of every such repository names: what editors and bridges leave for a moment.
  [[nodiscard]] static bool is_ignored(const std::string& path);
  /// Two sides of them wait for a person.
  [[nodiscard]] const std::set<std::string>& unmerged() const { return unmerged_; }
  [[nodiscard]] bool is_merging() const { return operations_.contains(engine::GitOperation::merge); }
  /// In a merge that is open: it waits for a person, or is as the merge left it. What is held until its end.
  [[nodiscard]] bool is_part_of_merge(const std::string& path) const;
  /// In a commit that a branch goes on from.
  [[nodiscard]] bool has_committed(const Digest& text) const;
  /// The youngest commit that both go on from.
  [[nodiscard]] CommitId common_of(const CommitId& one, const CommitId& other) const;
  [[nodiscard]] bool is_ancestor(const CommitId& commit, const CommitId& of) const;
  /// The text that stands there; nothing if none does.
  [[nodiscard]] std::optional<fakes::FileText> on_disk(const std::string& path) const;

  // ---- one step each
  void lock();
  /// Given up: the index stays as it was.
  void unlock();
  /// The lock becomes the index. `unmerged`: paths that are not in the tree.
  void write_index(Tree tree, std::set<std::string> unmerged = {});
  /// In git's store; nothing names it yet.
  [[nodiscard]] CommitId make_commit(Tree tree, std::vector<CommitId> parents);
  [[nodiscard]] CommitId make_commit(Tree tree) { return make_commit(std::move(tree), {head()}); }
  /// Its sign comes into git's folder, or goes.
  void begin(engine::GitOperation operation) { operations_.insert_or_assign(operation, stamp()); }
  void end(engine::GitOperation operation) { operations_.erase(operation); }
  /// HEAD's branch stands at this commit from now on.
  void move_branch(const CommitId& commit) { branches_.at(branch_) = commit; }
  /// HEAD names that branch from now on; one that is new stands where HEAD stood.
  void move_head(const std::string& branch) {
    branches_.try_emplace(branch, head());
    branch_ = branch;
  }

 private:
  struct Commit {
    Tree tree;
    std::vector<CommitId> parents;
  };
  [[nodiscard]] std::int64_t stamp() const;
  [[nodiscard]] engine::GitFile new_file() const;
  [[nodiscard]] std::optional<engine::GitFileState> state_of(const std::string& path) const;
  [[nodiscard]] std::set<CommitId> ancestors_of(const CommitId& commit) const;

  SimulatedDisk& disk_;
  const std::int64_t granularity_;
  std::map<CommitId, Commit> commits_;
  std::map<std::string, CommitId> branches_;
  std::string branch_ = "main";
  Tree index_;
  std::set<std::string> unmerged_;
  std::map<engine::GitOperation, std::int64_t> operations_;
  std::optional<engine::GitFile> index_file_;
  std::optional<engine::GitFile> lock_;
  mutable std::uint64_t files_ = 0;  ///< ever made in git's folder
};

}  // namespace leanspec::simulation
