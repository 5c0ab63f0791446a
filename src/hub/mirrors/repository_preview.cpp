#include "hub/mirrors/repository_preview.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "hub/mirrors/folder_walk.h"
#include "hub/mirrors/repository_place.h"
#include "spec/layout.h"

namespace leanspec::hub::mirrors {

namespace json = boost::json;

namespace {

constexpr std::uint64_t config_bytes_max = 64 * 1024;

const TreeEntry* entry_of(const TreeListing& listing, std::string_view name, EntryKind kind) {
  const auto found = std::find_if(listing.entries.begin(), listing.entries.end(),
                                  [&](const TreeEntry& entry) { return entry.path == name && entry.kind == kind; });
  return found == listing.entries.end() ? nullptr : &*found;
}

/// `specsDir` of the configuration; nothing where it says none, or cannot be read.
Result<std::optional<std::string>> configured_folder(MirrorProvider& provider, const TreeListing& settings) {
  const TreeEntry* config = entry_of(settings, "config.json", EntryKind::file);
  if (config == nullptr) return std::optional<std::string>();
  LEANSPEC_ASSIGN(const std::string text, provider.blob(config->id, config_bytes_max));
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return std::optional<std::string>();
  const json::value* folder = value.as_object().if_contains("specsDir");
  if (folder == nullptr || !folder->is_string()) return std::optional<std::string>();
  auto parsed = parse_repository_folder(folder->as_string());
  return parsed && !parsed->empty() ? std::optional(*parsed) : std::optional<std::string>();
}

Result<std::string> find_folder(MirrorProvider& provider, const GitId& commit) {
  LEANSPEC_ASSIGN(const TreeListing root, provider.tree(commit, false));
  std::optional<TreeListing> settings;
  if (const TreeEntry* folder = entry_of(root, ".lean-spec", EntryKind::folder)) {
    LEANSPEC_ASSIGN(settings, provider.tree(folder->id, false));
    LEANSPEC_ASSIGN(const auto configured, configured_folder(provider, *settings));
    if (configured) return *configured;
  }
  if (entry_of(root, "specs", EntryKind::folder) != nullptr) return std::string("specs");
  if (settings && entry_of(*settings, "specs", EntryKind::folder) != nullptr) return std::string(".lean-spec/specs");
  for (const char* name : {"docs", "doc"}) {
    const TreeEntry* folder = entry_of(root, name, EntryKind::folder);
    if (folder == nullptr) continue;
    LEANSPEC_ASSIGN(const TreeListing inside, provider.tree(folder->id, false));
    if (entry_of(inside, "specs", EntryKind::folder) != nullptr) return std::string(name) + "/specs";
  }
  return Error(ErrorCode::not_found, "the repository has no folder of specs in one of the usual places", "folder",
               "Say in which folder they are.");
}

}  // namespace

Result<RepositoryPreview> preview_repository(MirrorProvider& provider, const std::string& branch,
                                             const std::optional<std::string>& folder) {
  RepositoryPreview preview;
  LEANSPEC_ASSIGN(preview.repository, provider.repository());
  preview.branch = branch.empty() ? preview.repository.default_branch : branch;
  LEANSPEC_ASSIGN(const BranchHead head, provider.head(preview.branch, std::nullopt));
  if (folder) {
    preview.folder = *folder;
  } else {
    LEANSPEC_ASSIGN(preview.folder, find_folder(provider, head.commit));
  }
  LEANSPEC_ASSIGN(const FolderListing listing, list_folder(provider, head.commit, preview.folder, std::nullopt));
  const std::string where = preview.repository.full_name + " " + preview.branch;
  if (!listing.tree)
    return Error(ErrorCode::not_found, "the branch has no folder '" + preview.folder + "'", where,
                 "Choose another folder.");
  const SyncPlan plan = plan_files(listing.entries);
  const bool sizes = std::all_of(listing.entries.begin(), listing.entries.end(),
                                 [](const TreeEntry& entry) { return entry.kind != EntryKind::file || entry.size; });
  if (!sizes) preview.bytes.reset();
  preview.files = plan.files.size();
  preview.skipped = plan.skipped.size();
  for (const MirroredFile& file : plan.files) {
    if (preview.bytes) *preview.bytes += file.size;
    if (!spec::is_spec_path(file.path)) continue;
    ++preview.specs;
    if (preview.spec_names.size() < preview_specs_max) preview.spec_names.emplace_back(spec::folder_of(file.path));
  }
  const auto named = std::min(plan.skipped.size(), preview_skipped_max);
  preview.skipped_files.assign(plan.skipped.begin(), plan.skipped.begin() + static_cast<std::ptrdiff_t>(named));
  if (preview.specs == 0) {
    return Error(ErrorCode::not_found,
                 "there is no spec (a README.md in a numbered folder) in '" + preview.folder + "'", where,
                 "Choose another folder or branch.");
  }
  return preview;
}

}  // namespace leanspec::hub::mirrors
