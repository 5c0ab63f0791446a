#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "store/store.h"

namespace leanspec::fakes {

/// A store that fails when it is told to: before anything happened, or after the commit with the reply lost. Safe from
/// every thread, as the store behind it is.
class FaultyStore final : public store::Store {
 public:
  explicit FaultyStore(std::unique_ptr<store::Store> real) : real_(std::move(real)) {}

  /// The next write fails with this, and nothing of it happens.
  void fail_next_write(Error error) {
    const std::scoped_lock lock(mutex_);
    fails_ = std::move(error);
  }
  /// The next write is committed, and its caller told that nobody knows.
  void lose_next_reply() { loses_reply_ = true; }
  /// The next write is undone, and its caller told that nobody knows.
  void lose_next_commit() { loses_commit_ = true; }
  /// The next read fails with this.
  void fail_next_read(Error error) {
    const std::scoped_lock lock(mutex_);
    fails_read_ = std::move(error);
  }
  [[nodiscard]] std::size_t writes() const { return writes_; }
  [[nodiscard]] std::size_t reads() const { return reads_; }

  [[nodiscard]] Status write(const std::function<Status(store::Session&)>& work) override {
    ++writes_;
    if (auto error = take(fails_)) return *std::move(error);
    const Error unknown(ErrorCode::unavailable, "the connection to the database was lost", "commit");
    if (loses_commit_.exchange(false)) {
      const Status undone = real_->write([&](store::Session& session) -> Status {
        LEANSPEC_TRY(work(session));
        return unknown;
      });
      return undone;
    }
    const bool loses_reply = loses_reply_.exchange(false);
    Status status = real_->write(work);
    if (loses_reply && status) return unknown;
    return status;
  }
  [[nodiscard]] Status read(const std::function<Status(store::Session&)>& work) override {
    ++reads_;
    if (auto error = take(fails_read_)) return *std::move(error);
    return real_->read(work);
  }
  [[nodiscard]] Epoch epoch() const override { return real_->epoch(); }

 private:
  [[nodiscard]] std::optional<Error> take(std::optional<Error>& error) {
    const std::scoped_lock lock(mutex_);
    return std::exchange(error, std::nullopt);
  }

  std::unique_ptr<store::Store> real_;
  std::mutex mutex_;
  std::optional<Error> fails_;
  std::optional<Error> fails_read_;
  std::atomic<bool> loses_reply_{false};
  std::atomic<bool> loses_commit_{false};
  std::atomic<std::size_t> writes_{0};
  std::atomic<std::size_t> reads_{0};
};

}  // namespace leanspec::fakes
