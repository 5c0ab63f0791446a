#include "tests/fakes/memory_mirror_catalog.h"

#include <algorithm>

#include "tests/fakes/memory_session.h"

namespace leanspec::fakes {

using store::Mirror;
using store::MirrorBlob;
using store::MirrorSkipped;
using store::MirrorSync;
using store::WebhookDelivery;

Status MemoryMirrorCatalog::save(const Mirror& mirror) {
  if (!tables_.projects.contains(mirror.project)) return not_stored();
  auto kept = look_up(tables_.mirrors, mirror.project).value_or(MemoryTables::KeptMirror());
  kept.mirror = mirror;
  undo_.set(tables_.mirrors, mirror.project, std::move(kept));
  return {};
}

Result<std::optional<Mirror>> MemoryMirrorCatalog::find(const ProjectId& project) {
  const auto kept = look_up(tables_.mirrors, project);
  return kept ? std::optional(kept->mirror) : std::nullopt;
}

Result<std::vector<Mirror>> MemoryMirrorCatalog::list() {
  std::vector<Mirror> all;
  for (const auto& [project, kept] : tables_.mirrors) all.push_back(kept.mirror);
  return all;
}

Status MemoryMirrorCatalog::remove(const ProjectId& project) {
  undo_.erase(tables_.mirrors, project);
  return {};
}

Status MemoryMirrorCatalog::add_blob(const ProjectId& project, const MirrorBlob& blob) {
  auto kept = look_up(tables_.mirrors, project);
  if (!kept || !tables_.bodies.contains(blob.digest)) return not_stored();
  kept->blobs.emplace(blob.git_id, blob);
  undo_.set(tables_.mirrors, project, *std::move(kept));
  return {};
}

Result<std::vector<MirrorBlob>> MemoryMirrorCatalog::blobs(const ProjectId& project) {
  const auto kept = look_up(tables_.mirrors, project);
  return kept ? values(kept->blobs) : std::vector<MirrorBlob>();
}

Status MemoryMirrorCatalog::set_skipped(const ProjectId& project, const std::vector<MirrorSkipped>& skipped) {
  auto kept = look_up(tables_.mirrors, project);
  if (!kept) return skipped.empty() ? Status() : not_stored();
  kept->skipped.clear();
  for (const MirrorSkipped& one : skipped) kept->skipped.emplace(one.path, one);
  undo_.set(tables_.mirrors, project, *std::move(kept));
  return {};
}

Result<std::vector<MirrorSkipped>> MemoryMirrorCatalog::skipped(const ProjectId& project) {
  const auto kept = look_up(tables_.mirrors, project);
  return kept ? values(kept->skipped) : std::vector<MirrorSkipped>();
}

Status MemoryMirrorCatalog::add_sync(const ProjectId& project, const MirrorSync& sync) {
  auto kept = look_up(tables_.mirrors, project);
  if (!kept) return not_stored();
  kept->syncs.push_back(sync);
  if (kept->syncs.size() > store::mirror_syncs_kept) kept->syncs.erase(kept->syncs.begin());
  undo_.set(tables_.mirrors, project, *std::move(kept));
  return {};
}

Result<std::vector<MirrorSync>> MemoryMirrorCatalog::syncs(const ProjectId& project, std::size_t limit) {
  const auto kept = look_up(tables_.mirrors, project);
  std::vector<MirrorSync> all;
  if (!kept) return all;
  for (auto it = kept->syncs.rbegin(); it != kept->syncs.rend() && all.size() < limit; ++it) all.push_back(*it);
  return all;
}

Status MemoryMirrorCatalog::save_delivery(const ProjectId& project, const WebhookDelivery& delivery) {
  auto kept = look_up(tables_.mirrors, project);
  if (!kept) return not_stored();
  kept->deliveries.insert_or_assign(delivery.id, delivery);
  undo_.set(tables_.mirrors, project, *std::move(kept));
  return {};
}

Result<std::optional<WebhookDelivery>> MemoryMirrorCatalog::find_delivery(const ProjectId& project,
                                                                          std::string_view id) {
  const auto kept = look_up(tables_.mirrors, project);
  return kept ? look_up(kept->deliveries, std::string(id)) : std::nullopt;
}

Result<std::vector<WebhookDelivery>> MemoryMirrorCatalog::deliveries(const ProjectId& project, std::size_t limit) {
  const auto kept = look_up(tables_.mirrors, project);
  if (!kept) return std::vector<WebhookDelivery>();
  std::vector<WebhookDelivery> all = values(kept->deliveries);
  std::stable_sort(all.begin(), all.end(), [](const WebhookDelivery& a, const WebhookDelivery& b) {
    return a.at != b.at ? a.at > b.at : a.id > b.id;
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

Status MemoryMirrorCatalog::drop_deliveries(Instant before) {
  for (const auto& [project, kept] : std::map(tables_.mirrors)) {
    auto left = kept;
    std::erase_if(left.deliveries, [&](const auto& one) { return one.second.at < before; });
    undo_.set(tables_.mirrors, project, std::move(left));
  }
  return {};
}

}  // namespace leanspec::fakes
