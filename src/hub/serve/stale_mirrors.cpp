#include "hub/serve/stale_mirrors.h"

#include <optional>
#include <vector>

namespace leanspec::hub::serve {

namespace {

[[nodiscard]] std::optional<sources::Stale> staleness(const store::Mirror& mirror) {
  if (mirror.problem.empty()) return std::nullopt;
  return sources::Stale{mirror.last_synced_at.value_or(mirror.created_at),
                        "The repository could not be asked for news: " + mirror.problem};
}

void report(api::Services& services, const ProjectId& project) {
  std::optional<store::Mirror> mirror;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(mirror, session.mirrors().find(project));
    return {};
  });
  if (read) services.specs.report(project, mirror ? staleness(*mirror) : std::nullopt);
}

}  // namespace

engine::Subscription report_stale_mirrors(api::Services& services, mirrors::MirrorService& mirrors) {
  // Told by threads that must not wait for the store.
  auto subscription = mirrors.moved().subscribe([&services](const ProjectId& project) {
    (void)services.workers.post([&services, project] { report(services, project); });
  });
  std::vector<store::Mirror> known;
  (void)services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(known, session.mirrors().list());
    return {};
  });
  for (const store::Mirror& mirror : known) services.specs.report(mirror.project, staleness(mirror));
  return subscription;
}

}  // namespace leanspec::hub::serve
