#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/engine/boot_doubt.h"
#include "bridge/engine/flapping.h"
#include "bridge/engine/git_watch.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"
#include "bridge/engine/scan.h"
#include "bridge/engine/settle.h"
#include "sync/guard.h"
#include "sync/identify.h"
#include "sync/spellings.h"

namespace leanspec::bridge::engine {

/// Why a file cannot be synced, for people.
struct FileProblem {
  FileState state = FileState::unreadable;
  std::string why;
  std::string remedy;
  friend bool operator==(const FileProblem&, const FileProblem&) = default;
};

/// The disk as the engine knows it: turns hints and observations into settled rows of the local tree. Asks for one look
/// at a time. Decides what is absent (never what could not be looked at), which document each file is, and asks the
/// guard before a document counts as deleted.
class Folder {
 public:
  /// A file that could not be looked at is tried again after this, the root more often.
  static constexpr std::chrono::seconds unknown_retry{60};
  static constexpr std::chrono::seconds root_retry{5};
  /// Bytes that a look at everything brings along, for what changed while nobody watched; of a first sync, where all is
  /// new, they are the first few files, and the rest is asked for when it is sent.
  static constexpr std::uint64_t whole_look_bytes_max = 1024 * 1024;
  /// Files that are gone for certain wait so long for others that may be gone with them.
  static constexpr std::chrono::milliseconds judged_again_after{500};
  /// What the system said of renames is of use for this long.
  static constexpr std::chrono::seconds evidence_life{10};

  Folder(Ledger& ledger, const ReplicaConfig& config, ReplicaEngine::MakeUuid make_uuid, Now now);

  void hinted(const Hint& shown, Now now);
  void scanned(const ScanResult& result, Now now);
  /// The next look, if one is due and none is under way.
  [[nodiscard]] std::optional<ScanRequest> next_scan(Now now);
  [[nodiscard]] std::optional<BootTime> deadline() const;

  /// The number of the look that this asks for.
  std::uint64_t look_everywhere(Now now);
  /// All looks at everything that were asked for up to this one have ended, under a root that was accepted.
  [[nodiscard]] std::uint64_t looks_ended() const { return looks_ended_; }
  void look_at(const std::string& path, Now now) { settle_.look(path, now.boot); }
  /// Git was at work meanwhile: what the look shows counts for nothing.
  void drop_look(std::uint64_t id, Now now);
  [[nodiscard]] GitWatch& git() { return git_; }
  [[nodiscard]] const GitWatch& git() const { return git_; }
  [[nodiscard]] bool is_looking() const { return under_way_.has_value(); }

  // ---- what this program did to the disk itself
  /// The document stands at `path` now. It is looked at, since somebody may have been quick.
  void placed(const DocumentId& document, const std::string& path, sync::DiskFile file, Now now);
  /// Nothing stands here any more for the document, as far as is known: what the hub has of it is new here.
  void start_over(const DocumentId& document);
  void taken_away(const DocumentId& document, const std::string& path);
  /// What came back of the texts that were replaced.
  [[nodiscard]] Flapping& flapping() { return flapping_; }
  [[nodiscard]] const Flapping& flapping() const { return flapping_; }

  /// What the guard holds is deleted for everybody, and every deletion names `guard`.
  void approve(const GuardId& guard, Now now);
  /// What the guard holds was not meant: the hub's state of it comes back as if it had never been here.
  void revert(Now now);
  /// Under which guard a person approved that this document, which is not here any more, is deleted.
  [[nodiscard]] std::optional<GuardId> approval_of(const DocumentId& document) const;
  /// As an earlier process, or an earlier plan, had it.
  void note_approval(const DocumentId& document, const GuardId& guard) { deleted_under_[document] = guard; }
  /// How many deletions were approved under it; nothing: not by this process.
  [[nodiscard]] std::optional<std::uint32_t> approved_under(const GuardId& guard) const;
  /// What stands in the folder was not made from what is known here: it joins like a folder that is added (law 7).
  void join_anew(Now now) { begin_anew(now); }

