#include "hub/api/answer.h"
#include "hub/api/branch_events.h"
#include "hub/api/hub_events.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace {

/// "<epoch>.<seq>", from the header that browsers send on reconnect or from `?since=`.
[[nodiscard]] std::optional<Cursor> requested_cursor(const net::Request& request) {
  auto text = request.header("Last-Event-ID");
  if (!text || text->empty()) text = request.parameter("since");
  if (!text) return std::nullopt;
  const auto dot = text->rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto epoch = parse_uuid(text->substr(0, dot));
  const std::string seq(text->substr(dot + 1));
  if (!epoch || seq.empty() || seq.find_first_not_of("0123456789") != std::string::npos || seq.size() > 19) return std::nullopt;
  return Cursor{Epoch(*epoch), Seq(std::stoull(seq))};
}

}  // namespace

void bind_events(Binder& binder) {
  Services& services = binder.services();
  net::server::Route route;
  route.method = net::Method::get;
  route.pattern = "/api/events";
  route.action = access::to_string(access::Action::specs_read);
  route.handler = net::server::EventStreamHandler(
      [&services](const net::Request& request) -> std::variant<net::server::EventStreamAccept, net::Response> {
        const bool of_project = request.parameter("project").has_value();
        auto admitted = Binder::admit(services, request, of_project ? access::Action::specs_read : access::Action::projects_list,
                                      access::RateKind::api);
        if (auto* refused = std::get_if<net::Response>(&admitted)) return std::move(*refused);
        auto& [principal, project] = std::get<Binder::Admitted>(admitted);
        net::server::EventStreamAccept accept;
        if (!of_project) {
          accept.session = std::make_shared<HubEvents>(services, request);
          return accept;
        }
        auto branch = requested_branch(request, *project);
        if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
        accept.session = std::make_shared<BranchEvents>(services, request, project->project.id, branch->id, requested_cursor(request));
        return accept;
      });
  binder.add(std::move(route));
}

}  // namespace leanspec::hub::api
