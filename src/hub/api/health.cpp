#include <boost/json/array.hpp>

#include "hub/api/answer.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace json = boost::json;

void bind_health(Binder& binder) {
  Services& services = binder.services();
  binder.open(net::Method::get, "/health", [&services](const Call&) {
    return answer(200, json::object{{"status", "ok"}, {"version", services.version}});
  });
  binder.open(net::Method::get, "/health/live", [](const Call&) { return answer(200, json::object{{"status", "ok"}}); });
  binder.open(net::Method::get, "/health/ready", [&services](const Call&) {
    const Status database = services.store.read([](store::Session& session) -> Status {
      LEANSPEC_TRY(session.projects().list());
      return {};
    });
    const bool draining = services.draining();
    json::object check{{"name", "database"}, {"status", database ? "ok" : "failed"}};
    if (!database) check["message"] = database.error().sentence();
    json::object drain{{"name", "accepting"}, {"status", draining ? "failed" : "ok"}};
    if (draining) drain["message"] = "The hub is stopping.";
    const bool ready = database.has_value() && !draining;
    return answer(ready ? 200 : 503, json::object{{"status", ready ? "ready" : "not_ready"},
                                                  {"version", services.version},
                                                  {"checks", json::array{check, drain}}});
  });
}

}  // namespace leanspec::hub::api