  /// The bytes of a settled file: those of the last look, or a look is asked for and this is null.
  [[nodiscard]] std::shared_ptr<const std::string> bytes(const std::string& path, const Digest& digest);
  /// Bytes were asked for and have not come yet.
  [[nodiscard]] bool is_fetching() const { return !bytes_wanted_.empty() || (under_way_ && is_fetch_); }
  /// A look would give these bytes: the file is there with them, and neither in trouble nor about to settle as another.
  [[nodiscard]] bool is_readable(const std::string& path, const Digest& digest) const;
  /// It was seen missing twice, though git or the guard may still have a say in what that means.
  [[nodiscard]] bool is_gone(const std::string& path, Now now) const {
    return settle_.is_absent_for_certain(path, now.boot);
  }
  /// Bytes of the last look are of no more use.
  void forget_bytes() { fresh_bodies_.clear(); }

  // ---- on a disk that does not keep all names apart (folder_names.cpp)
  [[nodiscard]] const sync::Folding& folding() const { return folding_; }
  /// The document whose place is, for this disk, the same as this path.
  [[nodiscard]] std::optional<DocumentId> local_like(const std::string& path);
  /// What is wrong with the file that stands there, under this name or one that the disk does not keep apart from it.
  [[nodiscard]] const FileProblem* problem_at(const std::string& path) const;

