#include "hub/api/mirror_json.h"

#include <boost/json/value.hpp>
#include <string_view>

#include "hub/api/answer.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

[[nodiscard]] json::value time_or_null(const std::optional<Instant>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}
[[nodiscard]] json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(json_text(text));
}

[[nodiscard]] std::string_view state_of(const store::Mirror& mirror, const mirrors::MirrorActivity& activity) {
  if (activity.running) return mirror.commit.empty() ? "importing" : "syncing";
  if (mirror.paused) return "paused";
  if (mirror.problem_kind == to_string(ErrorCode::exhausted)) return "waiting";
  if (!mirror.problem.empty()) return "failing";
  return mirror.commit.empty() ? "importing" : "synced";
}

[[nodiscard]] json::object budget_json(const mirrors::RateBudget& budget) {
  const auto number = [](const std::optional<std::uint64_t>& value) {
    return value ? json::value(*value) : json::value(nullptr);
  };
  return json::object{{"limit", number(budget.limit)},
                      {"remaining", number(budget.remaining)},
                      {"resetsAt", time_or_null(budget.resets_at)},
                      {"waitUntil", time_or_null(budget.wait_until)}};
}

[[nodiscard]] json::array skipped_json(const std::vector<mirrors::SkippedFile>& files) {
  json::array list;
  for (const auto& file : files)
    list.push_back(json::object{{"path", json_text(file.path)}, {"why", json_text(file.why)}});
  return list;
}

}  // namespace

json::object mirror_json(const Services& services, const store::Mirror& mirror) {
  mirrors::MirrorActivity activity;
  if (services.mirrors != nullptr) activity = services.mirrors->activity(mirror.project);
  json::object object;
  object["projectId"] = mirror.project.value();
  object["provider"] = mirror.provider;
  object["repository"] = mirror.full_name;
  object["url"] = mirror.web_url;
  object["branch"] = json_text(mirror.branch);
  object["folder"] = json_text(mirror.folder);
  object["state"] = state_of(mirror, activity);
  object["paused"] = mirror.paused;
  object["public"] = mirror.public_reading;
  object["hasToken"] = !mirror.sealed_token.empty();
  object["intervalMinutes"] = std::chrono::duration_cast<std::chrono::minutes>(mirror.interval).count();
  object["commit"] = text_or_null(mirror.commit);
  object["problem"] = text_or_null(mirror.problem);
  object["problemKind"] = text_or_null(mirror.problem_kind);
  object["failures"] = mirror.failures;
  object["createdAt"] = to_rfc3339(mirror.created_at);
  object["lastSyncedAt"] = time_or_null(mirror.last_synced_at);
  object["nextSyncAt"] = time_or_null(mirror.next_sync_at);
  object["progress"] = nullptr;
  if (activity.running) {
    object["progress"] = json::object{{"phase", mirrors::to_string(activity.progress.phase)},
                                      {"fetched", activity.progress.fetched},
                                      {"toFetch", activity.progress.to_fetch}};
  }
  object["budget"] = activity.budget ? json::value(budget_json(*activity.budget)) : json::value(nullptr);
  return object;
}

json::object sync_json(const store::MirrorSync& sync) {
  return json::object{{"startedAt", to_rfc3339(sync.started_at)},
                      {"milliseconds", sync.took.count()},
                      {"cause", sync.cause},
                      {"outcome", sync.outcome},
                      {"commit", text_or_null(sync.commit)},
                      {"added", sync.added},
                      {"updated", sync.updated},
                      {"moved", sync.moved},
                      {"deleted", sync.deleted},
                      {"skipped", sync.skipped},
                      {"fetched", sync.fetched},
                      {"requests", sync.requests},
                      {"problem", text_or_null(sync.problem)}};
}

json::object preview_json(const mirrors::RepositoryPreview& preview) {
  json::array names;
  for (const std::string& name : preview.spec_names) names.emplace_back(json_text(name));
  return json::object{{"provider", preview.provider},
                      {"repository", preview.repository.full_name},
                      {"private", preview.repository.is_private},
                      {"defaultBranch", preview.repository.default_branch},
                      {"branch", json_text(preview.branch)},
                      {"folder", json_text(preview.folder)},
                      {"specs", preview.specs},
                      {"files", preview.files},
                      {"bytes", preview.bytes ? json::value(*preview.bytes) : json::value(nullptr)},
                      {"skipped", preview.skipped},
                      {"specNames", std::move(names)},
                      {"skippedFiles", skipped_json(preview.skipped_files)}};
}

Result<json::array> visible_mirrors_json(const Services& services, const access::Principal& principal) {
  json::array list;
  LEANSPEC_TRY(services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto all, session.mirrors().list());
    for (const store::Mirror& mirror : all) {
      if (!access::can_see(principal, mirror.project)) continue;
      json::object object = mirror_json(services, mirror);
      LEANSPEC_ASSIGN(const auto newest, session.mirrors().syncs(mirror.project, 1));
      object["lastSync"] = newest.empty() ? json::value(nullptr) : json::value(sync_json(newest.front()));
      list.push_back(std::move(object));
    }
    return {};
  }));
  return list;
}

}  // namespace leanspec::hub::api
