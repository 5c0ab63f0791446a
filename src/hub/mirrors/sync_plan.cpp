#include "hub/mirrors/sync_plan.h"

#include <algorithm>
#include <utility>

#include "spec/layout.h"
#include "sync/ignore_rules.h"
#include "sync/path_policy.h"

namespace leanspec::hub::mirrors {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD: the forge could not show the name
constexpr std::size_t lfs_pointer_bytes_max = 1024;       // the specification's bound

class Planner {
 public:
  explicit Planner(const PlanLimits& limits) : limits_(limits) {}

  void take(const TreeEntry& entry) {
    if (const auto why = obstacle(entry); !why.empty()) {
      plan_.skipped.push_back({entry.path, why});
      return;
    }
    if (ignored_.match(entry.path, false)) return;  // droppings of editors and systems: nobody misses them
    if (!keys_.insert(sync::collision_key(entry.path)).second) {
      plan_.skipped.push_back({entry.path, "another file's name differs from its only in case"});
      return;
    }
    bytes_ += entry.size.value_or(0);
    plan_.files.push_back({entry.path, entry.id, entry.size.value_or(0)});
  }
  SyncPlan finish() { return std::move(plan_); }

 private:
  std::string obstacle(const TreeEntry& entry) const {
    switch (entry.kind) {
      case EntryKind::symlink:
        return "it is a symbolic link";
      case EntryKind::submodule:
        return "it is a submodule, another repository";
      case EntryKind::folder:
        return "it is a folder";
      case EntryKind::file:
        break;
    }
    if (entry.path.find(replacement) != std::string::npos) return "its name is no UTF-8";
    if (const auto allowed = sync::check_path(entry.path); !allowed) return allowed.error().what;
    if (entry.size.value_or(0) > limits_.file_bytes_max)
      return "it is larger than " + std::to_string(limits_.file_bytes_max / (1024 * 1024)) + " MiB";
    if (plan_.files.size() >= limits_.files_max)
      return "there are more than " + std::to_string(limits_.files_max) + " files";
    if (bytes_ + entry.size.value_or(0) > limits_.all_bytes_max)
      return "all files together have more than " + std::to_string(limits_.all_bytes_max / (1024 * 1024)) + " MiB";
    return {};
  }

  const PlanLimits& limits_;
  const sync::IgnoreRules ignored_;
  SyncPlan plan_;
  std::set<std::string> keys_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

SyncPlan plan_files(std::span<const TreeEntry> entries, const PlanLimits& limits) {
  std::vector<const TreeEntry*> sorted;
  sorted.reserve(entries.size());
  for (const TreeEntry& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const TreeEntry* a, const TreeEntry* b) { return a->path < b->path; });
  Planner planner(limits);
  for (const TreeEntry* entry : sorted) planner.take(*entry);
  return planner.finish();
}

std::vector<MirroredFile> missing_blobs(const SyncPlan& plan, const std::set<GitId>& known) {
  std::vector<MirroredFile> missing;
  std::set<GitId> listed;
  for (const MirroredFile& file : plan.files) {
    if (!known.contains(file.blob) && listed.insert(file.blob).second) missing.push_back(file);
  }
  return missing;
}

bool is_lfs_pointer(std::string_view bytes) {
  return bytes.size() <= lfs_pointer_bytes_max && bytes.starts_with("version https://git-lfs.github.com/spec/v1\n") &&
         bytes.find("\noid sha256:") != std::string_view::npos;
}

std::size_t count_specs(const SyncPlan& plan) {
  return static_cast<std::size_t>(std::count_if(
      plan.files.begin(), plan.files.end(), [](const MirroredFile& file) { return spec::is_spec_path(file.path); }));
}

}  // namespace leanspec::hub::mirrors
