#include <memory>
#include <string>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/spec_json.h"
#include "hub/api/spec_pages.h"
#include "spec/document.h"
#include "spec/layout.h"

namespace leanspec::hub::api {

namespace {

/// The largest text that the hub takes as an edit, and what JSON makes of it.
constexpr std::size_t preview_text_bytes_max = std::size_t{4} * 1024 * 1024;
constexpr std::size_t preview_body_bytes_max = 3 * preview_text_bytes_max;
constexpr std::size_t file_name_bytes_max = 1024;

/// A text as its page would show it, before it is saved: rendered, cleaned, its links followed from the spec's folder.
[[nodiscard]] net::Response preview(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto content = Fields(*object).optional_text("content", preview_text_bytes_max);
  if (!content) return error_answer(content.error());
  if (!*content) return error_answer(Error(ErrorCode::invalid, "is missing", "content", "Give the whole text."));
  auto file = Fields(*object).optional_text("file", file_name_bytes_max);
  if (!file) return error_answer(file.error());
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  const spec::SpecEntryPtr entry = at->view->find(call.request.capture("spec"));
  if (entry == nullptr) {
    return error_answer(404, "SPEC_NOT_FOUND", "Spec '" + std::string(call.request.capture("spec")) + "' not found");
  }
  const ProjectId& project = call.project->project.id;
  const std::string name = file->value_or(std::string(spec::main_file));
  JsonWriter json;
  json.begin_object();
  if (name == spec::main_file) {
    spec::SourceFile source;
    source.path = entry->spec->source.path;
    source.bytes = std::make_shared<const std::string>(**std::move(content));
    const auto parsed = spec::parse_spec(std::move(source));
    write_page(json, render_page(project, entry->spec->folder, parsed->body(), parsed->body_line));
    json.name("findings");
    write_findings(json, parsed->findings);
  } else {
    write_page(json, render_page(project, entry->spec->folder, **content, 1));
    json.name("findings");
    write_findings(json, {});
  }
  json.end_object();
  return answer(std::move(json));
}

}  // namespace

void bind_spec_preview(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::post, "/api/projects/{project}/specs/{spec}/preview", access::Action::specs_read,
              preview_body_bytes_max, [&services](const Call& call) { return preview(services, call); });
}

}  // namespace leanspec::hub::api
