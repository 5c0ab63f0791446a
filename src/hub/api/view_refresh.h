#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <span>
#include <thread>

#include "hub/engine/feed.h"
#include "hub/engine/views.h"

namespace leanspec::hub::api {

/// Brings the views that are in memory forward after commits, on a thread of its own: no push waits for a parse, and no reader
/// has to begin one. Of several commits that come while it works only the last counts.
class ViewRefresh {
 public:
  explicit ViewRefresh(engine::Views& views);
  ~ViewRefresh();
  ViewRefresh(const ViewRefresh&) = delete;
  ViewRefresh& operator=(const ViewRefresh&) = delete;

  /// Safe from every thread; never waits for a view.
  void moved(std::span<const engine::FeedNotice> notices);
  /// Ends after the view under way; what is left is the next reader's. Idempotent; from the owner's thread only.
  void stop();

 private:
  void run();

  engine::Views& views_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<BranchId, engine::FeedNotice> behind_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace leanspec::hub::api
