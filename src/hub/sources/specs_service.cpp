#include "hub/sources/specs_service.h"

#include <utility>

namespace leanspec::hub::sources {

SpecSource* SpecsService::source_of(const store::Project& project) const {
  for (SpecSource* source : sources_) {
    if (source->has(project)) return source;
  }
  return nullptr;
}

Result<SpecsAt> SpecsService::specs_at(const store::Project& project, BranchId branch, Seq at_least) {
  SpecSource* source = source_of(project);
  if (source == nullptr)
    return Error(ErrorCode::unavailable, "Nothing here serves the project '" + project.id.value() + "'", {},
                 "Start the hub with SPECS_MODE=both.");
  source->count_read();
  auto read = source->read(branch, at_least);
  SpecsAt specs;
  if (read) {
    static_cast<engine::ViewAt&>(specs) = *std::move(read);
    if (troubled_) note(project.id, true, std::nullopt);
  } else {
    auto last = at_least == Seq{} && read.error().code != ErrorCode::not_found ? source->last_read(branch) : std::nullopt;
    if (!last) return std::move(read).error();
    static_cast<engine::ViewAt&>(specs) = *std::move(last);
    note(project.id, true, Stale{clock_.now(), read.error().sentence()});
  }
  specs.stale = stale(project.id);
  return specs;
}

Result<ProjectId> SpecsService::usual_project() const {
  for (const SpecSource* source : sources_) {
    if (auto project = source->usual_project()) return *std::move(project);
  }
  return Error(ErrorCode::unavailable, "This hub serves no local folder, so a project must be named", {},
               "Ask for /api/projects/{project}/…, or start the hub with --specs-dir.");
}

Status SpecsService::check_writable(const store::Project& project) const {
  const SpecSource* source = source_of(project);
  return source == nullptr ? Status() : source->check_writable();
}

void SpecsService::settle(const store::Project& project, const std::function<void(Status)>& settled) {
  if (SpecSource* source = source_of(project)) return source->settle(settled);
  settled({});
}

void SpecsService::report(const ProjectId& project, std::optional<Stale> stale) {
  note(project, false, std::move(stale));
}

void SpecsService::note(const ProjectId& project, bool reading, std::optional<Stale> stale) {
  {
    const std::scoped_lock lock(mutex_);
    Trouble& trouble = troubles_[project];
    std::shared_ptr<const Stale>& known = reading ? trouble.reading : trouble.reported;
    // The same trouble goes on: it began when it began.
    const bool same = stale ? known != nullptr && known->why == stale->why : known == nullptr;
    if (!same) known = stale ? std::make_shared<const Stale>(*std::move(stale)) : nullptr;
    if (trouble.reading == nullptr && trouble.reported == nullptr) troubles_.erase(project);
    troubled_ = !troubles_.empty();
    if (same) return;
  }
  changed_.publish(project);
}

std::shared_ptr<const Stale> SpecsService::stale(const ProjectId& project) const {
  if (!troubled_) return nullptr;
  const std::scoped_lock lock(mutex_);
  const auto trouble = troubles_.find(project);
  if (trouble == troubles_.end()) return nullptr;
  return trouble->second.reported != nullptr ? trouble->second.reported : trouble->second.reading;
}

}  // namespace leanspec::hub::sources
