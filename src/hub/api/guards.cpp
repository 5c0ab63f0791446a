#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/guard_json.h"
#include "hub/api/routes.h"
#include "hub/engine/held_deletions.h"
#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

[[nodiscard]] json::value asked_json(const std::optional<engine::AskedDecision>& asked) {
  if (!asked) return nullptr;
  const bool approve = asked->decision.decision == wire::GuardDecisionKind::approve;
  return json::object{{"decision", approve ? "approve" : "revert"}, {"by", json_text(asked->decision.by)}, {"at", to_rfc3339(asked->at)}};
}

constexpr std::size_t paths_shown_max = wire::limits::guard_paths_max;

/// Deletions that the hub itself set aside; their machine may be gone.
[[nodiscard]] json::object quarantine_json(const engine::HeldDeletions& held, const std::string& machine) {
  json::array paths;
  for (const store::Version& side : held.sides) {
    if (paths.size() < paths_shown_max) paths.push_back(json_text(side.path));
  }
  return json::object{{"id", to_string(held.id.value())},
                      {"kind", "quarantine"},
                      {"count", held.sides.size()},
                      {"paths", std::move(paths)},
                      {"since", to_rfc3339(held.sides.front().accepted_at)},
                      {"approvable", true},
                      {"revertible", true},
                      {"detail", engine::too_many_deletions},
                      {"asked", nullptr},
                      {"machineId", to_string(held.machine.value())},
                      {"machine", json_text(machine)},
                      {"folder", nullptr},
                      {"branch", json_text(held.branch.name)}};
}

[[nodiscard]] Result<json::array> quarantines_of(Services& services, const ProjectId& project) {
  json::array rows;
  LEANSPEC_TRY(services.store.read([&](store::Session& session) -> Status {
    rows.clear();
    LEANSPEC_ASSIGN(const auto held, engine::held_deletions(session, project));
    for (const engine::HeldDeletions& one : held) {
      LEANSPEC_ASSIGN(const auto machine, session.machines().find(one.machine));
      rows.push_back(quarantine_json(one, machine ? machine->name : std::string()));
    }
    return {};
  }));
  return rows;
}

/// The folders of one project whose guards hold something, the longest held first; before them what the hub set aside.
[[nodiscard]] json::array guards_of(Services& services, const ProjectId& project) {
  auto online = services.roster.online();
  std::erase_if(online, [&](const engine::OnlineBridge& bridge) { return bridge.project != project || !bridge.guard.guard; });
  std::stable_sort(online.begin(), online.end(), [](const auto& one, const auto& other) { return one.guard_since < other.guard_since; });
  auto quarantined = quarantines_of(services, project);
  json::array rows = quarantined ? *std::move(quarantined) : json::array();
  for (const engine::OnlineBridge& bridge : online) {
    json::value row = guard_json(bridge);
    json::object& object = row.as_object();
    object["machineId"] = to_string(bridge.machine.value());
    object["machine"] = json_text(bridge.machine_name);
    object["folder"] = json_text(bridge.root_hint);
    object["branch"] = json_text(bridge.branch_name);
    rows.push_back(std::move(row));
  }
  return rows;
}

[[nodiscard]] net::Response list_guards(Services& services, const Call& call) {
  json::array rows = guards_of(services, call.project->project.id);
  const std::size_t total = rows.size();
  return answer(200, json::object{{"guards", std::move(rows)}, {"total", total}, {"nextCursor", nullptr}});
}

[[nodiscard]] net::Response stale(Services& services, const Call& call) {
  return error_answer(409, "GUARD_STALE",
                      "What is held has changed, or was decided already, or its machine has gone. Look at what is held now and decide anew; "
                      "nothing was changed.",
                      {{"guards", guards_of(services, call.project->project.id)}});
}

/// In the audit log before it happens.
[[nodiscard]] Status audit(Services& services, const Call& call, bool approve, const std::string& subject) {
  return services.store.write([&](store::Session& session) {
    return session.accounts().append_audit({call.now, call.principal.name(), approve ? "approve deletions" : "revert deletions", subject,
                                            "ok", call.request.peer_address});
  });
}

