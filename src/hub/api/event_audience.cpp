#include "hub/api/event_audience.h"

#include <atomic>
#include <boost/json/serialize.hpp>
#include <utility>

#include "hub/api/machine_json.h"

namespace leanspec::hub::api {

EventAudience::EventAudience(Services& services, net::Request request, access::Action action, std::optional<ProjectId> project)
    : services_(services),
      request_(std::move(request)),
      action_(action),
      project_(std::move(project)),
      strand_(std::make_shared<Strand>(services.workers)) {}

void EventAudience::on_open(std::shared_ptr<net::server::EventStream> stream) {
  strand_->post([self = shared_from_this(), stream = std::move(stream)]() mutable {
    self->stream_ = std::move(stream);
    self->open_ = true;
    self->begin();
  });
}

void EventAudience::on_closed() {
  strand_->post([self = shared_from_this()] {
    self->open_ = false;
    self->end();
    self->stream_ = nullptr;
  });
}

void EventAudience::later(std::function<void()> work) {
  strand_->post([self = shared_from_this(), work = std::move(work)] {
    if (self->open_) work();
  });
}

std::function<void()> EventAudience::coalesced(void (EventAudience::*work)()) {
  auto waiting = std::make_shared<std::atomic<bool>>(false);
  return [weak = weak_from_this(), waiting, work] {
    const auto self = weak.lock();
    if (self == nullptr || waiting->exchange(true)) return;
    self->later([self, waiting, work] {
      waiting->store(false);  // before the work: what happens during it asks for another turn
      (self.get()->*work)();
    });
  };
}

bool EventAudience::allowed() {
  const std::uint64_t rights = services_.access_version.now();
  if (rights == rights_seen_) return true;
  auto principal = services_.authenticator.authenticate(request_);
  if (!principal || !access::authorize(*principal, action_, project_)) return false;
  principal_ = *std::move(principal);
  rights_seen_ = rights;
  return true;
}

bool EventAudience::send(std::string_view id, std::string_view event, std::string_view data) {
  if (!open_) return false;
  if (!allowed()) {
    close();
    return false;
  }
  return stream_->send(id, event, data);
}

void EventAudience::close() {
  open_ = false;
  if (stream_ != nullptr) stream_->close();
}

void EventAudience::send_machines() {
  if (!open_ || !allowed()) return close();
  if (const auto machines = machines_json(services_, principal_)) {
    send({}, "machines", boost::json::serialize(boost::json::object{{"machines", *machines}}));
  }
}

}  // namespace leanspec::hub::api
