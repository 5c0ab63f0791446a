#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hub/mirrors/provider.h"
#include "hub/mirrors/sync_plan.h"
#include "vocabulary/result.h"

namespace leanspec::hub::mirrors {

struct FetchedBlob {
  GitId id;
  std::string bytes;
  bool too_large = false;  ///< it is left out
};

struct FetchOptions {
  /// At once. GitHub advises against more than a few; what is over is one connection more for nothing.
  std::size_t at_once = 6;
  std::uint64_t file_bytes_max = PlanLimits().file_bytes_max;
  /// Fetched and not yet taken; more would only wait in memory.
  std::uint64_t waiting_bytes_max = std::uint64_t{32} * 1024 * 1024;
};

/// Fetches every blob, or finds it too large, and hands them over in batches, in the order in which they arrive, on
/// this thread; ends with the first error, of the provider (asked twice where it may have been bad luck) or of
/// `on_batch`. What was handed over before stays done, so that the next attempt begins there. `cancelled`: looked at
/// between two requests; then the error is cancelled.
[[nodiscard]] Status fetch_blobs(MirrorProvider& provider, std::span<const MirroredFile> files,
                                 const FetchOptions& options, const std::function<bool()>& cancelled,
                                 const std::function<Status(std::vector<FetchedBlob>)>& on_batch);

}  // namespace leanspec::hub::mirrors
