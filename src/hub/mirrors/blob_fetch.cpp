#include "hub/mirrors/blob_fetch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace leanspec::hub::mirrors {
namespace {

/// Between one thread that takes and several that ask.
class Fetch {
 public:
  Fetch(MirrorProvider& provider, std::span<const MirroredFile> files, const FetchOptions& options,
        const std::function<bool()>& cancelled)
      : provider_(provider), files_(files), options_(options), cancelled_(cancelled) {}

  Status run(const std::function<Status(std::vector<FetchedBlob>)>& on_batch) {
    std::vector<std::thread> threads;
    // The first thread may be done before the last one begins, so the count of those that ask is no bound to count to.
    const std::size_t wanted = std::min(std::max<std::size_t>(options_.at_once, 1), files_.size());
    asking_ = wanted;
    for (std::size_t i = 0; i < wanted; ++i) threads.emplace_back([this] { ask(); });
    take(on_batch);
    for (std::thread& thread : threads) thread.join();
    if (failure_) return *std::move(failure_);
    return {};
  }

 private:
  void ask() {
    for (;;) {
      const MirroredFile* file = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return failure_ || waiting_bytes_ < options_.waiting_bytes_max; });
        if (failure_ || next_ == files_.size()) break;
        file = &files_[next_++];
      }
      if (cancelled_ && cancelled_()) {
        fail(Error(ErrorCode::cancelled, "the sync was told to stop"));
        break;
      }
      auto bytes = provider_.blob(file->blob, options_.file_bytes_max);
      if (!bytes && may_be_bad_luck(bytes.error())) bytes = provider_.blob(file->blob, options_.file_bytes_max);
      const bool too_large = !bytes && bytes.error().code == ErrorCode::too_large;
      if (too_large) bytes = std::string();
      if (!bytes) {
        fail(bytes.error());
        break;
      }
      const std::lock_guard lock(mutex_);
      waiting_bytes_ += bytes->size();
      ready_.push_back({file->blob, *std::move(bytes), too_large});
      changed_.notify_all();
    }
    const std::lock_guard lock(mutex_);
    --asking_;
    changed_.notify_all();
  }

  void take(const std::function<Status(std::vector<FetchedBlob>)>& on_batch) {
    for (;;) {
      std::vector<FetchedBlob> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !ready_.empty() || asking_ == 0; });
        if (ready_.empty()) return;
        batch.swap(ready_);
        waiting_bytes_ = 0;
        changed_.notify_all();
      }
      if (auto taken = on_batch(std::move(batch)); !taken) fail(taken.error());
    }
  }

  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
    changed_.notify_all();
  }

  static bool may_be_bad_luck(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout || error.code == ErrorCode::corrupt;
  }

  MirrorProvider& provider_;
  const std::span<const MirroredFile> files_;
  const FetchOptions& options_;
  const std::function<bool()>& cancelled_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;
  std::size_t asking_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  std::vector<FetchedBlob> ready_;
  std::optional<Error> failure_;
};

}  // namespace

Status fetch_blobs(MirrorProvider& provider, std::span<const MirroredFile> files, const FetchOptions& options,
                   const std::function<bool()>& cancelled,
                   const std::function<Status(std::vector<FetchedBlob>)>& on_batch) {
  if (files.empty()) return {};
  return Fetch(provider, files, options, cancelled).run(on_batch);
}

}  // namespace leanspec::hub::mirrors
