#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/mirrors/provider.h"
#include "wire/limits.h"

namespace leanspec::hub::mirrors {

struct SkippedFile {
  std::string path;
  std::string why;  ///< words for people
  friend bool operator==(const SkippedFile&, const SkippedFile&) = default;
};

struct MirroredFile {
  std::string path;  ///< relative to the mirrored folder
  GitId blob;
  std::uint64_t size = 0;
  friend bool operator==(const MirroredFile&, const MirroredFile&) = default;
};

struct SyncPlan {
  std::vector<MirroredFile> files;   ///< by path
  std::vector<SkippedFile> skipped;  ///< by path
};

struct PlanLimits {
  std::size_t files_max = wire::limits::documents_max;
  std::uint64_t file_bytes_max = 8 * 1024 * 1024;  ///< a spec has kilobytes; a larger file is no reading matter
  std::uint64_t all_bytes_max = std::uint64_t{512} * 1024 * 1024;
};

/// Which files of a listing become documents, and why the others do not: symlinks and submodules, paths that another
/// system cannot hold or that our own rules leave out, names that collide, what is too large or too many. Pure.
[[nodiscard]] SyncPlan plan_files(std::span<const TreeEntry> entries, const PlanLimits& limits = {});

/// The blobs of the plan that are not known yet, each once, in the order of the paths, so that a sync that is cut short
/// goes on where it ended.
[[nodiscard]] std::vector<MirroredFile> missing_blobs(const SyncPlan& plan, const std::set<GitId>& known);

/// A file that only points to its content, which git-lfs keeps elsewhere (its specification, v1).
[[nodiscard]] bool is_lfs_pointer(std::string_view bytes);

/// How many files of the plan are specs' main files.
[[nodiscard]] std::size_t count_specs(const SyncPlan& plan);

}  // namespace leanspec::hub::mirrors
