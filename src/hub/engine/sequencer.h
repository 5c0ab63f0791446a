#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "hub/engine/body_deltas.h"
#include "hub/engine/delete_watch.h"
#include "hub/engine/feed.h"
#include "hub/engine/text_merge.h"
#include "store/store.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

class BranchPaths;
struct HubEdit;
struct HubEditDone;
struct MirrorRevision;
struct MirrorRevisionDone;

/// Makes a fresh UUIDv7 for a moment of hub time (host::Entropy in the hub, the seed in the simulation).
using NewId = std::function<Uuid(Instant)>;

/// Who pushes, where to.
struct PushOrigin {
  ProjectId project;
  BranchId branch;
  ReplicaId replica;
  MachineId machine;
  std::optional<UserId> user;
  /// When the hub last heard of the replica before this connection: no edit that comes now can be older (law 14).
  std::optional<Instant> last_contact;
  /// Up to here the replica knows the branch; tells a file that was made again from one that never heard of its
  /// deletion.
  Seq acknowledged;
};

/// What is committed as one: a lone push, or every member of a group. A member that names an approval has one: whoever
/// makes the job has looked.
struct PushJob {
  PushOrigin origin;
  std::vector<wire::Push> members;
  Instant received_at;
  std::vector<MergedText> merges = {};  ///< made for it since it was postponed
  std::uint32_t postponed = 0;          ///< how often
};

/// A job that waits for merges: nothing of it has happened. It is to come again with them, `postponed` raised by one.
struct PostponedJob {
  std::size_t job = 0;
  std::vector<MergeWork> merges;
};

/// Makes the merges that a postponed job waits for, so that it can come again. Pure; any thread.
void make_merges(PushJob& job, const std::vector<MergeWork>& merges);

/// One result per member, in their order.
struct PushDone {
  std::vector<wire::PushResult> results;
};

struct Committed {
  std::vector<PushDone> done;  ///< one per job, in their order; without results for a postponed one
  std::vector<PostponedJob> postponed;
  std::vector<FeedNotice> notices;  ///< one per branch that moved or got a side version
};

struct SequencerLimits {
  std::uint64_t documents_max = wire::limits::documents_max;
  std::uint64_t document_bytes_max = wire::limits::document_bytes_max;
  /// Branches whose paths are kept in memory; about 150 bytes a document.
  std::size_t branches_in_memory_max = 256;
};

/// The one place where versions are made. Takes batches of jobs and commits each batch in one transaction with a
/// savepoint per job: a job succeeds or fails alone, heads and notices move only after COMMIT, and after a failure
/// nothing has moved (law 18). A change id that was answered before gets the same answer again (law 2). Texts are not
/// merged in the transaction: a job that needs it is handed back, at most MergePlanner::postponed_max times. Not safe
/// from several threads: one writer owns it.
class Sequencer {
 public:
  /// `deltas`: gets those that came and were opened, for readers; null: nobody reads.
  Sequencer(store::Store& store, NewId new_id, SequencerLimits limits = {}, BodyDeltas* deltas = nullptr);
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  /// Never fails as a whole: what could not be stored is answered `retry` with a delay, and nothing of it has happened.
  [[nodiscard]] Committed commit(std::span<const PushJob> jobs, Instant now);

  /// One edit made at the hub, in a transaction of its own. `notices` gets what moved. Error: the store's, with nothing
  /// written; unavailable with subject "commit": nobody knows, the store could not be asked what it kept.
  [[nodiscard]] Result<HubEditDone> edit(const HubEdit& edit, Instant now, std::vector<FeedNotice>& notices);

  /// A branch as its repository has it, in a transaction of its own. Error and `notices` as of edit(), and not_found.
  [[nodiscard]] Result<MirrorRevisionDone> revise(const MirrorRevision& revision, Instant now,
                                                  std::vector<FeedNotice>& notices);

 private:
  class Batch;
  /// Whether that is written, nobody knows.
  [[nodiscard]] static bool is_unknown(const Error& error);
  /// Where the branches stand of which that was not known, for who listens.
  void tell_untold(std::vector<FeedNotice>& notices);
  [[nodiscard]] Result<HubEditDone> make(const HubEdit& edit, Instant now, std::vector<FeedNotice>& notices);
  /// After a commit of which nobody knows. False also where the store cannot be asked.
  [[nodiscard]] bool was_kept(const VersionId& version);
  /// The branch's paths, brought to its head.
  [[nodiscard]] Result<BranchPaths*> paths_of(store::Session& session, const store::Branch& branch);

  store::Store& store_;
  NewId new_id_;
  SequencerLimits limits_;
  BodyDeltas* deltas_;
  std::map<BranchId, std::unique_ptr<BranchPaths>> paths_;
  DeleteWatch deletes_;
  /// Something may have been written there that nobody has been told of. It stays until the store says where they stand.
  std::set<BranchId> untold_;
  std::uint64_t uses_ = 0;
};

}  // namespace leanspec::hub::engine
