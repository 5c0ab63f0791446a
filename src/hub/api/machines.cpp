#include <algorithm>
#include <boost/json/value.hpp>

#include "hub/api/answer.h"
#include "hub/api/guard_json.h"
#include "hub/api/machine_json.h"
#include "hub/api/routes.h"
#include "wire/limits.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t patch_body_bytes_max = 4 * 1024;

[[nodiscard]] json::object replica_json(const store::Replica& replica, std::string_view project_name, const engine::OnlineBridge* online) {
  json::object object;
  object["projectId"] = replica.project.value();
  object["projectName"] = project_name;
  object["folder"] = online != nullptr ? online->root_hint : replica.root_hint;
  object["branch"] = online != nullptr ? online->branch_name : replica.branch;
  object["state"] = online == nullptr ? "offline" : online->report.state.empty() ? "live" : online->report.state;
  object["detail"] = online != nullptr ? online->report.detail : replica.detail;
  object["documents"] = online != nullptr ? online->report.documents : replica.documents;
  object["pending"] = online != nullptr ? online->report.pending : replica.pending;
  object["held"] = online != nullptr ? online->report.held : replica.held;
  object["guard"] = online != nullptr ? guard_json(*online) : json::value(nullptr);
  object["acknowledgedSeq"] = online != nullptr ? online->acknowledged.value() : replica.acknowledged.value();
  object["lastSeen"] = to_rfc3339(online != nullptr ? online->last_heard : replica.last_seen);
  return object;
}

[[nodiscard]] Result<json::object> one_machine(Services& services, const access::Principal& principal, const MachineId& id) {
  LEANSPEC_ASSIGN(json::array machines, machines_json(services, principal));
  const std::string wanted = to_string(id.value());
  for (json::value& machine : machines) {
    if (machine.at("id").as_string() == wanted) return std::move(machine).as_object();
  }
  return Error(ErrorCode::not_found, "There is no such machine.");
}

[[nodiscard]] Result<MachineId> requested_machine(const Call& call) {
  const auto id = parse_uuid(call.request.capture("machine"));
  if (!id) return Error(ErrorCode::not_found, "There is no such machine.");
  return MachineId(*id);
}

/// Changes the stored machine and writes the audit line with it.
[[nodiscard]] Status change(Services& services, const Call& call, const MachineId& id, std::string_view action,
                            const std::function<void(store::Machine&)>& edit) {
  return services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(auto machine, session.machines().find(id));
    if (!machine) return Error(ErrorCode::not_found, "There is no such machine.");
    edit(*machine);
    LEANSPEC_TRY(session.machines().save(*machine));
    return session.accounts().append_audit(
        {call.now, call.principal.name(), std::string(action), machine->name, "ok", call.request.peer_address});
  });
}

[[nodiscard]] net::Response list_machines(Services& services, const Call& call) {
  auto machines = machines_json(services, call.principal);
  if (!machines) return error_answer(machines.error());
  const std::size_t total = machines->size();
  return answer(200, json::object{{"machines", *std::move(machines)}, {"total", total}, {"nextCursor", nullptr}});
}

[[nodiscard]] net::Response rename_machine(Services& services, const Call& call) {
  auto id = requested_machine(call);
  if (!id) return error_answer(id.error(), "MACHINE_NOT_FOUND");
  auto body = parse_object(call.request.body);
  if (!body) return error_answer(body.error());
  auto name = Fields(*body).text("name", wire::limits::name_bytes_max);
  if (!name) return error_answer(name.error());
  const Status changed = change(services, call, *id, "rename machine", [&](store::Machine& machine) { machine.name = *name; });
  if (!changed) return error_answer(changed.error(), "MACHINE_NOT_FOUND");
  services.roster.rename(*id, *name);
  auto machine = one_machine(services, call.principal, *id);
  if (!machine) return error_answer(machine.error(), "MACHINE_NOT_FOUND");
  return answer(200, *std::move(machine));
}

[[nodiscard]] net::Response revoke_machine(Services& services, const Call& call) {
  auto id = requested_machine(call);
  if (!id) return error_answer(id.error(), "MACHINE_NOT_FOUND");
  const Status changed = change(services, call, *id, "revoke machine", [&](store::Machine& machine) {
    if (!machine.revoked_at) machine.revoked_at = call.now;
  });
  if (!changed) return error_answer(changed.error(), "MACHINE_NOT_FOUND");
  services.roster.revoke(*id);
  return no_content();
}

}  // namespace

Result<json::array> machines_json(Services& services, const access::Principal& principal) {
  if (principal.anonymous()) return json::array();  // who reads what is open to anyone needs not know whose machines there are
  std::vector<store::Machine> machines;
  std::vector<store::Replica> replicas;
  std::map<ProjectId, std::string> project_names;
  LEANSPEC_TRY(services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(machines, session.machines().list());
    LEANSPEC_ASSIGN(replicas, session.machines().replicas());
    return {};
  }));
  LEANSPEC_ASSIGN(const auto projects, services.directory.list());
  for (const auto& listed : projects) project_names[listed->project.id] = listed->project.name;
  const std::vector<engine::OnlineBridge> online = services.roster.online();

  std::vector<std::pair<bool, json::object>> shown;
  for (const store::Machine& machine : machines) {
    json::array folders;
    bool is_online = false;
    Instant last_seen = machine.last_seen;
    for (const engine::OnlineBridge& bridge : online) {
      if (bridge.machine != machine.id) continue;
      is_online = true;
      last_seen = std::max(last_seen, bridge.last_heard);
    }
    for (const store::Replica& replica : replicas) {
      if (replica.machine != machine.id || !access::can_see(principal, replica.project)) continue;
      const auto live = std::find_if(online.begin(), online.end(), [&](const engine::OnlineBridge& b) { return b.replica == replica.id; });
      folders.push_back(replica_json(replica, project_names[replica.project], live == online.end() ? nullptr : &*live));
    }
    json::object object;
    object["id"] = to_string(machine.id.value());
    object["name"] = machine.name;
    object["platform"] = machine.platform;
    object["version"] = machine.client_version;
    object["online"] = is_online;
    object["firstSeen"] = to_rfc3339(machine.first_seen);
    object["lastSeen"] = to_rfc3339(last_seen);
    object["revoked"] = machine.revoked_at.has_value();
    object["replicas"] = std::move(folders);
    shown.emplace_back(is_online, std::move(object));
  }
  std::stable_sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  json::array array;
  for (auto& [is_online, object] : shown) array.push_back(std::move(object));
  return array;
}

void bind_machines(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/machines", Action::machines_read, 0, with(list_machines));
  binder.call(net::Method::patch, "/api/machines/{machine}", Action::machines_admin, patch_body_bytes_max, with(rename_machine));
  binder.call(net::Method::del, "/api/machines/{machine}", Action::machines_admin, 0, with(revoke_machine));
}

}  // namespace leanspec::hub::api
