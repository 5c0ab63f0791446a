#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "digest/hmac.h"
#include "hub/api/answer.h"
#include "hub/api/mirror_json.h"
#include "hub/api/routes.h"
#include "hub/mirrors/mirror_service.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t request_body_bytes_max = 16 * 1024;
constexpr std::size_t text_bytes_max = 2048;
constexpr std::size_t token_bytes_max = 4096;  // tokens of GitHub Apps grow; no size is promised
constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t syncs_shown = 100;
constexpr std::size_t deliveries_shown = 100;

/// What the forge refuses is no refusal of ours: who asks is signed in here, and stays so.
[[nodiscard]] net::Response refused(const Error& error) {
  if (error.code == ErrorCode::unauthenticated)
    return error_answer(422, "TOKEN_NOT_ACCEPTED", error.sentence(), json::object{{"field", "token"}});
  if (error.code == ErrorCode::forbidden)
    return error_answer(422, "FORGE_REFUSES", error.sentence(), json::object{{"field", "repository"}});
  if (error.code == ErrorCode::corrupt) return error_answer(502, "FORGE_UNUSABLE", error.sentence());
  return error_answer(error, "MIRROR_NOT_FOUND");
}

constexpr std::int64_t minutes_min = mirrors::sync_interval_min.count();
constexpr std::int64_t minutes_max = std::chrono::minutes(mirrors::sync_interval_max).count();

[[nodiscard]] Result<mirrors::MirrorRequest> requested_mirror(const Call& call) {
  LEANSPEC_ASSIGN(const json::object object, parse_object(call.request.body));
  const Fields fields(object);
  LEANSPEC_ASSIGN(const std::string repository, fields.text("repository", text_bytes_max));
  mirrors::MirrorRequest request;
  LEANSPEC_ASSIGN(request.place, mirrors::parse_repository_place(repository));
  LEANSPEC_ASSIGN(const auto provider, fields.optional_text("provider", name_bytes_max));
  request.provider = provider.value_or("");
  if (!request.provider.empty() && request.provider != "github" && request.provider != "git")
    return Error(ErrorCode::invalid, "a repository is asked by 'github' or by 'git'", "provider");
  LEANSPEC_ASSIGN(const auto branch, fields.optional_text("branch", text_bytes_max));
  if (branch && !branch->empty()) {
    if (auto allowed = mirrors::check_branch_name(*branch); !allowed)
      return Error(ErrorCode::invalid, allowed.error().what, "branch");
    request.place.branch = *branch;
  }
  if (!request.place.folder.empty()) request.folder = request.place.folder;
  LEANSPEC_ASSIGN(const auto folder, fields.optional_text("folder", text_bytes_max));
  if (folder) {
    auto parsed = mirrors::parse_repository_folder(*folder);
    if (!parsed) return Error(ErrorCode::invalid, parsed.error().what, "folder");
    request.folder = *std::move(parsed);
  }
  LEANSPEC_ASSIGN(const auto token, fields.optional_text("token", token_bytes_max));
  request.token = token.value_or("");
  LEANSPEC_ASSIGN(const auto name, fields.optional_text("name", name_bytes_max));
  request.name = name.value_or("");
  LEANSPEC_ASSIGN(const auto minutes, fields.optional_integer("intervalMinutes", minutes_min, minutes_max));
  if (minutes) request.interval = std::chrono::minutes(*minutes);
  const access::Person* person = call.principal.person();
  request.may_use_hub_token = person != nullptr && person->user.administrator;
  request.by = call.principal.user();
  return request;
}

[[nodiscard]] Result<store::Mirror> mirror_of(Services& services, const ProjectId& project) {
  std::optional<store::Mirror> mirror;
  LEANSPEC_TRY(services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(mirror, session.mirrors().find(project));
    return {};
  }));
  if (!mirror) return Error(ErrorCode::not_found, "This project mirrors no repository.");
  return *std::move(mirror);
}

[[nodiscard]] net::Response preview(Services& services, const Call& call) {
  auto request = requested_mirror(call);
  if (!request) return refused(request.error());
  auto shown = services.mirrors->preview(*request);
  if (!shown) return refused(shown.error());
  return answer(200, preview_json(*shown));
}

