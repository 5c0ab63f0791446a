#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/state.h"

namespace leanspec::fakes {

/// A StateStore in memory with the semantics of a durable one: a commit is whole or not at all, and what was committed
/// survives a crash. A crash is simulated by dropping the engine and opening another one on the same store.
class MemoryStateStore final : public bridge::engine::StateStore {
 public:
  [[nodiscard]] Result<bridge::engine::ReplicaState> load() override {
    if (fail_load) return *fail_load;
    return state_;
  }

  [[nodiscard]] Status commit(const bridge::engine::StateUpdate& update) override {
    if (crash_after_commits && *crash_after_commits == 0) return Error{ErrorCode::io, "the process is gone"};
    if (fail_commit) return *fail_commit;
    if (update.replica) state_.replica = *update.replica;
    write(state_.local, update.local);
    write(state_.synced, update.synced);
    if (update.clear_remote) state_.remote.clear();
    write(state_.remote, update.remote);
    write(state_.former, update.former);
    write(state_.holds, update.holds);
    write(state_.pending, update.pending);
    write(state_.intents, update.intents);
    if (update.released) state_.released = *update.released;
    for (const auto& [digest, bytes] : update.bodies) {
      if (bytes) {
        if (bodies_.emplace(digest, *bytes).second) state_.bodies[digest] = {bytes->size(), ++order_};
      } else {
        bodies_.erase(digest);
        state_.bodies.erase(digest);
      }
    }
    for (const auto& [document, ancestor] : update.ancestors) {
      auto& all = ancestors_[document];
      std::erase_if(all, [one = &ancestor](const auto& other) {
        return other.digest == one->digest && other.path == one->path;
      });
      all.insert(all.begin(), ancestor);
      if (all.size() > bridge::engine::ancestors_max) all.pop_back();
    }
    ++commits;
    if (crash_after_commits) --*crash_after_commits;
    return {};
  }

  [[nodiscard]] Result<std::string> body(const Digest& digest) override {
    const auto found = bodies_.find(digest);
    if (found == bodies_.end()) return Error{ErrorCode::not_found, "no such body", to_hex(digest)};
    return found->second;
  }

  [[nodiscard]] Result<std::vector<bridge::engine::Ancestor>> ancestors(const DocumentId& document) override {
    const auto found = ancestors_.find(document);
    if (found == ancestors_.end()) return std::vector<bridge::engine::Ancestor>{};
    return found->second;
  }

  [[nodiscard]] Result<std::vector<DocumentId>> documents_once_at(std::string_view path) override {
    std::vector<DocumentId> documents;
    for (const auto& [document, all] : ancestors_) {
      if (std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.path == path; }))
        documents.push_back(document);
    }
    return documents;
  }

  [[nodiscard]] const bridge::engine::ReplicaState& durable() const { return state_; }

  std::size_t commits = 0;
  std::optional<Error> fail_load;
  std::optional<Error> fail_commit;                ///< every commit fails with this and writes nothing (disk full)
  std::optional<std::size_t> crash_after_commits;  ///< after so many more nothing is written: the power is gone

 private:
  template <typename Key, typename Value>
  static void write(std::map<Key, Value>& rows, const std::map<Key, std::optional<Value>>& changes) {
    for (const auto& [key, value] : changes) {
      if (value)
        rows.insert_or_assign(key, *value);
      else
        rows.erase(key);
    }
  }

  bridge::engine::ReplicaState state_;
  std::map<Digest, std::string> bodies_;
  std::uint64_t order_ = 0;
  std::map<DocumentId, std::vector<bridge::engine::Ancestor>> ancestors_;
};

}  // namespace leanspec::fakes
