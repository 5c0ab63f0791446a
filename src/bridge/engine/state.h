#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/disk_file.h"
#include "sync/guard.h"
#include "sync/tree.h"
#include "vocabulary/guard_id.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::engine {

/// A document on disk as it settled; `file.facts` let the next start trust it without reading it.
struct LocalRow {
  std::string path;
  sync::DiskFile file;
  friend bool operator==(const LocalRow&, const LocalRow&) = default;
};

/// When something happened by this machine's clocks, so that its age can be told later (law 14): by the boot clock
/// within the same boot, else by the wall clock's difference.
struct EditTime {
  Uuid boot;
  BootTime at;
  Instant wall;

  /// Never negative: a wall clock that was set back makes it look new.
  [[nodiscard]] std::chrono::milliseconds age(const EditTime& now) const;
  friend bool operator==(const EditTime&, const EditTime&) = default;
};

/// One edit on its way (law 2). Its bytes are in the body store from the transaction that makes this row until the one
/// that removes it; it is resent with exactly these fields until the hub has answered.
struct PendingChange {
  ChangeId change;
  DocumentId document;
  std::optional<VersionId> base;
  std::optional<Digest> base_digest;  ///< of the base's bytes: what a delta stands on
  std::string path;
  std::optional<Digest> digest;  ///< nothing: delete
  std::uint64_t size = 0;
  bool moved_only = false;
  std::optional<GroupId> group;
  std::uint32_t group_size = 0;
  EditTime edited;
  /// It may have reached the hub: never replace it by a newer edit, only resend it.
  bool sent = false;
  /// A text that came out when the hub's was put in its place: it stands on no disk, and what the hub says of it says
  /// nothing about the file.
  bool displaced = false;
  std::optional<GuardId> approval;  ///< of a deletion: the guard under which a person approved it
  friend bool operator==(const PendingChange&, const PendingChange&) = default;
};

/// A document as a hub's former life had it, which this replica had taken in (law 20). Without a version: what this
/// replica pushed was merged there, and was never the head, so that nobody else went on from it.
struct FormerState {
  Epoch epoch;
  sync::Node node;
  friend bool operator==(const FormerState&, const FormerState&) = default;
};

/// So many files were let go of as deleted, then: the guard's minute outlives the process.
struct ReleasedDeletes {
  EditTime when;
  std::uint32_t count = 0;
  /// How long ago at the least, by the boot clock alone, which begins with the boot: a wall clock that jumped must not
  /// open the guard.
  [[nodiscard]] std::chrono::nanoseconds age_at_least(const EditTime& now) const;
  friend bool operator==(const ReleasedDeletes&, const ReleasedDeletes&) = default;
};

/// Where a branch comes from on this machine, until the hub has said whether it is new (law 28).
struct Seed {
  std::string of;  ///< the branch that was checked out before; "": the project's default one
  Seq seq;         ///< how far that had been read
  std::string commit;
  std::optional<Epoch> epoch = {};  ///< the hub's life that `seq` is of; nothing: an earlier release wrote this
  friend bool operator==(const Seed&, const Seed&) = default;
};

/// The wall clock was seen to go forward: a time of before is by so much nearer to one of after than it looks.
struct ClockLeap {
  Instant before;  ///< what it would have shown in that moment
  std::chrono::milliseconds by{0};
  friend bool operator==(const ClockLeap&, const ClockLeap&) = default;
};

/// What is known of the replica on one branch as a whole.
struct ReplicaRow {
  std::optional<Cursor> cursor;  ///< how far `remote` is complete
  Digest cursor_digest;          ///< rolling digest there
  bool paused = false;
  std::optional<sync::RootIdentity> root;
  std::optional<Instant> last_sync;
  /// Of what was missing by then all had been decided at `last_sync`. Nothing: an earlier release wrote this, or the
  /// branch begins, and not all is decided yet that was missing as it was opened.
  std::optional<Instant> watched_until = {};
  /// The git branch that was checked out when the folder was first looked at: all of this belongs to it.
  std::optional<std::string> git_branch;
  std::optional<Seed> seed = {};
  bool has_disk = false;  ///< what stands in the folder is this branch's, as far as was known last
  /// Of `root`'s boot: what a power cut before it may have undone is not decided for every file yet (law 10).
  bool in_doubt = false;
  std::optional<ClockLeap> leap = {};  ///< the last one
  /// A branch that the hub was not heard to have: what stands on the disk is its beginning.
  [[nodiscard]] bool is_unopened() const { return seed && !cursor; }
  /// What was there as another branch was left, and is missing, is not of this one.
  [[nodiscard]] bool is_beginning() const { return seed && !watched_until; }
  friend bool operator==(const ReplicaRow&, const ReplicaRow&) = default;
};