/// Each deletion is an edit of its own: what moves on meanwhile is left as it is, and still waits.
[[nodiscard]] net::Response decide_quarantine(Services& services, const Call& call, const engine::HeldDeletions& held, bool approve) {
  const std::string& project = call.project->project.id.value();
  const Status audited = audit(services, call, approve,
                               project + ": " + std::to_string(held.sides.size()) + " deletions set aside, guard " + to_string(held.id.value()));
  if (!audited) return error_answer(audited.error());
  std::size_t deleted = 0;
  std::size_t kept = 0;
  for (const store::Version& side : held.sides) {
    engine::HubEdit edit;
    const Status read = services.store.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(edit, engine::decision_on(session, call.project->project.id, side, approve));
      return {};
    });
    if (!read) return error_answer(read.error());
    edit.user = call.principal.user();
    const bool deletes = !edit.text;
    auto done = services.commits.edit(std::move(edit));
    if (!done) return error_answer(done.error());
    if (done->outcome == engine::HubEditOutcome::made) ++(deletes ? deleted : kept);
  }
  return answer(200, json::object{{"outcome", "done"},
                                  {"guard", to_string(held.id.value())},
                                  {"deleted", deleted},
                                  {"kept", kept},
                                  {"left", held.sides.size() - deleted - kept}});
}

[[nodiscard]] net::Response decide(Services& services, const Call& call, wire::GuardDecisionKind kind) {
  const auto id = parse_uuid(call.request.capture("guard"));
  if (!id) return stale(services, call);
  std::vector<engine::HeldDeletions> quarantines;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(quarantines, engine::held_deletions(session, call.project->project.id));
    return {};
  });
  if (!read) return error_answer(read.error());
  for (const engine::HeldDeletions& held : quarantines) {
    if (held.id == GuardId(*id)) return decide_quarantine(services, call, held, kind == wire::GuardDecisionKind::approve);
  }
  const auto online = services.roster.online();
  const auto bridge = std::find_if(online.begin(), online.end(), [&](const engine::OnlineBridge& one) {
    return one.project == call.project->project.id && one.guard.guard == GuardId(*id);
  });
  if (bridge == online.end()) return stale(services, call);
  const bool approve = kind == wire::GuardDecisionKind::approve;
  if (!(approve ? bridge->guard.approvable : bridge->guard.revertible)) {
    return error_answer(422, "GUARD_NOT_DECIDABLE",
                        std::string(approve ? "This cannot be approved: " : "This cannot be reverted: ") + bridge->guard.detail + ".");
  }
  const wire::GuardDecision decision{GuardId(*id), kind, call.principal.name()};
  const std::string subject = call.project->project.id.value() + ": " + std::to_string(bridge->guard.count) + " deletions of " +
                              bridge->machine_name + ", guard " + to_string(*id);
  const Status audited = audit(services, call, approve, subject);
  if (!audited) return error_answer(audited.error());
  if (services.roster.decide(decision, call.now) == engine::DecideOutcome::stale) return stale(services, call);
  return answer(202, json::object{{"outcome", "told"}, {"guard", to_string(*id)}, {"machine", json_text(bridge->machine_name)}});
}

}  // namespace

json::value guard_json(const engine::OnlineBridge& bridge) {
  const wire::GuardState& guard = bridge.guard;
  if (!guard.guard) return nullptr;
  json::array paths;
  for (const std::string& path : guard.paths) paths.push_back(json_text(path));
  return json::object{{"id", to_string(guard.guard->value())},
                      {"kind", wire::to_string(guard.kind)},
                      {"count", guard.count},
                      {"paths", std::move(paths)},
                      {"since", to_rfc3339(bridge.guard_since)},
                      {"approvable", guard.approvable},
                      {"revertible", guard.revertible},
                      {"detail", json_text(guard.detail)},
                      {"asked", asked_json(bridge.asked)}};
}

void bind_guards(Binder& binder) {
  Services& services = binder.services();
  using access::Action;
  binder.call(net::Method::get, "/api/projects/{project}/guards", Action::specs_read, 0,
              [&services](const Call& call) { return list_guards(services, call); });
  binder.call(net::Method::post, "/api/projects/{project}/guards/{guard}/approve", Action::specs_write, 1024,
              [&services](const Call& call) { return decide(services, call, wire::GuardDecisionKind::approve); });
  binder.call(net::Method::post, "/api/projects/{project}/guards/{guard}/revert", Action::specs_write, 1024,
              [&services](const Call& call) { return decide(services, call, wire::GuardDecisionKind::revert); });
}

}  // namespace leanspec::hub::api
