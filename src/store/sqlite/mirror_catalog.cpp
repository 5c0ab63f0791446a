#include "store/sqlite/mirror_catalog.h"

#include "store/sql/mirror_catalog.h"

namespace leanspec::store::sqlite {
namespace {

[[nodiscard]] std::chrono::milliseconds read_duration(Row& row) {
  return std::chrono::milliseconds(row.integer());
}

[[nodiscard]] Mirror read_mirror(Row& row) {
  Mirror mirror;
  mirror.project = row.id<ProjectId>();
  mirror.provider = row.text();
  mirror.web_url = row.text();
  mirror.api_url = row.text();
  mirror.full_name = row.text();
  mirror.repository = row.text();
  mirror.branch = row.text();
  mirror.folder = row.text();
  mirror.sealed_token = row.text();
  mirror.sealed_secret = row.text();
  mirror.paused = row.flag();
  mirror.interval = read_duration(row);
  mirror.created_at = row.time();
  mirror.commit = row.text();
  mirror.tree = row.text();
  mirror.head_tag = row.text();
  mirror.problem = row.text();
  mirror.problem_kind = row.text();
  mirror.failures = static_cast<std::uint32_t>(row.count());
  mirror.last_synced_at = row.optional_time();
  mirror.next_sync_at = row.optional_time();
  mirror.public_reading = row.flag();
  return mirror;
}

[[nodiscard]] MirrorBlob read_blob(Row& row) {
  MirrorBlob blob;
  blob.git_id = row.text();
  blob.digest = row.digest();
  blob.size = row.count();
  blob.pointer = row.flag();
  return blob;
}

[[nodiscard]] MirrorSkipped read_skipped(Row& row) {
  MirrorSkipped skipped;
  skipped.path = row.text();
  skipped.why = row.text();
  return skipped;
}

[[nodiscard]] MirrorSync read_sync(Row& row) {
  MirrorSync sync;
  sync.started_at = row.time();
  sync.took = read_duration(row);
  sync.cause = row.text();
  sync.outcome = row.text();
  sync.commit = row.text();
  sync.added = row.count();
  sync.updated = row.count();
  sync.moved = row.count();
  sync.deleted = row.count();
  sync.skipped = row.count();
  sync.fetched = row.count();
  sync.requests = row.count();
  sync.problem = row.text();
  return sync;
}

[[nodiscard]] WebhookDelivery read_delivery(Row& row) {
  WebhookDelivery delivery;
  delivery.id = row.text();
  delivery.at = row.time();
  delivery.event = row.text();
  delivery.outcome = row.text();
  delivery.settled = row.flag();
  return delivery;
}

}  // namespace

Status SqliteMirrorCatalog::save(const Mirror& mirror) {
  return database_.run(
      sql::save_mirror,
      {mirror.project,      mirror.provider,         mirror.web_url,      mirror.api_url,      mirror.full_name,
       mirror.repository,   mirror.branch,           mirror.folder,       mirror.sealed_token, mirror.sealed_secret,
       mirror.paused,       mirror.interval.count(), mirror.created_at,   mirror.commit,       mirror.tree,
       mirror.head_tag,     mirror.problem,          mirror.problem_kind, mirror.failures,     mirror.last_synced_at,
       mirror.next_sync_at, mirror.public_reading});
}

Result<std::optional<Mirror>> SqliteMirrorCatalog::find(const ProjectId& project) {
  return database_.find(sql::find_mirror, {project}, read_mirror);
}

Result<std::vector<Mirror>> SqliteMirrorCatalog::list() {
  return database_.all(sql::list_mirrors, {}, read_mirror);
}

Status SqliteMirrorCatalog::remove(const ProjectId& project) {
  return database_.run(sql::remove_mirror, {project});
}

Status SqliteMirrorCatalog::add_blob(const ProjectId& project, const MirrorBlob& blob) {
  return database_.run(sql::add_mirror_blob, {project, blob.git_id, blob.digest, blob.size, blob.pointer});
}

Result<std::vector<MirrorBlob>> SqliteMirrorCatalog::blobs(const ProjectId& project) {
  return database_.all(sql::list_mirror_blobs, {project}, read_blob);
}

Status SqliteMirrorCatalog::set_skipped(const ProjectId& project, const std::vector<MirrorSkipped>& skipped) {
  LEANSPEC_TRY(database_.run(sql::clear_mirror_skipped, {project}));
  for (const MirrorSkipped& one : skipped)
    LEANSPEC_TRY(database_.run(sql::add_mirror_skipped, {project, one.path, one.why}));
  return {};
}

Result<std::vector<MirrorSkipped>> SqliteMirrorCatalog::skipped(const ProjectId& project) {
  return database_.all(sql::list_mirror_skipped, {project}, read_skipped);
}

Status SqliteMirrorCatalog::add_sync(const ProjectId& project, const MirrorSync& sync) {
  LEANSPEC_TRY(
      database_.run(sql::add_mirror_sync,
                    {project, sync.started_at, sync.took.count(), sync.cause, sync.outcome, sync.commit, sync.added,
                     sync.updated, sync.moved, sync.deleted, sync.skipped, sync.fetched, sync.requests, sync.problem}));
  return database_.run(sql::trim_mirror_syncs, {project, mirror_syncs_kept});
}

Result<std::vector<MirrorSync>> SqliteMirrorCatalog::syncs(const ProjectId& project, std::size_t limit) {
  return database_.all(sql::list_mirror_syncs, {project, limit}, read_sync);
}

Status SqliteMirrorCatalog::save_delivery(const ProjectId& project, const WebhookDelivery& delivery) {
  return database_.run(sql::save_webhook_delivery,
                       {project, delivery.id, delivery.at, delivery.event, delivery.outcome, delivery.settled});
}

Result<std::optional<WebhookDelivery>> SqliteMirrorCatalog::find_delivery(const ProjectId& project,
                                                                          std::string_view id) {
  return database_.find(sql::find_webhook_delivery, {project, id}, read_delivery);
}

Result<std::vector<WebhookDelivery>> SqliteMirrorCatalog::deliveries(const ProjectId& project, std::size_t limit) {
  return database_.all(sql::list_webhook_deliveries, {project, limit}, read_delivery);
}

Status SqliteMirrorCatalog::drop_deliveries(Instant before) {
  return database_.run(sql::drop_webhook_deliveries, {before});
}

}  // namespace leanspec::store::sqlite
