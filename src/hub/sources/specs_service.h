#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "host/clock.h"
#include "hub/engine/listener_list.h"
#include "hub/sources/spec_source.h"

namespace leanspec::hub::sources {

/// One way to the specs of every project, wherever they come from: finds the source of a project, goes on with what was
/// read last when a source fails, and knows of which projects the specs are stale. Safe from every thread once the
/// sources are added.
class SpecsService {
 public:
  explicit SpecsService(const host::Clock& clock) : clock_(clock) {}

  /// The first that has a project serves it. Before the first question; outlives this.
  void add(SpecSource& source) { sources_.push_back(&source); }
  [[nodiscard]] const std::vector<SpecSource*>& sources() const { return sources_; }

  /// At least at `at_least` (law 19). When the source fails and nothing newer was asked for: what was read of it last,
  /// marked as stale. Errors: unavailable (no source serves the project), and the source's.
  [[nodiscard]] Result<SpecsAt> specs_at(const store::Project& project, BranchId branch, Seq at_least = Seq{});
  /// The project that is meant when nobody names one. Error: unavailable, when this hub serves no local folder.
  [[nodiscard]] Result<ProjectId> usual_project() const;
  /// Error: conflict, with words about why nothing can be changed here.
  [[nodiscard]] Status check_writable(const store::Project& project) const;
  /// Calls back, on any thread, when what was changed here stands where the project's specs come from.
  void settle(const store::Project& project, const std::function<void(Status)>& settled);

  /// Whoever brings a project's specs says here that they are stale, or that they are not any more.
  void report(const ProjectId& project, std::optional<Stale> stale);
  [[nodiscard]] std::shared_ptr<const Stale> stale(const ProjectId& project) const;
  /// Projects that became stale or fresh.
  [[nodiscard]] engine::ListenerList<ProjectId>& changed() { return changed_; }

 private:
  [[nodiscard]] SpecSource* source_of(const store::Project& project) const;
  void note(const ProjectId& project, bool reading, std::optional<Stale> stale);

  struct Trouble {
    std::shared_ptr<const Stale> reported;  ///< by who brings the specs
    std::shared_ptr<const Stale> reading;   ///< the source could not be read
  };
  const host::Clock& clock_;
  std::vector<SpecSource*> sources_;
  engine::ListenerList<ProjectId> changed_;
  mutable std::mutex mutex_;
  std::map<ProjectId, Trouble> troubles_;
  std::atomic<bool> troubled_ = false;  ///< spares readers the lock on every day but a bad one
};

}  // namespace leanspec::hub::sources
