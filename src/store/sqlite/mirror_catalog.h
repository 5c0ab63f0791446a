#pragma once

#include "store/mirror_catalog.h"
#include "store/sqlite/database.h"

namespace leanspec::store::sqlite {

class SqliteMirrorCatalog final : public MirrorCatalog {
 public:
  explicit SqliteMirrorCatalog(Database& database) : database_(database) {}

  [[nodiscard]] Status save(const Mirror& mirror) override;
  [[nodiscard]] Result<std::optional<Mirror>> find(const ProjectId& project) override;
  [[nodiscard]] Result<std::vector<Mirror>> list() override;
  [[nodiscard]] Status remove(const ProjectId& project) override;
  [[nodiscard]] Status add_blob(const ProjectId& project, const MirrorBlob& blob) override;
  [[nodiscard]] Result<std::vector<MirrorBlob>> blobs(const ProjectId& project) override;
  [[nodiscard]] Status set_skipped(const ProjectId& project, const std::vector<MirrorSkipped>& skipped) override;
  [[nodiscard]] Result<std::vector<MirrorSkipped>> skipped(const ProjectId& project) override;
  [[nodiscard]] Status add_sync(const ProjectId& project, const MirrorSync& sync) override;
  [[nodiscard]] Result<std::vector<MirrorSync>> syncs(const ProjectId& project, std::size_t limit) override;
  [[nodiscard]] Status save_delivery(const ProjectId& project, const WebhookDelivery& delivery) override;
  [[nodiscard]] Result<std::optional<WebhookDelivery>> find_delivery(const ProjectId& project,
                                                                     std::string_view id) override;
  [[nodiscard]] Result<std::vector<WebhookDelivery>> deliveries(const ProjectId& project, std::size_t limit) override;
  [[nodiscard]] Status drop_deliveries(Instant before) override;

 private:
  Database& database_;
};

}  // namespace leanspec::store::sqlite
