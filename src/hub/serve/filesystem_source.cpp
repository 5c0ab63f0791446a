#include "hub/serve/filesystem_source.h"

#include <utility>

#include "hub/sources/specs_folder.h"

namespace leanspec::hub::serve {

Result<std::optional<std::string>> specs_folder_of(const ServeOptions& options) {
  if (options.specs_mode == "database") return std::optional<std::string>();
  const bool said = !options.specs_directory.empty();
  const std::filesystem::path here =
      said ? std::filesystem::absolute(options.specs_directory).lexically_normal() : std::filesystem::current_path();
  // What is said may be a project or its specs folder.
  auto tree = host::open_file_tree(here.string());
  if (!tree) return said ? Result<std::optional<std::string>>(here.string()) : std::move(tree).error();
  const auto found = sources::find_specs_folder(**tree);
  if (found && !found->empty()) return std::optional((here / *found).string());
  if (said) return std::optional(here.string());
  // The working folder itself is nobody's specs folder unless it is said.
  if (options.specs_mode != "filesystem") return std::optional<std::string>();
  if (!found) return found.error();
  return Error(ErrorCode::not_found, "There is no specs folder here", here.string(),
               "Name it with --specs-dir, or start the hub in the project's folder.");
}

FilesystemSource::FilesystemSource(LocalFolder::Place place, bool only_copy, api::Services& services)
    : place_(std::move(place)), only_copy_(only_copy), services_(services) {}

FilesystemSource::~FilesystemSource() {
  stop();
}

std::shared_ptr<LocalFolder> FilesystemSource::folder() const {
  const std::scoped_lock lock(mutex_);
  return folder_;
}

Status FilesystemSource::open() {
  LEANSPEC_ASSIGN(std::shared_ptr<LocalFolder> opened, LocalFolder::open(place_, services_));
  services_.log.info("serving a local folder", {{"folder", place_.root}, {"project", opened->project().value()}});
  services_.specs.report(opened->project(), std::nullopt);
  const std::scoped_lock lock(mutex_);
  folder_ = std::move(opened);
  return {};
}

void FilesystemSource::start() {
  if (const auto now = folder()) return now->start();
  ticks_ = services_.ticks.subscribe([this](const Instant&) {
    if (folder() == nullptr && open()) folder()->start();
  });
}

void FilesystemSource::stop() {
  ticks_.reset();
  if (const auto now = folder()) now->stop();
}

Status FilesystemSource::synchronise() {
  const auto now = folder();
  return now == nullptr ? open() : now->synchronise();
}

Result<engine::ViewAt> FilesystemSource::read(BranchId branch, Seq at_least) {
  return services_.views.view_at(branch, at_least);
}

std::optional<engine::ViewAt> FilesystemSource::last_read(BranchId branch) const {
  return services_.views.last_known(branch);
}

std::optional<ProjectId> FilesystemSource::usual_project() const {
  const auto now = folder();
  return now == nullptr ? std::nullopt : std::optional(now->project());
}

Status FilesystemSource::check_writable() const {
  const auto now = folder();
  return now == nullptr ? Status() : now->check_writable();
}

void FilesystemSource::settle(const std::function<void(Status)>& settled) {
  const auto now = folder();
  if (now == nullptr) return settled({});
  now->after_next_round([only_copy = only_copy_, settled](const Status& done) {
    // Elsewhere the hub has it for good, and the folder gets it as soon as it can.
    if (done || !only_copy) return settled({});
    settled(Error(ErrorCode::unavailable, "What you changed is not on the disk yet: " + done.error().sentence(), {},
                  "Do not stop the hub before the folder can be written; it tries again by itself."));
  });
}

std::optional<std::uint64_t> FilesystemSource::files_parsed() const {
  const auto now = folder();
  return now == nullptr ? 0 : now->files_read();
}

}  // namespace leanspec::hub::serve
