#include "hub/api/spec_file_events.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

SpecFileEvents::SpecFileEvents(Services& services, net::Request request)
    : EventAudience(services, std::move(request), access::Action::projects_list, std::nullopt) {}

void SpecFileEvents::begin() {
  feed_ = services().feed.subscribe_all([wake = coalesced(static_cast<void (EventAudience::*)()>(
                                             &SpecFileEvents::advance))](const engine::Hint&) { wake(); });
  const auto projects = services().directory.list();
  if (!projects) return close();
  for (const auto& project : *projects) {
    for (const store::Branch& branch : project->branches) {
      if (const auto at = services().views.view_at(branch.id)) told_[branch.id] = at->seq;
    }
  }
}

void SpecFileEvents::end() {
  feed_.reset();
}

void SpecFileEvents::advance() {
  if (!allowed()) return close();
  const auto projects = services().directory.list();
  if (!projects) return;
  for (const auto& project : *projects) {
    if (!access::can_see(principal(), project->project.id)) continue;
    const store::Branch* branch = project->branch({});  // what a reader without a branch reads
    if (branch == nullptr) continue;
    if (!tell_since(branch->id, told_[branch->id])) return;
  }
}

bool SpecFileEvents::tell(std::string_view change, std::string_view path) {
  return send({}, {}, boost::json::serialize(boost::json::object{{"changeType", change}, {"path", json_text(path)}}));
}

Status SpecFileEvents::tell_since(BranchId branch, Seq from) {
  LEANSPEC_ASSIGN(const auto versions, services().views.feed(branch, from, told_files_max));
  for (const store::Version& version : versions) {
    if (version.seq.value() > told_[branch].value()) told_[branch] = version.seq;
    std::optional<store::Version> before;
    if (version.parent) {
      LEANSPEC_ASSIGN(before, services().views.version(*version.parent));
    }
    const bool was_there = before && before->digest;
    bool open = true;
    if (was_there && before->path != version.path) open = tell("deleted", before->path);
    const bool stayed = was_there && before->path == version.path;
    open = open && tell(!version.digest ? "deleted" : stayed ? "modified" : "created", version.path);
    if (!open) return Error(ErrorCode::cancelled, "The stream is closed.");
  }
  if (versions.size() < told_files_max) return {};
  // More waits: whoever listens reads everything again after what was told, and so this is the last word.
  LEANSPEC_ASSIGN(const engine::ViewAt at, services().views.view_at(branch));
  told_[branch] = at.seq;
  return {};
}

void bind_spec_file_events(Binder& binder) {
  Services& services = binder.services();
  net::server::Route route;
  route.method = net::Method::get;
  route.pattern = "/api/events/specs";
  route.action = access::to_string(access::Action::projects_list);
  route.handler = net::server::EventStreamHandler(
      [&services](const net::Request& request) -> std::variant<net::server::EventStreamAccept, net::Response> {
        auto admitted = Binder::admit(services, request, access::Action::projects_list, access::RateKind::api);
        if (auto* refused = std::get_if<net::Response>(&admitted)) return std::move(*refused);
        net::server::EventStreamAccept accept;
        accept.session = std::make_shared<SpecFileEvents>(services, request);
        return accept;
      });
  binder.add(std::move(route));
}

}  // namespace leanspec::hub::api
