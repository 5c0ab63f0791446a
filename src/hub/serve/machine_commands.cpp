#include "hub/serve/machine_commands.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <utility>

#include "wire/limits.h"

namespace leanspec::hub::serve {

namespace json = boost::json;

namespace {

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

[[nodiscard]] Result<store::Machine> named_machine(store::Session& session, const std::string& wanted) {
  LEANSPEC_ASSIGN(const auto machines, session.machines().list());
  std::optional<store::Machine> found;
  for (const store::Machine& machine : machines) {
    if (to_string(machine.id.value()) == wanted) return machine;
    if (machine.name != wanted) continue;
    if (found) {
      return Error(ErrorCode::invalid, "several machines have this name", wanted, "Give the id that `leanspec-hub machine list` shows.");
    }
    found = machine;
  }
  if (!found) return Error(ErrorCode::not_found, "no machine has this name or id", wanted, "See `leanspec-hub machine list`.");
  return *std::move(found);
}

[[nodiscard]] Status change(store::Store& store, const Options& options, std::string_view action, Instant now,
                            const std::function<void(store::Machine&)>& edit) {
  return store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(store::Machine machine, named_machine(session, options.machine.machine));
    edit(machine);
    LEANSPEC_TRY(session.machines().save(machine));
    return session.accounts().append_audit({now, "system", std::string(action), machine.name, "ok", "command line"});
  });
}

}  // namespace

Status list_machines(store::Store& store, const Options& options) {
  std::vector<store::Machine> machines;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(machines, session.machines().list());
    return {};
  }));
  json::array array;
  for (const store::Machine& machine : machines) {
    const std::string id = to_string(machine.id.value());
    const std::string seen = to_rfc3339(machine.last_seen);
    if (options.json) {
      array.push_back(json::object{{"id", id}, {"name", machine.name}, {"platform", machine.platform}, {"lastSeen", seen}, {"revoked", machine.revoked_at.has_value()}});
    } else {
      print(id + "  " + machine.name + "  " + machine.platform + "  last seen " + seen + (machine.revoked_at ? "  revoked" : ""));
    }
  }
  if (options.json) print(json::serialize(json::object{{"machines", std::move(array)}}));
  return {};
}

Status rename_machine(store::Store& store, const Options& options, Instant now) {
  if (options.machine.name.empty() || options.machine.name.size() > wire::limits::name_bytes_max) {
    return Error(ErrorCode::invalid, "must be 1 to 200 bytes long", "name");
  }
  LEANSPEC_TRY(change(store, options, "machine rename", now, [&](store::Machine& machine) { machine.name = options.machine.name; }));
  print("Renamed to " + options.machine.name + ".");
  return {};
}

Status revoke_machine(store::Store& store, const Options& options, Instant now) {
  LEANSPEC_TRY(change(store, options, "machine revoke", now, [&](store::Machine& machine) {
    if (!machine.revoked_at) machine.revoked_at = now;
  }));
  print("Revoked. A running hub closes its connection within two seconds.");
  return {};
}

}  // namespace leanspec::hub::serve
