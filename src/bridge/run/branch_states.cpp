#include "bridge/run/branch_states.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "bridge/engine/branch_seed.h"
#include "digest/sha256.h"
#include "host/durable_file.h"

namespace leanspec::bridge::run {

namespace fs = std::filesystem;

namespace {

/// Of the digest of a branch's name, which may hold what no file name can.
constexpr std::size_t name_digits = 32;

}  // namespace

std::string BranchStates::folder() const {
  return first_.substr(0, first_.rfind('.')) + ".branches";
}

std::vector<BranchStates::Known> BranchStates::look() {
  std::vector<std::string> files;
  if (host::path_exists(first_)) files.push_back(first_);
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder(), failed)) {
    if (entry.path().extension() == ".db") files.push_back(entry.path().string());
  }
  std::vector<Known> known;
  for (auto& file : files) {
    auto facts = disk::look_at_state_facts(file);
    if (!facts) continue;
    if (file == first_) first_branch_ = facts->git_branch;
    known.push_back(Known{std::move(file), *std::move(facts)});
  }
  return known;
}

std::string BranchStates::file_of(const std::string& branch) const {
  if (branch.empty() || !first_branch_ || *first_branch_ == branch) return first_;
  return folder() + "/" + to_hex(digest::sha256(branch)).substr(0, name_digits) + ".db";
}

std::optional<BranchStates::Known> BranchStates::left(const std::vector<Known>& all, const std::string& now) {
  // Of two that say so, the process ended while it went from the one to the other.
  const auto found = std::find_if(all.begin(), all.end(), [&](const Known& one) {
    return one.facts.has_disk && one.facts.git_branch && *one.facts.git_branch != now;
  });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

Result<disk::OpenedState> BranchStates::open(const std::string& branch, const engine::LeftBranch* left,
                                             const std::string& commit, Instant now) {
  const std::string file = file_of(branch);
  if (file == first_ && !branch.empty()) first_branch_ = branch;
  if (file != first_) LEANSPEC_TRY(host::make_private_folder(folder()));
  if (!host::path_exists(file) && file != first_) make_room();
  LEANSPEC_ASSIGN(auto opened, disk::open_state_database(file, now));
  if (branch.empty() || left == nullptr) return opened;
  LEANSPEC_ASSIGN(const auto state, opened.store->load());
  engine::StateUpdate update;
  // Not whether the file is new: it may be all that was made of it before the process ended.
  if (!state.replica.has_disk && !state.replica.git_branch) {
    update = engine::state_of_new_branch(*left, commit);
  } else {
    update.replica = state.replica;
    update.replica->paused = left->state.replica.paused;
  }
  // Before the other one is told that it has the disk no more: whoever begins anew in between finds both.
  update.replica->has_disk = true;
  LEANSPEC_TRY(opened.store->commit(update));
  return opened;
}

void BranchStates::make_room() const {
  std::vector<std::pair<fs::file_time_type, std::string>> idle;
  std::size_t count = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder(), failed)) {
    if (entry.path().extension() != ".db") continue;
    ++count;
    const auto facts = disk::look_at_state_facts(entry.path().string());
    if (!facts || facts->pending > 0 || facts->has_disk) continue;
    idle.emplace_back(entry.last_write_time(failed), entry.path().string());
  }
  std::sort(idle.begin(), idle.end());
  for (const auto& [used, file] : idle) {
    if (count < branches_max) return;
    for (const char* part : {"", "-wal", "-shm"}) fs::remove(file + part, failed);
    --count;
  }
}

}  // namespace leanspec::bridge::run
