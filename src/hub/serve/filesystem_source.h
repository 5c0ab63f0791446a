#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "hub/serve/local_folder.h"
#include "hub/serve/options.h"
#include "hub/sources/spec_source.h"

namespace leanspec::hub::serve {

/// The folder that is to be served as a project: SPECS_DIR, else the one of the project that the hub was started in, found as
/// LeanSpec finds it; nothing: none. Error: not_found when it must be there and is not.
[[nodiscard]] Result<std::optional<std::string>> specs_folder_of(const ServeOptions& options);

/// The source of a local folder. A folder that cannot be opened when the hub starts is tried again with every tick.
class FilesystemSource final : public sources::SpecSource {
 public:
  /// `only_copy`: nothing but the folder outlives this hub, so an edit that does not get there has failed.
  FilesystemSource(LocalFolder::Place place, bool only_copy, api::Services& services);
  ~FilesystemSource() override;

  /// Error: why it cannot be opened yet.
  [[nodiscard]] Status open();
  /// Begins to follow what is open, and to try what is not.
  void start();
  void stop();
  /// Looks at the folder now. Error: why that failed.
  [[nodiscard]] Status synchronise();

  [[nodiscard]] std::string_view name() const override { return "filesystem"; }
  [[nodiscard]] bool has(const store::Project& project) const override { return usual_project() == project.id; }
  [[nodiscard]] Result<engine::ViewAt> read(BranchId branch, Seq at_least) override;
  [[nodiscard]] std::optional<engine::ViewAt> last_read(BranchId branch) const override;
  [[nodiscard]] std::optional<ProjectId> usual_project() const override;
  [[nodiscard]] Status check_writable() const override;
  void settle(const std::function<void(Status)>& settled) override;
  [[nodiscard]] std::optional<std::uint64_t> files_parsed() const override;

 private:
  [[nodiscard]] std::shared_ptr<LocalFolder> folder() const;

  const LocalFolder::Place place_;
  const bool only_copy_;
  api::Services& services_;
  mutable std::mutex mutex_;
  std::shared_ptr<LocalFolder> folder_;  ///< null until it could be opened
  engine::Subscription ticks_;
};

}  // namespace leanspec::hub::serve
