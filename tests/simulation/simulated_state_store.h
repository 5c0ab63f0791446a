#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "bridge/engine/state.h"
#include "tests/fakes/memory_state_store.h"
#include "tests/simulation/canary.h"

namespace leanspec::simulation {

namespace engine = bridge::engine;

/// A bridge's durable memory with its bad days: full, lost, and a power cut just before or just after a commit. It
/// outlives the process. Also the home of the canaries that a broken store would be.
class SimulatedStateStore final : public engine::StateStore {
 public:
  explicit SimulatedStateStore(Canary canary) : canary_(canary) {}

  [[nodiscard]] Result<engine::ReplicaState> load() override {
    LEANSPEC_ASSIGN(auto state, disk_.load());
    if (canary_ == Canary::pending_bytes_dropped && restarted) {
      for (const auto& [change, pending] : state.pending) {
        if (pending.digest) state.bodies.erase(*pending.digest);
      }
    }
    return state;
  }

  [[nodiscard]] Status commit(const engine::StateUpdate& update) override {
    if (power_gone) return Error(ErrorCode::io, "the process is gone");
    if (full) return Error(ErrorCode::no_space, "the disk is full");
    const bool last = crash_at_commit && (*crash_at_commit)-- == 0;
    if (last) {
      crash_at_commit.reset();
      power_gone = true;
      if (!crash_after_it) return Error(ErrorCode::io, "the process is gone");
    }
    LEANSPEC_TRY(canary_ == Canary::cursor_before_rows ? commit_in_two(update) : disk_.commit(update));
    for (const auto& [change, pending] : update.pending) {
      if (pending) made_since_start_.insert(change);
    }
    if (on_commit) on_commit(update);
    return {};
  }

  [[nodiscard]] Result<std::string> body(const Digest& digest) override {
    if (canary_ == Canary::pending_bytes_dropped && restarted) {
      for (const auto& [change, pending] : disk_.durable().pending) {
        if (pending.digest == digest && !made_since_start_.contains(change))
          return Error(ErrorCode::not_found, "no such body");
      }
    }
    return disk_.body(digest);
  }

  [[nodiscard]] Result<std::vector<engine::Ancestor>> ancestors(const DocumentId& document) override {
    return disk_.ancestors(document);
  }
  [[nodiscard]] Result<std::vector<DocumentId>> documents_once_at(std::string_view path) override {
    return disk_.documents_once_at(path);
  }

  /// A new process opens it. What a torn commit had left over is gone.
  void restart() {
    power_gone = false;
    crash_at_commit.reset();
    restarted = true;
    made_since_start_.clear();
    left_over_ = engine::StateUpdate();
  }
  void lose() {
    disk_ = fakes::MemoryStateStore();
    left_over_ = engine::StateUpdate();
  }
  [[nodiscard]] const engine::ReplicaState& durable() const { return disk_.durable(); }

  bool full = false;
  bool power_gone = false;  ///< from here on nothing is written, and the process counts as dead
  std::optional<std::size_t> crash_at_commit;
  bool crash_after_it = false;
  bool restarted = false;
  /// After each commit.
  std::function<void(const engine::StateUpdate&)> on_commit;

 private:
  /// The cursor at once, its rows with the next commit.
  Status commit_in_two(const engine::StateUpdate& update) {
    auto first = update;
    first.remote = std::exchange(left_over_.remote, update.remote);
    return disk_.commit(first);
  }

  const Canary canary_;
  fakes::MemoryStateStore disk_;
  engine::StateUpdate left_over_;
  std::set<ChangeId> made_since_start_;
};

}  // namespace leanspec::simulation
