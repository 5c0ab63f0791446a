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
#include "bridge/engine/incoming_texts.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/left_overs.h"
#include "bridge/engine/outbox.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// Brings what the hub has newer to the disk. A document is taken up when the remote tree is whole (law 6), nothing of
/// it is on its way to the hub, its place is free or about to be, and its bytes are here; the intent is durable before
/// the disk is touched (law 9) and the trees change only after (law 10). Documents that take each other's places change
/// them in one step. A text that came out and is not the planned one is somebody's edit (LeftOvers).
///
/// One request at a time, and never beside a look at the disk: a look that sees a file at two places would invent a
/// document.
class Inbox {
 public:
  using Send = IncomingTexts::Send;

  Inbox(Ledger& ledger, Folder& folder, Outbox& outbox, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid,
        Send send);

  /// Something happened to the document; `incoming`: the hub has something newer of it.
  void planned(const DocumentId& document, bool incoming);
  void seen_in_feed(const wire::Entry& entry);
  void received(const wire::Body& body, Now now);
  void connected() { texts_.connected(); }
  void disconnected() { texts_.disconnected(); }
  void applied(const ApplyResult& result, Now now);
  /// All names in the staging folder, while nothing is under way.
  [[nodiscard]] bool seen_in_staging(std::vector<std::string> names) {
    return left_overs_.seen_in_staging(std::move(names));
  }

  /// A person says that the folder as it is now is the one to go on with.
  void approve() {
    if (!left_overs_.root_is_another()) return;
    any_root_ = true;
    left_overs_.approve();
  }

  /// What can be done now, if anything. `may_apply`: the remote tree is whole and nothing holds the folder.
  [[nodiscard]] std::optional<ApplyRequest> next(Now now, bool may_apply);
  [[nodiscard]] bool is_under_way() const { return under_way_.has_value(); }
  /// It was not even looked whether what is ready needs bytes of the disk.
  [[nodiscard]] bool is_gathering(Now now) const { return gathers_until_ && now.boot < *gathers_until_ && !ready_.empty(); }
  /// What a crash left behind has not been looked at yet: what the disk shows means nothing so far.
  [[nodiscard]] bool must_recover() const { return left_overs_.must_recover(); }
  /// And it waits for the folder that was: nothing goes on before it is back, or a person approves.
  [[nodiscard]] bool root_is_another() const { return left_overs_.root_is_another(); }
  [[nodiscard]] std::optional<BootTime> deadline(bool may_apply) const;
  /// Nothing is to be brought here, or it cannot be, or a person has to decide first.
  [[nodiscard]] bool quiet() const;
  /// Why a document is not here yet; empty: it comes next.
  [[nodiscard]] std::string why_not_yet(const DocumentId& document) const;
  [[nodiscard]] std::vector<std::string> warnings() const { return left_overs_.warnings(); }

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
  /// A look may be overtaken by another one; after so many a text comes whole.
  static constexpr std::uint32_t base_looks_max = 3;
  /// In one request: the disk's owner does it in one go.
  static constexpr std::size_t items_max = 64;
  /// Group commit: while texts are on their way those that are here wait for them, and after a request as long as it
  /// took what the hub said meanwhile is heard first, so that the disk flushes once for many. What comes alone waits
  /// for nothing. About as long as a slow disk's flush: nobody notices.
  static constexpr std::chrono::milliseconds gather_max{20};

 private:
  struct Wanted {
    std::optional<BootTime> not_before;  ///< max: not until something happens to it
    std::optional<BootTime> writer_since;
    std::chrono::milliseconds pause{0};
    std::string why;
    std::uint32_t base_looks = 0;  ///< how often the disk was asked for what a delta would be against
    bool for_a_person = false;     ///< it waits, for somebody to decide
  };
  struct UnderWay {
    ApplyRequest request;
    BootTime since{};
    std::map<std::string, DocumentId> swapped;  ///< by item name: the other one
  };

  [[nodiscard]] bool gathers(Now now);
  void take_up(const DocumentId& document, UnderWay& under_way, Now now);
  [[nodiscard]] bool place_is_free(const sync::ApplyOperation& apply, UnderWay& under_way, std::string& after);
  [[nodiscard]] std::string objection_to(const ApplyResult& result, std::size_t asked) const;
  [[nodiscard]] bool is_our_root(const ApplyResult& result) const;
  [[nodiscard]] std::optional<IncomingTexts::Base> base_for(const sync::ApplyOperation& apply, Wanted& wanted);
  [[nodiscard]] static BootTime next_round(Now now);
  [[nodiscard]] bool must_wait(const DocumentId& document, const sync::ApplyOperation& apply, Now now);
  [[nodiscard]] Intent intent_for(const sync::ApplyOperation& apply) const;
  void settled(const ApplyItem& item, const Applied& applied, Now now);
  void swapped(const ApplyItem& item, const Applied& applied, const DocumentId& other, Now now);
  void stands(const Intent& intent, const Applied& applied, Now now);
  void postpone(const DocumentId& document, const Applied& applied, Now now);
  // By value: they take the document out of the very sets that callers walk.
  void want(DocumentId document);
  void wait(DocumentId document, BootTime until, std::string why, bool for_a_person = false);
  void wait_no_more(DocumentId document, Wanted& wanted);
  void forget(DocumentId document);

  Ledger& ledger_;
  Folder& folder_;
  Outbox& outbox_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  IncomingTexts texts_;
  LeftOvers left_overs_;
  std::map<DocumentId, Wanted> wanted_;
  std::map<DocumentId, std::set<DocumentId>> blocked_;  ///< by the document that stands in the way
  std::set<DocumentId> ready_;                          ///< of those, to be tried now
  std::set<std::pair<BootTime, DocumentId>> waiting_;   ///< and later
  std::size_t waiting_for_people_ = 0;                  ///< of those, looked at now and then
  std::optional<BootTime> gathers_until_;               ///< see gather_max
  bool any_root_ = false;                               ///< approved, for the next answer
  std::optional<UnderWay> under_way_;
  std::uint64_t last_id_ = 0;
};

}  // namespace leanspec::bridge::engine
