#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/engine/apply.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"

namespace leanspec::bridge::engine {

/// What the disk is asked for, to carry out or to look after an intent.
[[nodiscard]] ApplyItem item_of(const std::string& name, const Intent& intent, ApplyStep step);

/// The files in the staging folder that are not done with: what a crash left in the middle of an application, and what
/// came out of its place and may yet be written into (law 8). Each has its intent row until its file is gone, so
/// neither a crash nor a disk that refuses makes one forgotten; and a file goes only while it holds a text that is safe
/// elsewhere (law 9): the row's `expected`, which becomes the text that came out once that is a pending change.
///
/// What fails is tried again after pauses that double, and is named in the status until it succeeds.
class LeftOvers {
 public:
  LeftOvers(Ledger& ledger, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid);

  /// What a crash left behind has not been looked at yet: what the disk shows means nothing so far, and nothing else is
  /// to be asked of it.
  [[nodiscard]] bool must_recover() const { return !to_recover_.empty(); }
  /// What can be looked at now.
  [[nodiscard]] std::vector<ApplyItem> due(Now now) const;
  [[nodiscard]] std::optional<BootTime> deadline() const;

  /// Whether these things were done is not known: they are looked at as after a crash.
  void doubt(const std::vector<ApplyItem>& items, const std::string& why, Now now);
  /// The same, where they may have been done to another folder: that is asked for again more often, until the right
  /// one is back or approve() says that this one is to be gone on with.
  void root_is_another(const std::vector<ApplyItem>& items, const std::string& why, Now now);
  void approve();
  [[nodiscard]] bool root_is_another() const { return root_is_another_ && must_recover(); }
  /// The disk's answer to recover or look_back. False: it could not be looked at, and nothing is known.
  [[nodiscard]] bool was_looked_at(const ApplyItem& item, const Applied& applied, Now now);
  /// What the disk said of an application or of a later look.
  void came_out(const std::string& name, const Intent& intent, const Applied& applied, Now now);
  /// The document has no change on its way any more.
  void planned(const DocumentId& document);
  /// All names in the staging folder. Those without an intent are of a state that was lost: they are named in the
  /// status, and stay. True: what is named there is another than before.
  [[nodiscard]] bool seen_in_staging(std::vector<std::string> names);

  /// Nothing waits here that the hub has not heard of.
  [[nodiscard]] bool quiet() const;
  /// What people should know: which file, what happened, what to do.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// A file that came out and that a program still has open is looked at this often.
  static constexpr std::chrono::milliseconds look_back_interval{2'000};
  /// What failed is tried again after this, which doubles up to the second: a disk that refuses does so for long.
  static constexpr std::chrono::milliseconds failed_pause{2'000};
  static constexpr std::chrono::milliseconds failed_pause_max{60'000};
  /// A folder that is away may be back at any time, and until then nothing is known.
  static constexpr std::chrono::milliseconds root_pause{5'000};
  /// In one request, which the disk's owner carries out in one go, while nothing else happens.
  static constexpr std::size_t look_backs_max = 16;
  /// Files that are named one by one; how many more there are is said in one line.
  static constexpr std::size_t named_max = 20;

 private:
  struct LookBack {
    BootTime at{};
    std::chrono::milliseconds pause{0};
    std::string failure;   ///< of the last look; empty: it succeeded
    bool unheard = false;  ///< it holds a text that waits for an earlier change of the document
  };

  [[nodiscard]] bool is_left_by_power(const std::string& name, const Intent& intent, const Displaced& displaced);
  [[nodiscard]] bool keep(const Intent& intent, const Displaced& displaced, Now now);

  Ledger& ledger_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  std::map<std::string, std::string> to_recover_;  ///< by name: why it could not be so far
  BootTime recover_at_{};
  std::chrono::milliseconds recover_pause_{0};
  bool root_is_another_ = false;
  std::map<std::string, LookBack> look_back_;
  std::set<std::string> of_former_boot_;  ///< what lies there since before the machine began anew
  std::vector<std::string> orphans_;
};

}  // namespace leanspec::bridge::engine