[[nodiscard]] net::Response add(Services& services, const Call& call) {
  auto request = requested_mirror(call);
  if (!request) return refused(request.error());
  auto id = services.mirrors->add(*request);
  if (!id) return refused(id.error());
  services.access_version.raise();  // whoever adds it owns it
  services.directory.forget();
  auto mirror = mirror_of(services, *id);
  if (!mirror) return refused(mirror.error());
  return answer(201, mirror_json(services, *mirror));
}

[[nodiscard]] net::Response list(Services& services, const Call& call) {
  auto mirrors = visible_mirrors_json(services, call.principal);
  if (!mirrors) return refused(mirrors.error());
  const std::size_t total = mirrors->size();
  return answer(200, json::object{{"mirrors", *std::move(mirrors)}, {"total", total}, {"nextCursor", nullptr}});
}

[[nodiscard]] net::Response show(Services& services, const Call& call) {
  const ProjectId& project = call.project->project.id;
  auto mirror = mirror_of(services, project);
  if (!mirror) return refused(mirror.error());
  json::object object = mirror_json(services, *mirror);
  json::array syncs;
  json::array skipped;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto rows, session.mirrors().syncs(project, syncs_shown));
    for (const auto& row : rows) syncs.push_back(sync_json(row));
    LEANSPEC_ASSIGN(const auto files, session.mirrors().skipped(project));
    for (const auto& file : files)
      skipped.push_back(json::object{{"path", json_text(file.path)}, {"why", json_text(file.why)}});
    return {};
  });
  if (!read) return refused(read.error());
  object["syncs"] = std::move(syncs);
  object["skippedFiles"] = std::move(skipped);
  return answer(200, object);
}

/// Who reads at this moment is looked at again.
void rights_changed(Services& services, const Call& call, std::string action) {
  services.access_version.raise();
  const store::AuditEntry entry{call.now, call.principal.name(), std::move(action), call.project->project.id.value(),
                                "ok", call.request.peer_address};
  (void)services.store.write([&](store::Session& session) { return session.accounts().append_audit(entry); });
  services.mirrors->moved().publish(call.project->project.id);
}

[[nodiscard]] net::Response change(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return refused(object.error());
  const Fields fields(*object);
  mirrors::MirrorChange wanted;
  auto paused = fields.optional_boolean("paused");
  if (!paused) return refused(paused.error());
  wanted.paused = *paused;
  auto open = fields.optional_boolean("public");
  if (!open) return refused(open.error());
  wanted.public_reading = *open;
  auto minutes = fields.optional_integer("intervalMinutes", minutes_min, minutes_max);
  if (!minutes) return refused(minutes.error());
  if (*minutes) wanted.interval = std::chrono::minutes(**minutes);
  auto token = fields.optional_text("token", token_bytes_max);
  if (!token) return refused(token.error());
  wanted.token = *token;
  if (object->contains("token") && object->at("token").is_null()) wanted.token = "";
  const ProjectId& project = call.project->project.id;
  if (const auto changed = services.mirrors->change(project, wanted); !changed) return refused(changed.error());
  if (wanted.public_reading) rights_changed(services, call, *wanted.public_reading ? "make public" : "end public reading");
  auto mirror = mirror_of(services, project);
  if (!mirror) return refused(mirror.error());
  return answer(200, mirror_json(services, *mirror));
}

[[nodiscard]] net::Response remove(Services& services, const Call& call) {
  if (const auto removed = services.mirrors->remove(call.project->project.id); !removed)
    return refused(removed.error());
  services.directory.forget();
  rights_changed(services, call, "stop mirroring");
  return no_content();
}

[[nodiscard]] net::Response sync(Services& services, const Call& call) {
  const ProjectId& project = call.project->project.id;
  if (const auto asked = services.mirrors->sync_now(project, "button"); !asked) return refused(asked.error());
  auto mirror = mirror_of(services, project);
  if (!mirror) return refused(mirror.error());
  return answer(202, mirror_json(services, *mirror));
}

[[nodiscard]] net::Response webhook_setup(Services& services, const Call& call) {
  const ProjectId& project = call.project->project.id;
  auto secret = services.mirrors->webhook_secret(project);
  if (!secret) return refused(secret.error());
  json::array deliveries;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto rows, session.mirrors().deliveries(project, deliveries_shown));
    for (const auto& row : rows) {
      deliveries.push_back(json::object{{"id", json_text(row.id)},
                                        {"at", to_rfc3339(row.at)},
                                        {"event", json_text(row.event)},
                                        {"outcome", json_text(row.outcome)},
                                        {"settled", row.settled}});
    }
    return {};
  });
  if (!read) return refused(read.error());
  return answer(200, json::object{{"path", "/api/webhooks/" + project.value()},
                                  {"secret", *secret},
                                  {"contentType", "application/json"},
                                  {"events", json::array{"push", "repository", "delete"}},
                                  {"deliveries", std::move(deliveries)}});
}