  [[nodiscard]] const sync::DiskFiles& files() const { return files_; }
  [[nodiscard]] const sync::Guard& guard() const { return guard_; }
  [[nodiscard]] const Settle& settle() const { return settle_; }
  [[nodiscard]] const std::map<std::string, FileProblem>& problems() const { return problems_; }
  [[nodiscard]] const std::vector<IgnoredPath>& ignored() const { return ignored_; }
  [[nodiscard]] std::size_t ignored_count() const { return ignored_count_; }
  [[nodiscard]] std::size_t over_limit() const { return over_limit_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::string& root_problem() const { return root_problem_; }
  [[nodiscard]] std::optional<sync::IgnoreMatch> ignored_by(std::string_view path) const;
  /// The first whole look is finished: the local tree is what is on disk.
  [[nodiscard]] bool looked_once() const { return looked_once_; }
  /// Of what was missing by then everything is decided; what went later, or waits for git, may not be.
  [[nodiscard]] Instant watched_until(Now now) const;
  /// No look is due or under way and nothing waits to settle.
  [[nodiscard]] bool quiet() const;

 private:
  struct Look;  ///< what one scan result says, sorted out (folder_look.h)

  // ---- folder_look.cpp
  /// Another folder stands in the root's place, and nobody has decided: only looks at everything can change that.
  [[nodiscard]] bool is_another_root() const { return guard_.reason() == sync::GuardReason::root_replaced; }
  [[nodiscard]] bool accept_root(const ScanResult& result, const Look& look, Now now);
  void sort_out(const ScanResult& result, Look& look, Now now);
  void lose_from_view(const std::string& unknown, Look& look);
  void lose_sight_of(const std::string& unknown);
  void leave_what_stands_elsewhere(Look& look, Now now);
  void see_file(const Observation& seen, Look& look, Now now);
  [[nodiscard]] bool is_of_git(const Observation& seen, const sync::DiskFile& file, Now now);
  void take_or_wait(const Observation& seen, const sync::DiskFile& file, Look& look, Now now);
  [[nodiscard]] CutShort cut_short(const Digest& known, std::uint64_t known_size, const sync::DiskFile& now);
  // ---- folder_identity.cpp: which document a file is
  [[nodiscard]] bool has_unseen_sources(const std::string& path, const sync::DiskFile& file, Look& look, Now now);
  void give_documents(Look& look, Now now);
  void recognise_moved_back(Look& look, Now now) const;
  [[nodiscard]] bool was_moved_back(const std::string& path, const LocalRow& row, Look& look, Now now) const;
  [[nodiscard]] bool was_left_by_power(const DocumentId& document, const std::string& path, const sync::DiskFile& file,
                                       Now now);
  // ---- folder_absence.cpp: what is not there, and whether it was deleted
  void find_absent(const ScanResult& result, Look& look);
  [[nodiscard]] bool git_is_to_say(const std::string& path) const;
  void weigh_with_others(const Look& look, std::set<DocumentId>& gone, Now now);
  [[nodiscard]] bool power_took_it(const std::string& path, const DocumentId& document) const;
  [[nodiscard]] bool counts_as_gone(const std::string& path, Now now);
  [[nodiscard]] bool was_never_seen(const std::string& path) const;
  [[nodiscard]] bool is_of_the_beginning(const std::string& path) const;
  void end_beginning(Now now);
  [[nodiscard]] bool git_took_it(const std::string& path, const DocumentId& document, Now now);
  void let_go(Look& look, Now now);
  void begin_anew(Now now);
  void end_doubt();
  void remember_release(std::size_t count, Now now);
  // ---- folder_names.cpp
  [[nodiscard]] bool folds_as_known(const ScanResult& result);
  [[nodiscard]] std::shared_ptr<const sync::Spellings> spellings();
  [[nodiscard]] Hint as_known(Hint hint);
  // ---- folder.cpp
  void forget_place(const DocumentId& document);
  [[nodiscard]] bool was_our_own(const Hint& hint, Now now);
  [[nodiscard]] EditTime time_of(Now now) const;
  void set_problem(const std::string& path, FileState state, std::string why, std::string remedy);

  Ledger& ledger_;
  const ReplicaConfig& config_;
  ReplicaEngine::MakeUuid make_uuid_;
  GitWatch git_;
  BootDoubt doubt_;
  Settle settle_;
  sync::Guard guard_;
  Flapping flapping_;
  std::shared_ptr<const sync::IgnoreRules> rules_;
  sync::DiskFiles files_;
  std::map<Digest, std::shared_ptr<const std::string>> fresh_bodies_;
  std::map<std::string, FileProblem> problems_;
  std::map<DocumentId, GuardId> approved_;       ///< and still in the local tree
  std::map<DocumentId, GuardId> deleted_under_;  ///< approved and gone; of what came back nothing
  std::map<GuardId, std::uint32_t> approvals_;   ///< how many documents each was about
  std::set<std::string> sources_checked_;
  std::set<std::string> bytes_wanted_;
  std::set<std::string> of_git_;     ///< absent when last looked for, and git took it or has not said yet
  std::set<std::string> of_people_;  ///< absent when last looked for, and git did not take it
  /// Absent, and nobody said so: a look at everything found it out, or one for bytes or for where a new file came from;
  /// or it cannot be looked for. The last look at everything before it ended then.
  std::map<std::string, BootTime> unheard_since_;
  BootTime everything_seen_at_{};  ///< the last look at everything ended
  std::set<std::string> missing_;  ///< of the local tree; looked for and not there, so far
  std::uint64_t bytes_wanted_size_ = 0;
  std::vector<std::pair<BootTime, sync::MoveEvidence>> moves_;
  std::vector<std::pair<BootTime, sync::MoveEvidence>> own_moves_;  ///< of these the system tells us as well

  std::optional<ScanRequest> under_way_;
  bool is_fetch_ = false;  ///< what is under way, or was looked at last, is for bytes_wanted_
  std::uint64_t last_id_ = 0;
  std::optional<BootTime> everything_at_;
  bool everything_wanted_ = true;
  std::uint64_t looks_asked_ = 0;
  std::uint64_t looks_begun_ = 0;
  std::uint64_t looks_ended_ = 0;
  bool looked_once_ = false;
  std::set<std::string> never_seen_;  ///< of the local tree, to be there: neither by the first whole look nor since
  std::vector<IgnoredPath> ignored_;
  std::size_t ignored_count_ = 0;
  std::size_t over_limit_ = 0;
  std::vector<std::string> warnings_;
  std::string root_problem_;
  sync::Folding folding_;
  std::shared_ptr<const sync::Spellings> spellings_;  ///< where the disk folds names; of what was known then
  std::uint64_t spellings_of_ = 0;                    ///< Ledger::tree_changes() then
  std::map<std::string, DocumentId> local_by_key_;    ///< the same of the local tree alone
  /// A person said that another folder is to be synced in place of the one that was: what is missing in it was never
  /// taken away (I5).
  bool another_root_ = false;
};

}  // namespace leanspec::bridge::engine
