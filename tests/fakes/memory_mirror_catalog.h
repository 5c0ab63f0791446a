#pragma once

#include "store/mirror_catalog.h"
#include "tests/fakes/memory_tables.h"

namespace leanspec::fakes {

class MemoryMirrorCatalog final : public store::MirrorCatalog {
 public:
  MemoryMirrorCatalog(MemoryTables& tables, UndoLog& undo) : tables_(tables), undo_(undo) {}
  [[nodiscard]] Status save(const store::Mirror& mirror) override;
  [[nodiscard]] Result<std::optional<store::Mirror>> find(const ProjectId& project) override;
  [[nodiscard]] Result<std::vector<store::Mirror>> list() override;
  [[nodiscard]] Status remove(const ProjectId& project) override;
  [[nodiscard]] Status add_blob(const ProjectId& project, const store::MirrorBlob& blob) override;
  [[nodiscard]] Result<std::vector<store::MirrorBlob>> blobs(const ProjectId& project) override;
  [[nodiscard]] Status set_skipped(const ProjectId& project, const std::vector<store::MirrorSkipped>& skipped) override;
  [[nodiscard]] Result<std::vector<store::MirrorSkipped>> skipped(const ProjectId& project) override;
  [[nodiscard]] Status add_sync(const ProjectId& project, const store::MirrorSync& sync) override;
  [[nodiscard]] Result<std::vector<store::MirrorSync>> syncs(const ProjectId& project, std::size_t limit) override;
  [[nodiscard]] Status save_delivery(const ProjectId& project, const store::WebhookDelivery& delivery) override;
  [[nodiscard]] Result<std::optional<store::WebhookDelivery>> find_delivery(const ProjectId& project,
                                                                            std::string_view id) override;
  [[nodiscard]] Result<std::vector<store::WebhookDelivery>> deliveries(const ProjectId& project,
                                                                       std::size_t limit) override;
  [[nodiscard]] Status drop_deliveries(Instant before) override;

 private:
  MemoryTables& tables_;
  UndoLog& undo_;
};

}  // namespace leanspec::fakes
