#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <mutex>
#include <vector>

#include "host/file_lock.h"
#include "store/sqlite/database.h"
#include "store/store.h"

namespace leanspec::store::sqlite {

/// One database file: a writer connection with one owner at a time, and readers that are kept for the next read. Safe
/// from every thread. A write inside a write, or one that waits for another thread's, is a bug.
class SqliteStore final : public Store {
 public:
  SqliteStore(std::filesystem::path file, std::optional<host::FileLock> lock, std::unique_ptr<Database> writer, Epoch epoch)
      : file_(std::move(file)), lock_(std::move(lock)), writer_(std::move(writer)), epoch_(epoch) {}

  [[nodiscard]] Status write(const std::function<Status(Session&)>& work) override;
  [[nodiscard]] Status read(const std::function<Status(Session&)>& work) override;
  [[nodiscard]] Result<std::uint64_t> outside_commits() override;
  [[nodiscard]] Epoch epoch() const override { return epoch_; }

 private:
  [[nodiscard]] Result<std::unique_ptr<Database>> borrow_reader();
  void give_back(std::unique_ptr<Database> reader);

  const std::filesystem::path file_;
  const std::optional<host::FileLock> lock_;
  std::mutex writing_;
  const std::unique_ptr<Database> writer_;  ///< guarded by writing_
  std::mutex reading_;
  std::vector<std::unique_ptr<Database>> readers_;  ///< idle ones; guarded by reading_
  const Epoch epoch_;
};

}  // namespace leanspec::store::sqlite
