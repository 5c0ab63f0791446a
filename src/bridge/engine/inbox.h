#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/engine/folder.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/outbox.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// Brings what the hub has newer to the disk. A document is taken up when the remote tree is whole (law 6), nothing of
/// it is on its way to the hub, its place is free or about to be, and its bytes are here; the intent is durable before
/// the disk is touched (law 9) and the trees change only after (law 10). Documents that take each other's places change
/// them in one step. A text that came out and is not the planned one is somebody's edit: it becomes a pending change
/// with the plan's base.
///
/// One request at a time, and never beside a look at the disk: a look that sees a file at two places would invent a
/// document.
class Inbox {
 public:
  /// The planner's word to one document, and the Outbox's to what it waits for.
  using Send = std::function<void(wire::ToHub)>;

  Inbox(Ledger& ledger, Folder& folder, Outbox& outbox, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid,
        Send send);

  /// Something happened to the document; `incoming`: the hub has something newer of it.
  void planned(const DocumentId& document, bool incoming);
  /// Small texts come with the feed.
  void seen_in_feed(const wire::Entry& entry);
  void received(const wire::Body& body, Now now);
  void connected();
  void disconnected();
  void applied(const ApplyResult& result, Now now);

  /// What can be done now, if anything. `may_apply`: the remote tree is whole and nothing holds the folder.
  [[nodiscard]] std::optional<ApplyRequest> next(Now now, bool may_apply);
  [[nodiscard]] bool is_under_way() const { return under_way_.has_value(); }
  /// What a crash left behind has not been looked at yet: what the disk shows means nothing so far.
  [[nodiscard]] bool must_recover() const { return !to_recover_.empty(); }
  [[nodiscard]] std::optional<BootTime> deadline(bool may_apply) const;
  /// Nothing is to be brought here, or it cannot be.
  [[nodiscard]] bool quiet() const;
  /// Why a document is not here yet; empty: it comes next.
  [[nodiscard]] std::string why_not_yet(const DocumentId& document) const;

  /// A program that has a file open is waited for so long, asked at this interval.
  static constexpr std::chrono::milliseconds writer_patience{5'000};
  static constexpr std::chrono::milliseconds writer_interval{250};
  /// The disk was not as planned: it is looked at, and this long nothing is tried; doubles up to the second.
  static constexpr std::chrono::milliseconds moved_on_pause{100};
  static constexpr std::chrono::milliseconds moved_on_pause_max{5'000};
  /// Of what waits for a person.
  static constexpr std::chrono::milliseconds held_interval{5'000};
  /// The disk refused (full, read-only): doubles up to the second.
  static constexpr std::chrono::milliseconds failed_pause{2'000};
  static constexpr std::chrono::milliseconds failed_pause_max{60'000};
  /// A file that came out and that a program still has open is looked at this often.
  static constexpr std::chrono::milliseconds look_back_interval{2'000};
  /// Documents, and bytes of their texts, in one request: the disk's owner does them in one go.
  static constexpr std::size_t items_max = 64;
  static constexpr std::uint64_t bytes_max = 4ULL * 1024 * 1024;
  /// Texts asked for at once, by number and bytes; a larger one travels alone.
  static constexpr std::size_t fetches_max = 16;

 private:
  struct Wanted {
    std::optional<BootTime> not_before;  ///< max: not until something happens to it
    std::optional<BootTime> writer_since;
    std::chrono::milliseconds pause{0};
    std::string why;
  };
  struct Fetching {
    std::uint64_t size = 0;
    std::string bytes;
  };
  struct UnderWay {
    ApplyRequest request;
    std::map<std::string, DocumentId> swapped;  ///< by item name: the other one
  };

  void take_up(const DocumentId& document, UnderWay& under_way, Now now);
  [[nodiscard]] bool place_is_free(const sync::ApplyOperation& apply, UnderWay& under_way);
  [[nodiscard]] std::shared_ptr<const std::string> bytes_of(const Digest& digest, std::uint64_t size);
  void settled(const ApplyItem& item, const Applied& applied, Now now);
  void swapped(const ApplyItem& item, const Applied& applied, const DocumentId& other, Now now);
  void stands(const Intent& intent, const Applied& applied, Now now);
  void keep_displaced(const Intent& intent, const Displaced& displaced, Now now);
  void postpone(const DocumentId& document, const Applied& applied, Now now);
  // By value: they take the document out of the very sets that callers walk.
  void want(DocumentId document);
  void wait(DocumentId document, BootTime until, std::string why);
  void forget(DocumentId document);
  [[nodiscard]] ApplyItem item_of(const std::string& name, const Intent& intent, ApplyStep step) const;

  Ledger& ledger_;
  Folder& folder_;
  Outbox& outbox_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  Send send_;
  std::map<DocumentId, Wanted> wanted_;
  std::map<DocumentId, std::set<DocumentId>> blocked_;  ///< by the document that stands in the way
  std::set<DocumentId> ready_;                          ///< of those, to be tried now
  std::set<std::pair<BootTime, DocumentId>> waiting_;   ///< and later
  std::map<Digest, Fetching> fetching_;
  std::uint64_t fetching_bytes_ = 0;
  bool online_ = false;
  std::map<Digest, std::shared_ptr<const std::string>> bodies_;
  std::uint64_t bodies_bytes_ = 0;
  std::set<std::string> to_recover_;
  std::map<std::string, BootTime> look_back_at_;
  std::set<std::string> to_remove_;  ///< their texts are durable elsewhere
  std::optional<UnderWay> under_way_;
  bool starved_ = false;  ///< no further text can be asked for now
  std::uint64_t last_id_ = 0;
};

}  // namespace leanspec::bridge::engine
