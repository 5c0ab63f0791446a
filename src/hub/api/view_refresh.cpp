#include "hub/api/view_refresh.h"

namespace leanspec::hub::api {

ViewRefresh::ViewRefresh(engine::Views& views) : views_(views), thread_([this] { run(); }) {}

ViewRefresh::~ViewRefresh() { stop(); }

void ViewRefresh::moved(std::span<const engine::FeedNotice> notices) {
  {
    const std::lock_guard lock(mutex_);
    for (const engine::FeedNotice& notice : notices) behind_.insert_or_assign(notice.branch, notice);
  }
  changed_.notify_one();
}

void ViewRefresh::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ViewRefresh::run() {
  for (;;) {
    engine::FeedNotice notice;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !behind_.empty(); });
      if (stopping_) return;
      notice = behind_.extract(behind_.begin()).mapped();
    }
    views_.refresh(std::span(&notice, 1));
  }
}

}  // namespace leanspec::hub::api
