#include "tests/fakes/memory_store.h"

#include "tests/fakes/memory_session.h"

namespace leanspec::fakes {
namespace {

[[nodiscard]] Error outcome_unknown() {
  return Error(ErrorCode::unavailable, "the answer to the commit was lost", "commit", "Ask again what was stored.");
}

/// Takes back what was not committed, also when `work` throws.
class RollBack {
 public:
  explicit RollBack(UndoLog& undo) : undo_(undo) {}
  ~RollBack() { undo_.roll_back_to(0); }
  RollBack(const RollBack&) = delete;
  RollBack& operator=(const RollBack&) = delete;

 private:
  UndoLog& undo_;
};

}  // namespace

Status MemoryStore::write(const std::function<Status(store::Session&)>& work) {
  const std::lock_guard turn(turnstile_);
  const std::unique_lock lock(mutex_);
  if (outage) return *outage;
  const RollBack roll_back(undo_);
  MemorySession session({tables_, undo_});
  LEANSPEC_TRY(work(session));
  const CommitFault fault = on_commit ? on_commit() : CommitFault::none;
  switch (fault) {
    case CommitFault::fails:
      return Error(ErrorCode::unavailable, "the database is held by another process", {}, "Try again.");
    case CommitFault::no_space:
      return Error(ErrorCode::no_space, "the disk is full", {}, "Free some space; the hub goes on by itself.");
    case CommitFault::lost:
      return outcome_unknown();
    case CommitFault::none:
    case CommitFault::reply_lost:
      break;
  }
  undo_.forget();
  ++commits;
  if (fault == CommitFault::reply_lost) return outcome_unknown();
  return {};
}

Status MemoryStore::read(const std::function<Status(store::Session&)>& work) {
  std::unique_lock turn(turnstile_);
  const std::shared_lock lock(mutex_);
  turn.unlock();
  if (outage) return *outage;
  UndoLog undo;
  MemorySession session({tables_, undo});
  return work(session);
}

void MemoryStore::restore(MemoryTables backup, Epoch epoch) {
  const std::unique_lock lock(mutex_);
  tables_ = std::move(backup);
  epoch_ = epoch;
  ++restores_;
}

Status MemorySession::savepoint(const std::function<Status()>& work) {
  const std::size_t mark = undo_.mark();
  Status done = work();
  if (!done) undo_.roll_back_to(mark);
  return done;
}

}  // namespace leanspec::fakes
