#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "hub/api/event_audience.h"

namespace leanspec::hub::api {

/// Follows one branch, and says which others of the project move: each time it moved, the specs that changed, whole. Knows what the browser has by the view that it last
/// told of (or, after a reconnect, by the id that the browser came with) and so never depends on a hint arriving.
class BranchEvents final : public EventAudience {
 public:
  BranchEvents(Services& services, net::Request request, ProjectId project, BranchId branch, std::optional<Cursor> resume);

  /// Versions between the browser's place and now; with more, reading everything again is cheaper.
  static constexpr std::size_t resume_versions_max = 500;

 private:
  void begin() override;
  void end() override;
  void advance();
  /// How many conflicts wait for people. The list itself is read again by who shows it.
  void send_conflicts();
  /// Nothing: the store could not be read.
  [[nodiscard]] std::optional<std::set<BranchId>> branches_now();
  /// The project's branches that were opened or edited since they were last told of.
  void send_branches();
  /// Who edits what, as a whole.
  void send_presence();
  /// The specs that changed after `from`, by the feed, as the event's JSON; nothing: too many.
  [[nodiscard]] Result<std::optional<std::string>> changes_since(Seq from, const engine::ViewAt& at);

  /// The specs that a README.md named in an older version.
  [[nodiscard]] Status add_former_relations(const store::Version& version, std::set<std::string>& relations);

  const ProjectId project_;
  const BranchId branch_;
  const std::optional<Cursor> resume_;
  std::optional<engine::ViewAt> told_;
  /// The listener outlives the stream by the moment of a call.
  const std::shared_ptr<std::atomic<bool>> sides_moved_ = std::make_shared<std::atomic<bool>>(false);
  /// Which branches moved, of all projects, until somebody looks.
  struct Moved {
    std::mutex mutex;
    std::set<BranchId> branches;
    bool anew = false;  ///< somebody came, perhaps on a branch of their own
  };
  const std::shared_ptr<Moved> moved_ = std::make_shared<Moved>();
  std::optional<std::set<BranchId>> branches_;  ///< of the project, as far as told
  engine::Subscription feed_;
  engine::Subscription feeds_;
  engine::Subscription roster_;
  engine::Subscription presence_;
  engine::Subscription ticks_;
  engine::Subscription lapses_;
};

}  // namespace leanspec::hub::api
