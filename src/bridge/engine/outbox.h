#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/engine/catch_up.h"
#include "bridge/engine/folder.h"
#include "bridge/engine/ledger.h"
#include "sync/reconcile.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// Turns plans into changes and changes into pushes. A change gets its id and its bytes are kept in one transaction
/// before it is sent (law 2); one change per document is on its way; as many at a time as the hub allows, and a credit
/// of bytes; resent with the same fields until the hub has answered.
///
/// Order (law 5): renames of one plan travel as one group. Any other change that takes a path waits until the document
/// that the hub has there has left it, so the hub never takes a new file for the one that was renamed away.
///
/// Every answer has an end. accepted, unchanged: the trees agree. known: a version that is not the head (an
/// older one, or the pushed text where the hub merged it) is the base from now on.
/// held: quiet until the file changes, its place at the hub becomes free, or the hub's head moves (Ledger).
/// rejected: offered again when the file changes, on the next connection, and after a pause that doubles from
/// `refused_pause` to `refused_pause_max`. retry: after what the hub asked for. need_body: at once with the whole text,
/// then with pauses that double from `retry_default` to `retry_max`.
class Outbox {
 public:
  static constexpr std::chrono::milliseconds retry_default{1'000};  ///< when the hub does not say how long to wait
  static constexpr std::chrono::milliseconds retry_least{100};
  static constexpr std::chrono::milliseconds retry_max{30'000};
  static constexpr std::chrono::seconds refused_pause{30};
  static constexpr std::chrono::seconds refused_pause_max{3'600};
  /// How long parts may go unanswered before the hub is asked again what it has.
  static constexpr std::chrono::seconds parts_patience{10};
  /// Parts that are sent before the hub is asked how far it got.
  static constexpr std::size_t parts_at_once = 4;

  using Send = std::function<void(wire::ToHub)>;
  /// Something happened to the document, and it was planned; `incoming`: the hub has something newer of it.
  using Planned = std::function<void(const DocumentId&, bool incoming)>;

  /// Somebody edited the document here, then.
  using Edited = std::function<void(const DocumentId&, BootTime when)>;

  Outbox(Ledger& ledger, Folder& folder, CatchUp& catch_up, const ReplicaConfig& config,
         ReplicaEngine::MakeUuid make_uuid, Send send, Planned planned, Edited edited);

  /// Plans what was touched. `online`: what it makes is sent at once, so it cannot be replaced any more.
  void plan(Now now, bool online);
  /// While nothing can be planned on what stands on disk now: what was made offline goes as it is (law 24).
  void send_as_made(Now now);
  /// Sends what may be sent.
  void send(Now now);

  void connected(const wire::PeerLimits& limits);
  /// Online from now on: edits made offline are planned again on what the hub has now, those already sent are sent
  /// again.
  void caught_up();
  void disconnected();
  void answered(const wire::PushResult& result, Now now);
  /// Our change came back in the feed: that is an answer as well.
  void seen_in_feed(const wire::Entry& entry, Now now);
  void parts_received(const wire::PartsState& state, Now now);

  /// `plans`: plan() may be called. What only that wakes waits for it.
  [[nodiscard]] std::optional<BootTime> deadline(bool plans) const;
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  /// Planned changes that there is no room for yet.
  [[nodiscard]] bool has_more() const { return !later_.empty(); }
  /// Why the hub asked to send it later; "" if it did not.
  [[nodiscard]] std::string why_later(const ChangeId& change) const;
  [[nodiscard]] bool is_in_flight(const ChangeId& change) const { return in_flight_.contains(change); }
  /// What the hub would not take, until it is offered again.
  [[nodiscard]] const sync::Hold* rejected(const DocumentId& document) const;
  /// Why a planned change is not sent yet; empty: it is sent next.
  [[nodiscard]] std::string waits_for(const DocumentId& document) const;
  /// Whether what it waits for will not leave its path by itself: that document stays where the hub has it (it is held,
  /// or the hub has newer of it), or waits for one that does. Then this one is held as well, until the other is
  /// settled.
  [[nodiscard]] bool waits_in_vain(const DocumentId& document) const;
  /// What the planner says of a document now.
  [[nodiscard]] sync::Plan plan_of(const DocumentId& document) const;

 private:
  struct Upload {
    ChangeId change;
    Digest digest;
    std::uint64_t size = 0;
    std::uint64_t sent = 0;
    std::shared_ptr<const std::string> body;
    BootTime asked_at;
    bool first = true;
  };
  struct Refusal {
    sync::Hold hold;
    std::chrono::milliseconds pause{0};
    std::optional<BootTime> again;  ///< nothing: it is being offered again
  };
  struct GroupAnswers {
    std::size_t members = 0;
    std::map<ChangeId, wire::PushResult> results;
  };
  using Pushes = std::vector<sync::PushOperation>;

  // ---- outbox_plan.cpp
  void wake(Now now);
  [[nodiscard]] bool plan_document(const DocumentId& document, bool online, Pushes& moves, Pushes& edits);
  bool make_change(const sync::PushOperation& push, Now now, bool online, std::optional<GroupId> group,
                   std::uint32_t group_size);
  // ---- outbox_order.cpp
  [[nodiscard]] bool is_move(const sync::PushOperation& push) const;
  [[nodiscard]] bool stays(const DocumentId& document) const;
  [[nodiscard]] bool was_set_aside(const sync::PushOperation& push) const;
  [[nodiscard]] std::optional<DocumentId> occupant(const sync::PushOperation& push) const;
  void wait_for(const DocumentId& document, const DocumentId& occupant);
  [[nodiscard]] bool gather_bytes(Pushes& moves, Pushes& edits);
  [[nodiscard]] bool leave_text_behind(sync::PushOperation& push) const;
  void let_wait(Pushes& moves, Pushes& edits);
  [[nodiscard]] std::vector<Pushes> groups_of(const Pushes& moves);
  void make_groups(const Pushes& moves, Now now, bool online);
  // ---- outbox.cpp
  [[nodiscard]] bool fits(const PendingChange& change) const;
  [[nodiscard]] std::optional<wire::Content> content_of(const PendingChange& change, std::uint64_t& room, Now now);
  void put_out(const PendingChange& change, Now now);
  void put_out_group(const GroupId& group, Now now);
  [[nodiscard]] std::shared_ptr<const std::string> body_of(const PendingChange& change, Now now);
  void drop_lost(Now now);
  void nothing_is_agreed_on(const PendingChange& renamed, Now now);
  void start_upload(const PendingChange& change, std::shared_ptr<const std::string> body, Now now);
  void send_parts(Now now);
  void tell_approval(const GuardId& guard);
  void push(const PendingChange& change, wire::Content content, std::uint32_t group_size, Now now);
  // ---- outbox_answers.cpp
  void answered_alone(const PendingChange& change, const wire::PushResult& result, Now now);
  void answered_in_group(const PendingChange& change, const wire::PushResult& result, Now now);
  [[nodiscard]] std::optional<std::chrono::milliseconds> pause_after(const PendingChange& change,
                                                                     const wire::PushResult& result);
  void settled(const PendingChange& change, const wire::PushResult& result, Now now);
  void displaced_settled(const PendingChange& change, const wire::PushResult& result, Now now);
  void agreed(const PendingChange& change, const DocumentId& document, const std::optional<VersionId>& version,
              const wire::PushResult& result);
  void has_version(const PendingChange& change, const DocumentId& document, const wire::PushResult& result);
  [[nodiscard]] bool is_read(Seq seq) const;
  [[nodiscard]] bool was_written_elsewhere(const PendingChange& change) const;
  [[nodiscard]] bool has_another_base(const PendingChange& change, const DocumentId& document) const;
  [[nodiscard]] bool take_canonical(const PendingChange& change, const DocumentId& canonical,
                                    const wire::PushResult& result, Now now);
  void refuse(const DocumentId& document, sync::Hold hold, Now now);
  void forget_refusal(const DocumentId& document);
  void forget_flight(const ChangeId& change);

  Ledger& ledger_;
  Folder& folder_;
  CatchUp& catch_up_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  Send send_;
  Planned planned_;
  Edited edited_;
  std::size_t in_flight_max_ = 0;
  std::uint64_t credit_ = 0;
  std::map<ChangeId, std::uint64_t> in_flight_;  ///< bytes
  std::uint64_t bytes_in_flight_ = 0;
  std::map<ChangeId, BootTime> retry_at_;
  std::map<ChangeId, std::string> why_later_;    ///< what the hub said to those
  std::map<ChangeId, std::uint32_t> need_body_;  ///< how often the hub asked for the whole text
  std::map<GroupId, GroupAnswers> group_answers_;
  std::vector<ChangeId> lost_;  ///< their bytes are nowhere any more
  std::map<DocumentId, Refusal> refused_;
  std::set<std::pair<BootTime, DocumentId>> refused_until_;
  std::map<DocumentId, std::set<DocumentId>> waiting_;  ///< by the document that has their place
  std::map<DocumentId, DocumentId> waits_for_;
  std::set<DocumentId> later_;  ///< planned, and without room or bytes so far
  std::optional<Upload> upload_;
  std::set<Digest> uploaded_;         ///< the hub has all parts of these
  std::uint64_t made_bytes_ = 0;      ///< of bodies, in this plan
  std::set<GuardId> approvals_told_;  ///< on this connection
};

}  // namespace leanspec::bridge::engine
