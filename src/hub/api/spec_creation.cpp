#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/routes.h"
#include "hub/api/spec_edit.h"
#include "hub/api/spec_json.h"
#include "spec/document.h"
#include "spec/layout.h"
#include "spec/metadata_change.h"
#include "text/utf8.h"

namespace leanspec::hub::api {

namespace {

constexpr std::size_t name_bytes_max = 200;
/// As large as a text that is edited here may be; JSON writes a line end as two bytes.
constexpr std::size_t content_bytes_max = std::size_t{4} * 1024 * 1024;
constexpr std::size_t body_bytes_max = 3 * content_bytes_max;

/// What a new spec begins with when nobody gives a text: LeanSpec's own template is a file of the project, which a hub
/// has not.
constexpr std::string_view sections = "\n## Overview\n\n## Design\n\n## Plan\n\n- [ ] \n\n## Test\n\n- [ ] \n";

struct NewSpec {
  std::string name;
  std::string text;
  spec::MetadataChange fields;
};

[[nodiscard]] bool is_folder_name(std::string_view name) {
  return name.find_first_of("/\\") == std::string_view::npos && !name.ends_with(' ') && !name.ends_with('.') &&
         spec::is_spec_path(std::string(name) + "/" + std::string(spec::main_file));
}

[[nodiscard]] Result<NewSpec> requested_spec(const boost::json::object& object, Instant now) {
  const Fields fields(object);
  NewSpec wanted;
  LEANSPEC_ASSIGN(wanted.name, fields.text("name", name_bytes_max));
  if (!is_folder_name(wanted.name)) {
    return Error(ErrorCode::invalid, "'" + wanted.name + "' is no name of a spec's folder", "name",
                 "Write it as 123-what-it-is about");
  }
  LEANSPEC_ASSIGN(const auto title, fields.optional_text("title", spec::title_bytes_max));
  LEANSPEC_ASSIGN(const auto content, fields.optional_text("content", content_bytes_max));
  LEANSPEC_ASSIGN(wanted.fields.status, fields.optional_text("status", spec::metadata_text_bytes_max));
  LEANSPEC_ASSIGN(wanted.fields.priority, fields.optional_text("priority", spec::metadata_text_bytes_max));
  LEANSPEC_ASSIGN(wanted.fields.assignee, fields.optional_text("assignee", spec::metadata_text_bytes_max));
  LEANSPEC_ASSIGN(wanted.fields.add_tags, fields.texts("tags", spec::metadata_items_max));
  LEANSPEC_ASSIGN(wanted.fields.add_depends_on, fields.texts("dependsOn", spec::metadata_items_max));
  wanted.fields.force = true;  // a new spec may begin anywhere
  const std::string shown = title && !title->empty() ? *title : std::string(spec::split_spec_name(wanted.name).name);
  wanted.text = content ? *content : "# " + shown + "\n" + std::string(sections);
  if (wanted.text.starts_with("---\n") || wanted.text.starts_with("---\r\n")) return wanted;
  const std::string at = to_rfc3339(now);
  wanted.text = "---\nstatus: planned\ncreated: '" + at.substr(0, at.find('T')) + "'\ncreated_at: '" + at +
                "'\n---\n\n" + wanted.text;
  return wanted;
}

[[nodiscard]] bool changes_something(const spec::MetadataChange& fields) {
  return fields.status || fields.priority || fields.assignee || !fields.add_tags.empty() ||
         !fields.add_depends_on.empty();
}

[[nodiscard]] net::Response show_created(Services& services, const Call& call, BranchId branch, const std::string& name,
                                         Seq seq) {
  auto at = services.views.view_at(branch, seq);
  if (!at) return error_answer(at.error());
  const spec::SpecEntryPtr entry = at->view->find(name);
  if (entry == nullptr) return error_answer(404, "SPEC_NOT_FOUND", "Spec '" + name + "' not found");
  const spec::BodyTokens tokens = at->view->body_tokens(*entry);
  JsonWriter json;
  json.begin_object();
  write_summary(json, call.project->project.id, *entry);
  json.text("contentMd", entry->spec->body());
  json.number("tokenCount", tokens.count);
  json.text("tokenStatus", spec::to_string(tokens.status));
  json.text("validationStatus", spec::to_string(at->view->validate(*entry).verdict));
  json.number("seq", at->seq.value());
  json.text("epoch", to_string(at->epoch.value()));
  json.end_object();
  return answer(std::move(json));
}

[[nodiscard]] net::Response create_spec(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto wanted = requested_spec(*object, call.now);
  if (!wanted) return error_answer(wanted.error());
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  const auto taken = [&] { return error_answer(409, "CONFLICT", "Spec '" + wanted->name + "' already exists"); };
  if (const auto entry = at->view->find(wanted->name); entry != nullptr && entry->spec->id == wanted->name)
    return taken();

  spec::SourceFile source;
  source.path = wanted->name + "/" + std::string(spec::main_file);
  source.bytes = std::make_shared<const std::string>(wanted->text);
  if (changes_something(wanted->fields)) {
    auto text = spec::change_metadata(*spec::parse_spec(source), wanted->fields, *at->view, call.now);
    if (!text) return refused_edit(text.error());
    wanted->text = *std::move(text);
  }
  engine::HubEdit edit;
  edit.project = call.project->project.id;
  edit.branch = branch->id;
  edit.user = call.principal.user();
  edit.document = DocumentId(services.entropy.uuid7(call.now));
  edit.path = source.path;
  edit.text = std::move(wanted->text);
  // A folder of this name that was deleted comes back as the document that it was (law 4).
  auto former = services.views.head_at_path(branch->id, source.path);
  if (!former) return error_answer(former.error());
  if (*former) {
    if ((*former)->digest) return taken();
    edit.document = (*former)->document;
    edit.expected = (*former)->id;
  }
  auto done = services.commits.edit(std::move(edit));
  if (!done) return error_answer(done.error());
  if (done->outcome == engine::HubEditOutcome::stale) return taken();
  if (done->outcome == engine::HubEditOutcome::refused)
    return error_answer(409, "CONFLICT", "The spec was not made: " + done->why + ".");
  return show_created(services, call, branch->id, wanted->name, done->head ? done->head->seq : Seq{});
}

}  // namespace

void bind_spec_creation(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::post, "/api/projects/{project}/specs", access::Action::specs_write, body_bytes_max,
              [&services](const Call& call) { return create_spec(services, call); });
}

}  // namespace leanspec::hub::api
