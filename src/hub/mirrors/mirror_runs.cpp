#include <algorithm>
#include <utility>

#include "hub/mirrors/mirror_service.h"

/// One sync of the service: from the mirror as it is now to what is remembered of how it went.
namespace leanspec::hub::mirrors {

void MirrorService::run_sync(const ProjectId& project, const std::string& cause,
                             const std::vector<std::string>& deliveries) {
  const auto mirror = find(project);
  if (!mirror) return;
  store::MirrorSync row;
  row.started_at = clock_.now();
  row.cause = mirror->commit.empty() ? "import" : cause;
  const auto began = clock_.since_boot();
  RateBudget budget;
  const auto done = [&]() -> Result<SyncDone> {
    Address address{mirror->provider, mirror->api_url, mirror->full_name, {}, {}};
    LEANSPEC_ASSIGN(address.token, token_of(*mirror));
    if (!mirror->commit.empty()) address.here = parse_git_id(mirror->tree);
    LEANSPEC_ASSIGN(const auto provider, provider_of(address));
    SyncSurroundings at{store_, clock_, revise_};
    at.on_progress = [&](const SyncProgress& progress) {
      {
        const std::lock_guard lock(mutex_);
        slots_[project].progress = progress;
        slots_[project].budget = provider->budget();
      }
      moved_.publish(project);
    };
    at.cancelled = [&] {
      const std::lock_guard lock(mutex_);
      return stopping_ || slots_[project].removed;
    };
    auto result = sync_mirror(*mirror, *provider, at);
    // The name in a repository's address goes on working after a rename, until somebody takes it: so it is looked
    // after.
    if (result && provider->was_renamed()) {
      if (const auto facts = provider->repository();
          facts && facts->id == mirror->repository && facts->full_name != mirror->full_name)
        (void)store_.write([&](store::Session& session) -> Status {
          LEANSPEC_ASSIGN(auto now, session.mirrors().find(project));
          if (!now) return {};
          now->full_name = facts->full_name;
          return session.mirrors().save(*now);
        });
    }
    row.requests = provider->requests();
    budget = provider->budget();
    const std::lock_guard lock(mutex_);
    budgets_[address.budget_key()] = budget;
    slots_[project].budget = budget;
    return result;
  }();
  row.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.since_boot() - began);
  if (const Status noted = finish(*mirror, done, std::move(row), deliveries, budget); !noted)
    log_.warning("what became of a sync could not be stored",
                 {{"project", project.value()}, {"why", noted.error().sentence()}});
}

std::optional<std::chrono::milliseconds> MirrorService::look_again_in(const ProjectId& project,
                                                                      const std::string& commit,
                                                                      const std::vector<std::string>& deliveries) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[project];
  const auto wait = slot.awaited.after_look(commit);
  if (!wait) return wait;
  slot.cause = "webhook";
  slot.deliveries.insert(slot.deliveries.end(), deliveries.begin(), deliveries.end());
  return wait;
}

Status MirrorService::finish(const store::Mirror& mirror, const Result<SyncDone>& done, store::MirrorSync row,
                             const std::vector<std::string>& deliveries, const RateBudget& budget) {
  if (!done && done.error().code == ErrorCode::cancelled) {
    const std::lock_guard lock(mutex_);
    if (!stopping_) return {};
  }
  const Instant now = clock_.now();
  if (done) {
    row.outcome = done->changed ? "synced" : "unchanged";
    row.commit = done->commit;
    row.added = done->counts.added;
    row.updated = done->counts.updated;
    row.moved = done->counts.moved;
    row.deleted = done->counts.deleted;
    row.skipped = done->skipped;
    row.fetched = done->fetched;
  } else {
    const ErrorCode code = done.error().code;
    row.outcome = code == ErrorCode::exhausted || code == ErrorCode::cancelled ? "waiting" : "failed";
    row.problem = done.error().sentence();
    if (row.outcome == "failed")
      log_.warning("a mirror could not be brought up to date",
                   {{"project", mirror.project.value()}, {"why", row.problem}});
  }
  const auto look_again = done ? look_again_in(mirror.project, done->commit, deliveries) : std::nullopt;
  std::optional<Instant> next;
  LEANSPEC_TRY(store_.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto kept, session.mirrors().find(mirror.project));
    if (!kept) return {};
    if (done) {
      next = look_again ? now + *look_again : next_after_success(now, kept->interval, chance());
    } else if (done.error().code == ErrorCode::cancelled) {
      next = now;  // the hub stops: the next one begins with it
    } else {
      kept->problem = done.error().sentence();
      kept->problem_kind = to_string(done.error().code);
      ++kept->failures;
      next = next_after_failure(now, done.error().code, kept->failures, budget, kept->interval, chance());
    }
    if (kept->paused) next.reset();
    kept->next_sync_at = next;
    LEANSPEC_TRY(session.mirrors().save(*kept));
    LEANSPEC_TRY(session.mirrors().add_sync(mirror.project, row));
    for (const std::string& id : deliveries) {
      LEANSPEC_ASSIGN(auto delivery, session.mirrors().find_delivery(mirror.project, id));
      if (!delivery) continue;
      const auto changes = row.added + row.updated + row.moved + row.deleted;
      delivery->outcome =
          done ? (changes == 0 ? "nothing had changed" : "synced, " + std::to_string(changes) + " files changed")
               : "the sync failed: " + row.problem;
      if (look_again) delivery->outcome = "the forge does not show this commit yet; it is asked again";
      delivery->settled = done.has_value() && !look_again;
      LEANSPEC_TRY(session.mirrors().save_delivery(mirror.project, *delivery));
    }
    constexpr std::chrono::hours deliveries_kept{7 * 24};
    return session.mirrors().drop_deliveries(now - deliveries_kept);
  }));
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[mirror.project];
  if (!slot.again && !slot.removed) slot.due = next;
  return {};
}

}  // namespace leanspec::hub::mirrors
