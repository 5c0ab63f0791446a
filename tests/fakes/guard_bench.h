#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "tests/fakes/replica_bench.h"

namespace leanspec::fakes {

/// A ReplicaBench whose user takes many files away, and whose guard is answered.
struct GuardBench : ReplicaBench {
  explicit GuardBench(engine::SyncMode with = engine::SyncMode::two_way) : ReplicaBench(false) {
    mode = with;
    start();
    connect();
  }
  [[nodiscard]] static std::string name(int n) { return "f" + std::to_string(n) + ".md"; }
  void look() {
    replica->rescan(now());
    carry_out();
  }
  /// What is saved now is dated now.
  void save_now(const std::string& path, std::string text) {
    disk.clock_ns = std::chrono::nanoseconds(now().wall.time_since_epoch()).count();
    save(path, std::move(text));
  }
  /// The files of save_all() from `first` on.
  void remove_many(int first, int count) {
    for (int i = first; i < first + count; ++i) disk.files.erase(name(i));
    look();
    pass(std::chrono::seconds{30});
  }
  /// As a person does at the hub.
  void decide(const GuardId& guard, wire::GuardDecisionKind kind) {
    wire::GuardDecision decision;
    decision.guard = guard;
    decision.decision = kind;
    decision.by = "user:ada";
    replica->received(decision, now());
    carry_out();
    pass(a_while);
  }
  /// Somebody else's change arrives.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    hub.change(document, path, std::move(text));
    tell_head();
    pass(a_while);
  }
  [[nodiscard]] DocumentId document_at(const std::string& path) const {
    for (const auto& [document, version] : hub.heads) {
      if (version.path == path && version.digest) return document;
    }
    return {};
  }
  [[nodiscard]] std::size_t deletions() const {
    return static_cast<std::size_t>(
        std::count_if(hub.pushes.begin(), hub.pushes.end(), [](const auto& push) { return !push.digest; }));
  }
};

}  // namespace leanspec::fakes
