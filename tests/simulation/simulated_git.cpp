#include "tests/simulation/simulated_git.h"

#include <algorithm>
#include <utility>

namespace leanspec::simulation {

namespace {

constexpr std::size_t digits_of_commit = 40;

[[nodiscard]] bool ends_with_any(const std::string& path) {
  return path.ends_with('~') || path.ends_with(".tmp") || path.ends_with(".swp") || path.ends_with(".swap");
}

[[nodiscard]] const fakes::FileText* find(const SimulatedGit::Tree& tree, const std::string& path) {
  const auto found = tree.find(path);
  return found == tree.end() ? nullptr : &found->second;
}

}  // namespace

SimulatedGit::SimulatedGit(SimulatedDisk& disk, std::int64_t granularity) : disk_(disk), granularity_(granularity) {
  const CommitId root(digits_of_commit, '0');
  commits_.emplace(root, Commit());
  branches_.emplace(branch_, root);
}

bool SimulatedGit::is_ignored(const std::string& path) {
  return path.starts_with(".leanspec-sync/") || ends_with_any(path);
}

std::int64_t SimulatedGit::stamp() const {
  const auto now = disk_.tree.time();
  return now - now % granularity_;
}

/// The lock of the next index gets the inode that the former index left.
engine::GitFile SimulatedGit::new_file() const {
  constexpr std::uint64_t first_inode = 5'000;
  return {first_inode + ++files_ % 2, stamp(), 0};
}

engine::GitFingerprint SimulatedGit::fingerprint() const {
  engine::GitFingerprint seen;
  seen.work_tree = true;
  seen.head = "ref: refs/heads/" + branch_;
  seen.branch = branch_;
  seen.commit = head();
  seen.index = index_file_;
  seen.index_lock = lock_;
  seen.git_runs = lock_.has_value();  // none dies here
  seen.operations = operations_;
  return seen;
}

std::optional<fakes::FileText> SimulatedGit::on_disk(const std::string& path) const {
  const auto* text = disk_.tree.text(path);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<SimulatedGit::CommitId> SimulatedGit::before_head() const {
  const auto& parents = commits_.at(head()).parents;
  // The first one is empty and only there for this to end.
  if (parents.empty() || commits_.at(parents.front()).parents.empty()) return std::nullopt;
  return parents.front();
}

std::set<std::string> SimulatedGit::untracked() const {
  std::set<std::string> found;
  disk_.tree.each_file([&](std::string_view at, const fakes::FileText&) {
    const std::string path(at);
    if (!index_.contains(path) && !unmerged_.contains(path) && !is_ignored(path)) found.insert(path);
  });
  return found;
}

std::optional<engine::GitFileState> SimulatedGit::state_of(const std::string& path) const {
  using engine::GitFileState;
  if (unmerged_.contains(path)) return GitFileState::unmerged;
  const auto* const there = disk_.tree.text(path);
  const auto* const in_index = find(index_, path);
  const auto* const in_head = find(head_tree(), path);
  if (in_index == nullptr) {
    if (there != nullptr) return is_ignored(path) ? GitFileState::ignored : GitFileState::untracked;
    return in_head != nullptr ? std::optional(GitFileState::staged) : std::nullopt;
  }
  if (there == nullptr) return GitFileState::deleted;
  if (there->digest() != in_index->digest()) return GitFileState::changed;
  const bool as_head = in_head != nullptr && in_head->digest() == in_index->digest();
  return as_head ? std::nullopt : std::optional(GitFileState::staged);
}

engine::GitAnswer SimulatedGit::answer(const engine::GitQuestion& question) const {
  engine::GitAnswer answer;
  answer.id = question.id;
  for (const auto& path : question.paths) {
    if (const auto state = state_of(path)) answer.states.emplace(path, *state);
  }
  answer.went_back = commits_.contains(question.came_from) && is_ancestor(head(), question.came_from);
  return answer;
}

std::set<SimulatedGit::CommitId> SimulatedGit::ancestors_of(const CommitId& commit) const {
  std::vector<CommitId> ahead{commit};
  std::set<CommitId> been;
  while (!ahead.empty()) {
    const auto at = ahead.back();
    ahead.pop_back();
    if (!been.insert(at).second) continue;
    const auto& parents = commits_.at(at).parents;
    ahead.insert(ahead.end(), parents.begin(), parents.end());
  }
  return been;
}

bool SimulatedGit::is_ancestor(const CommitId& commit, const CommitId& of) const {
  return ancestors_of(of).contains(commit);
}

bool SimulatedGit::has_committed(const Digest& text) const {
  const auto has = [&](const CommitId& commit) {
    const auto& tree = commits_.at(commit).tree;
    return std::any_of(tree.begin(), tree.end(), [&](const auto& file) { return file.second.digest() == text; });
  };
  return std::any_of(branches_.begin(), branches_.end(), [&](const auto& branch) {
    const auto commits = ancestors_of(branch.second);
    return std::any_of(commits.begin(), commits.end(), has);
  });
}

SimulatedGit::CommitId SimulatedGit::common_of(const CommitId& one, const CommitId& other) const {
  const auto ours = ancestors_of(one);
  const auto theirs = ancestors_of(other);
  // They are numbered as they are made, and all go on from the first one.
  return *std::find_if(theirs.rbegin(), theirs.rend(), [&](const CommitId& commit) { return ours.contains(commit); });
}

bool SimulatedGit::is_part_of_merge(const std::string& path) const {
  const auto* const in_index = find(index_, path);
  const auto* const there = disk_.tree.text(path);
  return is_merging() && (unmerged_.contains(path) || (in_index != nullptr && there != nullptr && *in_index == *there));
}

void SimulatedGit::lock() {
  lock_ = new_file();
}

void SimulatedGit::unlock() {
  lock_.reset();
}

void SimulatedGit::write_index(Tree tree, std::set<std::string> unmerged) {
  constexpr std::uint64_t header_bytes = 32;
  constexpr std::uint64_t entry_bytes = 80;
  index_ = std::move(tree);
  unmerged_ = std::move(unmerged);
  auto file = lock_.value_or(new_file());
  lock_.reset();
  file.modified_ns = stamp();
  file.size = header_bytes;
  for (const auto& [path, text] : index_) file.size += entry_bytes + path.size();
  for (const auto& path : unmerged_) file.size += 3 * (entry_bytes + path.size());
  index_file_ = file;
}

SimulatedGit::CommitId SimulatedGit::make_commit(Tree tree, std::vector<CommitId> parents) {
  auto number = std::to_string(commits_.size());
  CommitId id = std::string(digits_of_commit - number.size(), '0') + number;
  commits_.emplace(id, Commit{std::move(tree), std::move(parents)});
  return id;
}

}  // namespace leanspec::simulation
