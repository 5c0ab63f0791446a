#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "store/store.h"
#include "tests/fakes/memory_tables.h"

namespace leanspec::fakes {

/// What happens to the transaction that is about to commit.
enum class CommitFault {
  none,
  fails,       ///< nothing is stored: unavailable
  no_space,    ///< nothing is stored: no_space
  reply_lost,  ///< everything is stored, and nobody learns it: unavailable, subject "commit"
  lost,        ///< nothing is stored, and nobody learns it: unavailable, subject "commit"
};

/// A Store in memory with the semantics of the real ones (the contract tests run over both): transactions, savepoints,
/// references that must be there, immutable versions. Deterministic, without I/O, quick; faults are injected by the
/// test. Safe from several threads: readers wait while a write runs, so a read inside a write is a deadlock.
class MemoryStore final : public store::Store {
 public:
  explicit MemoryStore(Epoch epoch) : epoch_(epoch) {}

  [[nodiscard]] Status write(const std::function<Status(store::Session&)>& work) override;
  [[nodiscard]] Status read(const std::function<Status(store::Session&)>& work) override;
  [[nodiscard]] Epoch epoch() const override { return epoch_; }

  /// Asked once before each commit; none when empty.
  std::function<CommitFault()> on_commit;
  /// Every read and every write fails with this before it begins.
  std::optional<Error> outage;

  /// A copy of everything, and a database made from one: the next life, so with another epoch (law 20).
  [[nodiscard]] MemoryTables backup() const { return tables_; }
  void restore(MemoryTables backup, Epoch epoch);

  /// Transactions that have been committed.
  std::uint64_t commits = 0;

  /// For a monitor on the store's own thread: everything as it is, and a number that grows with every change of it.
  [[nodiscard]] const MemoryTables& tables() const { return tables_; }
  [[nodiscard]] std::uint64_t revision() const { return commits + restores_; }

 private:
  std::mutex turnstile_;  ///< everybody passes it first, so that a stream of readers cannot keep the writer out
  mutable std::shared_mutex mutex_;
  MemoryTables tables_;
  UndoLog undo_;
  Epoch epoch_;
  std::uint64_t restores_ = 0;
};

}  // namespace leanspec::fakes
