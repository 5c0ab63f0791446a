#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/engine/catch_up.h"
#include "bridge/engine/editing.h"
#include "bridge/engine/folder.h"
#include "bridge/engine/guard_report.h"
#include "bridge/engine/inbox.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/outbox.h"
#include "bridge/engine/replica_engine.h"

namespace leanspec::bridge::engine {

/// The parts of the engine and what it knows of its connection. After every input advance() lets each part do what it
/// now can.
class ReplicaEngine::Impl {
 public:
  Impl(ReplicaConfig replica_config, StateStore& store, ReplicaState loaded, const MakeUuid& make_uuid, Now now);

  void connected(Now now);
  void disconnected(const std::string& why, Now now);
  void received(const wire::ToBridge& message, Now now);
  void network_up(Now now);
  void set_paused(bool paused, Now now);
  void approve(Now now);
  [[nodiscard]] Status revert(Now now);
  void tick(Now now);
  [[nodiscard]] Barrier::Ticket flush(Now now);
  [[nodiscard]] bool flushed(Barrier::Ticket ticket) const { return barrier_.is_reached(ticket); }
  void advance(Now now);
  /// People and the hub will want to know.
  void changed();
  void scanned(const ScanResult& result, Now now);
  void git_seen(GitFingerprint git, Now now);
  [[nodiscard]] Status accept(const std::string& path, Now now);
  void take_disk(CarriedDisk carried, Now now);
  [[nodiscard]] Result<LeftBranch> left_branch(Now now);
  void set_disk(bool has, Now now);
  void applied(const ApplyResult& result, Now now);
  void seen_in_staging(std::vector<std::string> names);
  [[nodiscard]] std::optional<BootTime> deadline() const;
  [[nodiscard]] bool quiet() const;

  [[nodiscard]] ReplicaStateName state_name() const;
  [[nodiscard]] ReplicaStatus status(Now now) const;
  /// The same without who edits what, which takes longer to list than the rest and is nothing to report.
  [[nodiscard]] ReplicaStatus own_status(Now now) const;
  [[nodiscard]] FileExplanation why(const std::string& path, Now now) const;

  ReplicaConfig config;
  Ledger ledger;
  Folder folder;
  CatchUp catch_up;
  Editing editing;
  std::vector<Action> actions;
  std::optional<wire::Refused> refusal;
  bool refusal_is_final = false;

 private:
  /// Reports to the hub are at least this far apart.
  static constexpr std::chrono::seconds report_interval{5};
  /// Twice the round trip of the slowest lines that people sync over.
  static constexpr std::chrono::seconds answer_after_return{2};

  void send(wire::ToHub message);
  void step(const CatchUp::Step& step, Now now);
  void on_welcome(const wire::Welcome& welcome, Now now);
  void join_known_branch(Now now);
  void begin_on_restored_hub();
  void branch_is_open(Now now);
  /// Another branch is checked out: what was made before is sent, and nothing else happens.
  [[nodiscard]] bool without_disk() const;
  void on_refused(const wire::Refused& refused, Now now);
  void on_page(const wire::Changes& page, Now now);
  void join_by_path();
  void keep_alive(Now now);
  void decided(const wire::GuardDecision& decision, Now now);
  void release(Now now);
  void acknowledge();
  void report(Now now);
  void note_agreement(Now now);
  void watch_clock(Now now);
  void reach_barrier();
  [[nodiscard]] bool may_plan() const;
  [[nodiscard]] bool may_look() const;
  [[nodiscard]] bool may_apply() const;
  [[nodiscard]] bool may_send() const;
  /// The document that a path means: the one there, or the one that was.
  [[nodiscard]] std::optional<DocumentId> document_at(const std::string& path) const;
  void explain_state(ReplicaStatus& status) const;
  void list_documents(ReplicaStatus& status) const;

  Outbox outbox_;
  Barrier barrier_;
  Inbox inbox_;
  GuardReport guard_report_;
  Instant clock_ahead_;                ///< what the wall clock shows beyond the boot clock
  std::vector<wire::Editor> editors_;  ///< who edits what elsewhere
  bool connected_ = false;
  bool welcome_ = false;
  Now heard_{};
  BootTime pinged_{};
  std::optional<BootTime> answer_by_;  ///< the network returned, and nothing was heard since
  std::uint64_t nonce_ = 0;
  std::string project_name_;
  std::string hub_version_;
  std::string warning_;
  std::string last_disconnect_;
  std::optional<Instant> connected_since_;
  std::optional<Seq> acknowledged_;
  std::optional<wire::Report> reported_;
  std::optional<BootTime> report_at_;
  BootTime reported_at_{};
  std::optional<ReplicaStateName> seen_state_;
  bool changed_since_report_ = false;
};

}  // namespace leanspec::bridge::engine
