#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/engine/git_fingerprint.h"
#include "bridge/engine/git_question.h"
#include "bridge/engine/ledger.h"
#include "bridge/engine/replica_engine.h"
#include "sync/disk_file.h"
#include "sync/reconcile.h"

namespace leanspec::bridge::engine {

/// What git's doing means for one replica (laws 22, 23, 25).
///
/// A look at the disk counts if git was at rest when it began and the fingerprint is the same at its end. Of what a
/// look shows a text is taken for an edit, unless git may have written it (it is not newer than the index) and either
/// two sides of it wait for a person, or it is one that the document had here before and the index has too: that git
/// has put back. A text with new conflict markers waits for a person. Of absences: what another replica wrote and git
/// does not know, or what went while git was at work, git took away.
///
/// What git put back is no edit: the synced tree goes back to that version, so the hub's is newer, comes again when git
/// has been quiet (two-way), and an edit of the text that is there now is one of that version.
///
/// HEAD that moved back to an earlier commit (`git reset --hard HEAD~1`) brings texts that this replica may never have
/// had. They are put back as well, to a version that nobody here knows: an edit of one names no base.
///
/// In words of law 23 a text that equals an ancestor and is clean against the index counts as put back; here only if it
/// is not newer than the index, too. Git writes the index last, so what was saved after that is somebody's undo.
class GitWatch {
 public:
  /// Put back by git, it is brought forward again after so much quiet: `git stash pop` and the like have their chance.
  static constexpr std::chrono::seconds put_back_quiet{5};
  /// While git is at work it is looked at so often, less often the longer it takes.
  static constexpr std::chrono::milliseconds poll_least{250};
  static constexpr std::chrono::milliseconds poll_most{2'000};
  /// An answer that does not come is asked for again.
  static constexpr std::chrono::seconds answer_patience{30};
  /// What vanished so long before or after git wrote its index vanished with it.
  static constexpr std::chrono::seconds vanished_with{3};
  /// A git that finds nothing to do has its lock for milliseconds.
  static constexpr std::chrono::seconds gives_up_within{1};
  /// A file's time of change is this much ahead of the clock at most, unless the clock was set back.
  static constexpr std::chrono::seconds clock_slack{2};

  GitWatch(Ledger& ledger, const ReplicaConfig& config)
      : ledger_(ledger), config_(config), unwatched_since_(ledger.state().replica.watched_until) {
    if (!unwatched_since_) unwatched_since_ = ledger.state().replica.last_sync;
  }

  /// As it is now. Returns the paths that were held on account of git and are to be looked at again.
  [[nodiscard]] std::vector<std::string> seen(GitFingerprint git, Now now);
  void tick(Now now);
  [[nodiscard]] std::optional<BootTime> deadline() const { return poll_at_; }
  [[nodiscard]] const GitJudgement& judgement() const { return judgement_; }
  [[nodiscard]] bool may_look() const { return judgement_.may_look(); }
  /// What stands on disk may have come along from another branch. For the next look at everything.
  void carry(CarriedDisk disk) {
    carried_ = std::move(disk.texts);
    stood_before_ = std::move(disk.files);
  }
  /// Nothing stood there as the branch before was left.
  [[nodiscard]] bool came_without(const std::string& path) const {
    return stood_before_ && !stood_before_->contains(path);
  }
  [[nodiscard]] bool looks_for_carried() const { return !carried_.empty(); }
  /// What did not stand there then is what people write.
  void looked_everywhere();
  /// Sync what is checked out now, whatever was before.
  void take_branch(Now now);

  void look_begins() { at_look_ = seen_; }
  [[nodiscard]] bool look_counts() const { return may_look() && at_look_ == seen_; }

  // ---- what a look shows
  enum class Verdict {
    take,       ///< somebody's edit
    ask,        ///< look again when git has answered
    read,       ///< look again, for its bytes
    hold,       ///< leave everything as it is
    put_back,   ///< rewind_to() it
    wait_sent,  ///< put back, and the last edit is still on its way: look again later
  };
  /// `text`: null if its bytes are not at hand.
  [[nodiscard]] Verdict of_text(const std::string& path, const sync::DiskFile& file, const std::string* text);
  /// `since`: how long it has been absent; `since_before`: no look of this process has found it there.
  [[nodiscard]] Verdict of_absence(const std::string& path, const DocumentId& document, std::chrono::nanoseconds since,
                                   bool since_before, Now now);
  /// After the verdict put_back: the file, or its absence, is an earlier state of the document.
  void rewind_to(const std::string& path, const std::optional<sync::DiskFile>& file,
                 const ReplicaEngine::MakeUuid& make_uuid);
  /// It is there, and as it was.
  void as_before(const std::string& path);

  // ---- questions to git
  [[nodiscard]] std::optional<GitQuestion> next_question(Now now);
  /// Returns the paths to look at again.
  [[nodiscard]] std::vector<std::string> answered(const GitAnswer& answer, Now now);

  // ---- for people
  struct Held {
    std::optional<Digest> digest;  ///< nothing: its absence
    std::string why;
    std::string remedy;
    std::optional<DocumentId> document;  ///< that stands at another path
  };
  [[nodiscard]] const std::map<std::string, Held>& held() const { return held_; }
  /// Git put it back, and the hub's version is to come again.
  [[nodiscard]] bool is_put_back(const DocumentId& document) const;
  /// What is there now is what a person wants. False: nothing at this path is held on account of git.
  [[nodiscard]] bool accept(const std::string& path, const std::optional<DocumentId>& document);
  /// Why what git put back is not sent, to go before what comes instead.
  [[nodiscard]] std::string why_put_back(const DocumentId& document) const;
  /// A text that was carried over to a branch that has no such document: it stays, and nobody gets it.
  [[nodiscard]] static bool is_carried(const sync::Hold& hold);

  struct Reason {
    std::string why;
    std::optional<BootTime> until;  ///< nothing: it waits for a person
  };
  /// Why the disk is not to be touched there yet.
  [[nodiscard]] std::optional<Reason> reason_to_wait(const sync::ApplyOperation& apply, Now now) const;

 private:
  /// An earlier state of a document that a file equals.
  struct Former {
    DocumentId document;
    Ancestor ancestor;
    std::string lives_at;           ///< the document stands at this other path, or the hub has it there; else empty
    std::string carried_from = {};  ///< the branch; empty: git put it back
    bool stays = false;             ///< this branch has no such document, or has it there
  };
  // ---- git_verdict.cpp: what a look shows
  [[nodiscard]] std::optional<Verdict> of_carried(const std::string& path, const sync::DiskFile& file);
  [[nodiscard]] bool git_may_have_written(const sync::DiskFile& file, bool known) const;
  /// Since HEAD was last seen at the commit that it went back from.
  [[nodiscard]] bool was_written_as_git_went_back(const sync::DiskFile& file, bool known) const;
  /// Neither agreed on nor what the hub has.
  [[nodiscard]] bool is_new_to(const std::optional<DocumentId>& document, const Digest& digest) const;
  [[nodiscard]] bool is_new_or_on_its_way(const DocumentId& document, const Digest& digest) const;
  /// Git may have written it, and then ended in the middle of its work.
  [[nodiscard]] bool was_interrupted_with(const sync::DiskFile& file, bool known) const;
  [[nodiscard]] std::chrono::nanoseconds index_age(Now now) const;
  [[nodiscard]] bool may_have_gone_with_index(std::chrono::nanoseconds gone_for, bool since_before, Now now) const;
  [[nodiscard]] bool is_held_at_another_path(const DocumentId& document) const;
  [[nodiscard]] bool has_new_markers(const std::optional<DocumentId>& document, const std::string& text);
  [[nodiscard]] std::optional<Former> former_of(const std::optional<DocumentId>& document, const std::string& path,
                                                const Digest& digest);
  [[nodiscard]] Verdict take(const std::string& path);
  [[nodiscard]] Verdict ask(const std::string& path, std::optional<Digest> text);
  [[nodiscard]] Verdict hold(const std::string& path, std::optional<Digest> digest, std::string why,
                             std::string remedy);
  [[nodiscard]] Verdict put_back(const std::string& path, Former former);
  // ---- git_watch.cpp
  /// `text`: what stands there; nothing: its absence.
  [[nodiscard]] const GitFileState* answer_for(const std::string& path, const std::optional<Digest>& text) const;

  /// How a sentence about a text of another branch begins.
  static constexpr std::string_view carried_words = "it was carried over from the branch ";

  Ledger& ledger_;
  const ReplicaConfig& config_;
  /// Until when the process before this one knew of everything that went, as of when it last agreed with the hub.
  std::optional<Instant> unwatched_since_;
  GitFingerprint seen_;
  Instant seen_at_{};
  GitFingerprint at_look_;
  GitJudgement judgement_;
  std::optional<BootTime> last_seen_at_;
  BootTime changed_at_{};  ///< when the fingerprint was first seen as it is
  /// A git process ended and left its lock, with the index as it was before: what it did until then is half done.
  struct Interrupted {
    std::int64_t from_ns = 0;  ///< wall clock, as the lock was made
    BootTime seen_at;
    std::optional<GitFile> index;
  };
  std::optional<Interrupted> interrupted_;  ///< until git writes its index again
  BootTime index_seen_at_{};                ///< when the index was first seen as it is
  std::chrono::nanoseconds index_age_as_seen_{};
  std::optional<BootTime> poll_at_;
  std::map<std::string, Held> held_;
  std::map<std::string, std::optional<Digest>> accepted_;
  std::map<std::string, Former> found_;                   ///< by path, for rewind_to()
  std::map<DocumentId, std::optional<Digest>> put_back_;  ///< to this
  std::map<DocumentId, std::string> put_back_from_;       ///< not by git: carried over from this branch
  std::map<std::string, Carried> carried_;                ///< not judged yet
  std::optional<std::set<std::string>> stood_before_;

  /// Of what stands at a path, or of its absence: what git says of one text says nothing about the next one.
  using Texts = std::map<std::string, std::optional<Digest>>;
  Texts to_ask_;
  std::optional<GitQuestion> asked_;
  Texts asked_texts_;
  GitFingerprint asked_under_;
  BootTime asked_at_{};
  std::uint64_t last_id_ = 0;
  Texts answered_for_;  ///< under the fingerprint as it is
  std::map<std::string, GitFileState> states_;
  bool went_back_ = false;
  std::string quiet_commit_;  ///< when git was last quiet
  std::string came_from_;     ///< and the one before that, since the process began
  Instant quiet_at_{};        ///< when git was last seen quiet
  Instant came_from_at_{};    ///< and at `came_from_`
  std::string cannot_ask_;
};

}  // namespace leanspec::bridge::engine