[[nodiscard]] net::Response redeliver(Services& services, const Call& call) {
  const std::string delivery(call.request.capture("delivery"));
  if (const auto asked = services.mirrors->redeliver(call.project->project.id, delivery); !asked)
    return error_answer(asked.error(), "DELIVERY_NOT_FOUND");
  return answer(202, json::object{{"outcome", "a sync was asked for again"}});
}

[[nodiscard]] net::Response receive(Services& services, const Call& call) {
  // The first that is there: GitHub's name, Gitea's and Forgejo's, GitLab's.
  const auto header = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      if (const auto value = call.request.header(name)) return std::string(*value);
    }
    return std::string();
  };
  mirrors::MirrorService::Delivery delivery;
  delivery.event = header({"X-GitHub-Event", "X-Gitea-Event", "X-Gitlab-Event"});
  delivery.id = header({"X-GitHub-Delivery", "X-Gitea-Delivery", "Idempotency-Key", "X-Gitlab-Event-UUID"});
  delivery.signature = header({"X-Hub-Signature-256", "X-Gitea-Signature"});
  delivery.token = header({"X-Gitlab-Token"});
  delivery.body = call.request.body;
  auto led_to = services.mirrors->receive(ProjectId(std::string(call.request.capture("hook"))), delivery);
  if (!led_to) {
    // Whether there is such a mirror is nobody's business who cannot sign.
    if (led_to.error().code == ErrorCode::not_found || led_to.error().code == ErrorCode::unauthenticated)
      return error_answer(401, "UNAUTHENTICATED",
                          "There is no such webhook, or the signature is not that of its secret.");
    return refused(led_to.error());
  }
  return answer(202, json::object{{"outcome", json_text(*led_to)}});
}

[[nodiscard]] net::Response cron(Services& services, const Call& call) {
  const std::string_view given = call.request.header("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  if (services.cron_secret.empty())
    return error_answer(503, "NOT_CONFIGURED", "This hub has no CRON_SECRET. Mirrors are synced by its own schedule.");
  if (!given.starts_with(scheme) || !digest::equal_in_constant_time(given.substr(scheme.size()), services.cron_secret))
    return error_answer(401, "UNAUTHENTICATED", "The bearer token is not the CRON_SECRET of this hub.");
  auto asked = services.mirrors->sync_all("cron");
  if (!asked) return refused(asked.error());
  return answer(202, json::object{{"asked", *asked}});
}

}  // namespace

void bind_mirrors(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) {
      if (services.mirrors == nullptr) return error_answer(503, "NOT_AVAILABLE", "This hub mirrors no repositories.");
      return handle(services, call);
    };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/mirrors", Action::projects_list, 0, with(list));
  binder.call(net::Method::post, "/api/mirrors", Action::mirrors_add, request_body_bytes_max, with(add));
  binder.call(net::Method::post, "/api/mirrors/preview", Action::mirrors_add, request_body_bytes_max, with(preview));
  binder.call(net::Method::get, "/api/projects/{project}/mirror", Action::specs_read, 0, with(show));
  binder.call(net::Method::patch, "/api/projects/{project}/mirror", Action::project_admin, request_body_bytes_max,
              with(change));
  binder.call(net::Method::del, "/api/projects/{project}/mirror", Action::project_admin, 0, with(remove));
  binder.call(net::Method::post, "/api/projects/{project}/mirror/sync", Action::specs_write, request_body_bytes_max,
              with(sync));
  binder.call(net::Method::get, "/api/projects/{project}/mirror/webhook", Action::project_admin, 0,
              with(webhook_setup));
  binder.call(net::Method::post, "/api/projects/{project}/mirror/webhook/deliveries/{delivery}/redeliver",
              Action::project_admin, request_body_bytes_max, with(redeliver));
  binder.open_deferred(net::Method::post, "/api/webhooks/{hook}", access::RateKind::api, mirrors::webhook_bytes_max,
                       with(receive));
  binder.open_deferred(net::Method::get, "/api/cron/sync", access::RateKind::api, 0, with(cron));
}

}  // namespace leanspec::hub::api
