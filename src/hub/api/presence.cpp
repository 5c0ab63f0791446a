#include <algorithm>
#include <boost/json/value.hpp>
#include <utility>

#include "digest/sha256.h"
#include "hub/api/answer.h"
#include "hub/api/presence_json.h"
#include "hub/api/routes.h"
#include "hub/api/spec_of_path.h"
#include "wire/limits.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t body_bytes_max = 4 * 1024;
constexpr std::size_t tab_bytes_max = 64;

[[nodiscard]] net::Response list_presence(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  services.roster.presence().lapse(call.now);
  auto editors = presence_json(services, branch->id);
  if (!editors) return error_answer(editors.error());
  const std::size_t total = editors->size();
  return answer(200, json::object{{"editors", *std::move(editors)}, {"total", total}, {"nextCursor", nullptr}});
}

/// One tab of one person's browser, as a source of presence.
[[nodiscard]] Uuid tab_of(const std::string& person, const BranchId& branch, const std::string& tab) {
  const Digest digest = digest::sha256(person + '\n' + std::to_string(branch.value()) + '\n' + tab);
  Uuid source;
  std::copy_n(digest.bytes.begin(), source.bytes.size(), source.bytes.begin());
  return source;
}

/// A person has a document open for editing in a browser, or (no path) no longer. Said again at least every 45 s.
[[nodiscard]] net::Response tell_presence(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const auto body = parse_object(call.request.body);
  if (!body) return error_answer(body.error());
  const Fields fields(*body);
  const auto tab = fields.text("tab", tab_bytes_max);
  if (!tab) return error_answer(tab.error());
  const auto path = fields.optional_text("path", wire::limits::path_bytes_max);
  if (!path) return error_answer(path.error());
  std::vector<DocumentId> documents;
  if (*path && !(*path)->empty()) {
    std::optional<store::Version> head;
    const Status read = services.store.read([&](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(head, session.versions().head_at_path(branch->id, **path));
      return {};
    });
    if (!read) return error_answer(read.error());
    if (!head || !head->digest)
      return error_answer(404, "FILE_NOT_FOUND", "There is no file at this path.", {{"path", **path}});
    documents.push_back(head->document);
  }
  const std::string person = call.principal.name();
  const auto* someone = call.principal.person();
  services.roster.presence().edits(tab_of(person, branch->id, *tab), branch->id,
                                   someone != nullptr ? someone->user.name : person, std::nullopt, documents, call.now);
  return no_content();
}

}  // namespace

Result<json::array> presence_json(Services& services, BranchId branch) {
  const auto editors = services.roster.presence().of(branch);
  json::array rows;
  if (editors.empty()) return rows;
  LEANSPEC_ASSIGN(const auto at, services.views.view_at(branch));
  LEANSPEC_TRY(services.store.read([&](store::Session& session) -> Status {
    rows.clear();
    LEANSPEC_ASSIGN(const auto known, session.versions().find_branch(branch));
    if (!known) return {};
    for (const engine::PresentEditor& editor : editors) {
      LEANSPEC_ASSIGN(const auto head, session.versions().head(branch, editor.document));
      if (!head || !head->digest) continue;
      rows.push_back(json::object{
          {"path", json_text(head->path)},
          {"spec", spec_of_path(*at.view, head->path)},
          {"document", to_string(head->document.value())},
          {"branch", json_text(known->name)},
          {"who", json_text(editor.who)},
          {"machineId", editor.machine ? json::value(to_string(editor.machine->value())) : json::value(nullptr)},
          {"since", to_rfc3339(editor.since)}});
    }
    return {};
  }));
  return rows;
}

void bind_presence(Binder& binder) {
  Services& services = binder.services();
  using access::Action;
  binder.call(net::Method::get, "/api/projects/{project}/presence", Action::specs_read, 0,
              [&services](const Call& call) { return list_presence(services, call); });
  binder.call(net::Method::put, "/api/projects/{project}/presence", Action::specs_write, body_bytes_max,
              [&services](const Call& call) { return tell_presence(services, call); });
}

}  // namespace leanspec::hub::api
