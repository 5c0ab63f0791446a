#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/engine/folder.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// What holds this folder back until a person decides, as people are told of it here and at the hub. It gets an
/// identity of its own whenever more is held than before: who decides names what they have seen.
class GuardReport {
 public:
  GuardReport(const Ledger& ledger, const Folder& folder, const ReplicaConfig& config,
              ReplicaEngine::MakeUuid make_uuid);

  /// After every input. `root_is_another`: an interrupted application waits for the folder that was.
  void look(bool root_is_another, Now now);
  /// What is held now; nothing: nothing.
  [[nodiscard]] const std::optional<GuardId>& id() const { return id_; }
  /// With nothing held it names no guard.
  [[nodiscard]] wire::GuardState state(Now now) const;

  /// A new connection: the hub knows of no guard.
  void connected();
  /// The hub is to be told again what is held, because it believes something else.
  void tell_again() { told_.reset(); }
  /// What the hub has not heard yet.
  [[nodiscard]] std::optional<wire::GuardState> news(Now now);

 private:
  [[nodiscard]] std::string objection() const;

  const Ledger& ledger_;
  const Folder& folder_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  std::optional<GuardId> id_;
  wire::GuardKind kind_ = wire::GuardKind::mass_delete;
  std::set<DocumentId> documents_;
  std::uint32_t count_ = 0;
  std::vector<std::string> paths_;
  BootTime since_{};
  /// The last guard that the hub heard of, and how many documents it was about; no guard: that nothing is held.
  std::optional<std::pair<std::optional<GuardId>, std::uint32_t>> told_;
};

}  // namespace leanspec::bridge::engine