/// One document is being brought to the state that the hub has; durable before the disk is touched (law 9).
struct Intent {
  DocumentId document;
  std::optional<std::string> from;
  std::optional<Digest> expected;
  std::optional<std::string> to;
  std::optional<Digest> digest;
  std::uint64_t size = 0;            ///< of what comes; when that stands, of the text that came out, or 0
  std::optional<VersionId> base;     ///< of what is there: a text that comes out is an edit of that
  std::optional<VersionId> version;  ///< of what comes
  /// It stands there. What came out is looked at until nobody has it open for writing.
  bool done = false;
  /// Of the machine, when this was made; nothing: an earlier release wrote it. What lies there since another boot a
  /// power cut may have shortened.
  std::optional<Uuid> boot = {};
  std::int64_t modified_ns = 0;  ///< of the file with the text `expected`, or that came out; 0: not known
  friend bool operator==(const Intent&, const Intent&) = default;
};

/// A text that the document had here, and disk and hub agreed on (law 23).
struct Ancestor {
  Digest digest;
  std::optional<VersionId> version;
  std::string path;
  std::uint64_t size = 0;
  bool elsewhere = false;   ///< another replica wrote it
  bool taken_away = false;  ///< and the document was deleted after it, by another replica
  friend bool operator==(const Ancestor&, const Ancestor&) = default;
};
/// Of one document, the newest.
constexpr std::size_t ancestors_max = 32;

struct BodyFacts {
  std::uint64_t size = 0;
  std::uint64_t order = 0;  ///< grows with each insertion: the oldest goes first
  friend bool operator==(const BodyFacts&, const BodyFacts&) = default;
};

/// Everything a replica remembers of a branch: observations, never a queue of work.
struct ReplicaState {
  ReplicaRow replica;
  std::map<DocumentId, LocalRow> local;
  sync::Tree synced;
  sync::Tree remote;
  /// What was agreed on with the hub before it came back from a backup that lacks it; until something is agreed on
  /// again.
  std::map<DocumentId, FormerState> former;
  sync::Holds holds;
  std::map<ChangeId, PendingChange> pending;
  std::map<Digest, BodyFacts> bodies;     ///< the bytes come from StateStore::body
  std::map<std::string, Intent> intents;  ///< by the name of the staged file
  std::vector<ReleasedDeletes> released;  ///< in order of time, at most one a second of the guard's window
};

/// A set of rows to write; an empty optional (or null body) removes. The last word on a row wins, so updates can be
/// merged.
struct StateUpdate {
  std::optional<ReplicaRow> replica;
  std::map<DocumentId, std::optional<LocalRow>> local;
  std::map<DocumentId, std::optional<sync::Node>> synced;
  bool clear_remote = false;  ///< all rows of remote go first
  std::map<DocumentId, std::optional<sync::Node>> remote;
  std::map<DocumentId, std::optional<FormerState>> former;
  std::map<DocumentId, std::optional<sync::Hold>> holds;
  std::map<ChangeId, std::optional<PendingChange>> pending;
  std::map<Digest, std::shared_ptr<const std::string>> bodies;
  std::map<std::string, std::optional<Intent>> intents;
  std::optional<std::vector<ReleasedDeletes>> released;  ///< all of them, anew
  /// To be remembered, in this order; one with the same digest and path goes, and what is beyond `ancestors_max`.
  std::vector<std::pair<DocumentId, Ancestor>> ancestors;

  [[nodiscard]] bool empty() const {
    return !replica && local.empty() && synced.empty() && !clear_remote && remote.empty() && former.empty() &&
           holds.empty() && pending.empty() && bodies.empty() && intents.empty() && !released && ancestors.empty();
  }
};

/// Where the state of one replica on one branch lives. Contract: `commit` is one durable transaction, whole or not at
/// all, also across a crash; what was committed is what `load` gives. Called from the engine's thread only.
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// Everything but the bytes of bodies. Errors: corrupt, io. An empty store gives an empty state.
  [[nodiscard]] virtual Result<ReplicaState> load() = 0;
  /// Errors: no_space, io, corrupt. Nothing of the update was written then.
  [[nodiscard]] virtual Status commit(const StateUpdate& update) = 0;
  /// Errors: not_found, corrupt, io.
  [[nodiscard]] virtual Result<std::string> body(const Digest& digest) = 0;
  /// The newest first. Errors: corrupt, io.
  [[nodiscard]] virtual Result<std::vector<Ancestor>> ancestors(const DocumentId& document) = 0;
  /// Every document that has an ancestor at this path. Errors: corrupt, io.
  [[nodiscard]] virtual Result<std::vector<DocumentId>> documents_once_at(std::string_view path) = 0;
};

}  // namespace leanspec::bridge::engine
