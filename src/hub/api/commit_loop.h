#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/clock.h"
#include "host/log.h"
#include "hub/engine/feed.h"
#include "hub/engine/hub_edit.h"
#include "hub/engine/mirror_revision.h"
#include "hub/engine/sequencer.h"
#include "hub/api/push_queue.h"
#include "hub/api/view_refresh.h"
#include "hub/api/worker_pool.h"
#include "hub/engine/views.h"

namespace leanspec::hub::api {

/// The thread that owns the sequencer. While one group is being committed the next one gathers: under load groups grow by
/// themselves, and a lone push never waits (group commit); replicas take turns in it. Results and hints go out only after COMMIT. A push that has
/// to be merged is merged by a worker meanwhile, and joins a later group (law 18).
class CommitLoop {
 public:
  /// Called on the commit thread; must only post.
  using OnDone = std::function<void(engine::PushDone)>;

  /// `workers` must outlive stop().
  CommitLoop(engine::Sequencer& sequencer, engine::Views& views, engine::Feed& feed, WorkerPool& workers,
             const host::Clock& clock, host::Log& log);
  ~CommitLoop();
  CommitLoop(const CommitLoop&) = delete;
  CommitLoop& operator=(const CommitLoop&) = delete;

  void submit(engine::PushJob job, OnDone on_done);
  /// Waits until the edit is durable; who reads afterwards sees it. Edits go before the pushes that are queued: people are
  /// waiting for them. From any thread but the commit thread. Error: the store's; unavailable while the hub stops.
  [[nodiscard]] Result<engine::HubEditDone> edit(engine::HubEdit edit);
  /// The same for a branch that follows a repository.
  [[nodiscard]] Result<engine::MirrorRevisionDone> revise(engine::MirrorRevision revision);
  /// Commits what is queued, then joins. Idempotent; from the owner's thread only.
  void stop();

  struct Figures {
    std::uint64_t pushes = 0;
    std::uint64_t groups = 0;
    std::uint64_t merges = 0;  ///< pushes that waited for a merge, as often as they did
    std::uint64_t edits = 0;   ///< made at the hub itself
  };
  [[nodiscard]] Figures figures() const;

  /// More than this in one transaction would make its members, and who comes meanwhile, wait longer than it saves: at
  /// this size the flush is a fifth of the work.
  static constexpr std::size_t group_jobs_max = 64;

 private:
  struct WaitingEdit {
    engine::HubEdit edit;
    std::promise<Result<engine::HubEditDone>> done;
  };
  struct WaitingRevision {
    engine::MirrorRevision revision;
    std::promise<Result<engine::MirrorRevisionDone>> done;
  };
  void run();
  void make(WaitingRevision waiting);
  void make(WaitingEdit waiting);
  void merge(WaitingPush waiting, std::vector<engine::MergeWork> merges);
  void note_trouble(const engine::Committed& committed);

  engine::Sequencer& sequencer_;
  engine::Views& views_;
  engine::Feed& feed_;
  WorkerPool& workers_;
  const host::Clock& clock_;
  host::Log& log_;
  ViewRefresh view_refresh_;
  std::string trouble_;  ///< why pushes are not stored at present; the commit thread's
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  PushQueue queue_;
  std::vector<WaitingEdit> edits_;
  std::vector<WaitingRevision> revisions_;
  std::size_t merging_ = 0;  ///< jobs that are with the workers, and come back
  Figures figures_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace leanspec::hub::api
