#include "hub/api/hub_events.h"

#include <boost/json/serialize.hpp>
#include <utility>

#include "hub/api/mirror_json.h"
#include "hub/api/project_json.h"

namespace leanspec::hub::api {

HubEvents::HubEvents(Services& services, net::Request request)
    : EventAudience(services, std::move(request), access::Action::projects_list, std::nullopt) {}

void HubEvents::begin() {
  const auto moved = projects_moved_;
  feed_ = services().feed.subscribe_all([moved](const engine::Hint&) { moved->store(true); });
  roster_ = services().roster.subscribe([moved, wake = coalesced(&HubEvents::send_machines)](const engine::RosterChange& change) {
    if (change.came_or_went) moved->store(true);
    wake();
  });
  // Counts of a project move with every save; twice a second is live enough for an overview.
  ticks_ = services().ticks.subscribe(
      [moved, wake = coalesced(static_cast<void (EventAudience::*)()>(&HubEvents::send_projects))](const Instant&) {
        if (moved->exchange(false)) wake();
      });
  if (services().mirrors != nullptr) {
    const auto wake = coalesced(static_cast<void (EventAudience::*)()>(&HubEvents::send_mirrors));
    mirrors_ = services().mirrors->moved().subscribe([moved, wake](const ProjectId&) {
      moved->store(true);
      wake();
    });
  }
  stale_ = services().specs.changed().subscribe([moved](const ProjectId&) { moved->store(true); });
  send({}, "hello", "{}");
  send_projects();
  send_machines();
  send_mirrors();
}

void HubEvents::end() {
  feed_.reset();
  roster_.reset();
  ticks_.reset();
  mirrors_.reset();
  stale_.reset();
}

void HubEvents::send_projects() {
  if (const auto projects = visible_projects_json(services(), principal())) {
    send({}, "projects", boost::json::serialize(boost::json::object{{"projects", *projects}}));
  }
}

void HubEvents::send_mirrors() {
  if (services().mirrors == nullptr) return;
  if (const auto mirrors = visible_mirrors_json(services(), principal()); mirrors && (!mirrors->empty() || shows_mirrors_)) {
    shows_mirrors_ = !mirrors->empty();
    send({}, "mirrors", boost::json::serialize(boost::json::object{{"mirrors", *mirrors}}));
  }
}

}  // namespace leanspec::hub::api
