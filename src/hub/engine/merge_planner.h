#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/engine/job_plan.h"
#include "store/store.h"

namespace leanspec::hub::engine {

/// The merges of one job: finds what both sides went on from, takes the merged texts that came with the job, and says
/// which are still to be made. Reads the store, writes nothing. Errors: the store's.
class MergePlanner {
 public:
  /// `now`: hub time of what is made.
  MergePlanner(const PushJob& job, store::Session& session, Instant now) : job_(job), session_(session), now_(now) {}

  /// `member` is to be a sync::Merge with its body open, `common` what both sides have. Of two texts it gets the merged
  /// one, becomes a sync::SetAside that says why there is none, or waits for it (take_unmerged()).
  [[nodiscard]] Status merge(MemberPlan& member, const store::Version& common);

  [[nodiscard]] std::vector<MergeWork> take_unmerged() { return std::move(unmerged_); }

  /// A job that was planned so often in vain, because the heads moved on meanwhile, is merged where it stands (law 18).
  static constexpr std::uint32_t postponed_max = 3;
  /// Texts that one job may have merged, and keep in memory meanwhile.
  static constexpr std::size_t bytes_max = 64 * 1024 * 1024;

 private:
  [[nodiscard]] Status take(MemberPlan& member, MergedText merged);
  [[nodiscard]] static Status set_aside(MemberPlan& member, std::string why);
  [[nodiscard]] Result<std::optional<std::string>> pushed_body(const MemberPlan& member);

  const PushJob& job_;
  store::Session& session_;
  const Instant now_;
  std::vector<MergeWork> unmerged_;
  std::size_t bytes_ = 0;  ///< of texts to be merged
};

}  // namespace leanspec::hub::engine
