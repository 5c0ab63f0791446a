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
/// before it is sent (law 2); one change per document is on its way; sixteen at a time and a credit of bytes; resent
/// with the same fields until the hub has answered. Renames of one plan travel as one group.
class Outbox {
 public:
  /// How long parts may go unanswered before the hub is asked again what it has.
  static constexpr std::chrono::seconds parts_patience{10};
  /// Parts that are sent before the hub is asked how far it got.
  static constexpr std::size_t parts_at_once = 4;

  using Send = std::function<void(wire::ToHub)>;

  Outbox(Ledger& ledger, Folder& folder, CatchUp& catch_up, const ReplicaConfig& config,
         ReplicaEngine::MakeUuid make_uuid, Send send);

  /// Plans what was touched. `online`: what it makes is sent at once, so it cannot be replaced any more.
  void plan(Now now, bool online);
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

  [[nodiscard]] std::optional<BootTime> deadline() const;
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  /// Why the hub asked to send it later; "" if it did not.
  [[nodiscard]] std::string why_later(const ChangeId& change) const;
  [[nodiscard]] bool is_in_flight(const ChangeId& change) const { return in_flight_.contains(change); }
  /// What the hub would not take, until the file or the connection changes.
  [[nodiscard]] const sync::Hold* rejected(const DocumentId& document) const;
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

  bool make_change(const sync::PushOperation& push, Now now, bool online, std::optional<GroupId> group,
                   std::uint32_t group_size);
  [[nodiscard]] bool join_claims(std::vector<sync::PushOperation>& moves, std::vector<sync::PushOperation>& edits);
  void make_group(const std::vector<sync::PushOperation>& moves, Now now, bool online);
  [[nodiscard]] bool fits(const PendingChange& change) const;
  void put_out(const PendingChange& change, Now now);
  void start_upload(const PendingChange& change, std::shared_ptr<const std::string> body, Now now);
  void send_parts(Now now);
  void push(const PendingChange& change, wire::Content content, Now now);
  void answered_alone(const PendingChange& change, const wire::PushResult& result, Now now);
  void answered_in_group(const PendingChange& change, const wire::PushResult& result, Now now);
  void settled(const PendingChange& change, const wire::PushResult& result);
  void agreed(const PendingChange& change, const DocumentId& document, const std::optional<VersionId>& version,
              const wire::PushResult& result);
  [[nodiscard]] bool take_canonical(const PendingChange& change, const DocumentId& canonical);
  void forget_flight(const ChangeId& change);

  Ledger& ledger_;
  Folder& folder_;
  CatchUp& catch_up_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  Send send_;
  std::size_t in_flight_max_ = 0;
  std::uint64_t credit_ = 0;
  std::map<ChangeId, std::uint64_t> in_flight_;  ///< bytes
  std::uint64_t bytes_in_flight_ = 0;
  std::map<ChangeId, BootTime> retry_at_;
  std::map<ChangeId, std::string> why_later_;  ///< what the hub said to those
  std::map<GroupId, std::map<ChangeId, wire::PushResult>> group_answers_;
  std::set<ChangeId> whole_only_;  ///< the hub lacks the base of the delta
  std::vector<ChangeId> lost_;     ///< their bytes are nowhere any more
  std::map<DocumentId, sync::Hold> rejected_;
  std::optional<Upload> upload_;
  std::uint64_t made_bytes_ = 0;  ///< of bodies, in this plan
};

}  // namespace leanspec::bridge::engine
