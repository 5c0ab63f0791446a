#include "hub/api/spec_edit.h"

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "digest/sha256.h"
#include "hub/api/source_text.h"
#include "spec/frontmatter.h"
#include "spec/layout.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t hash_bytes_max = 128;

[[nodiscard]] std::string hash_of(std::string_view bytes, HashOf hash) {
  if (hash == HashOf::body) bytes.remove_prefix(spec::split_frontmatter(bytes).body_offset);
  return to_hex(digest::sha256(bytes));
}

/// The file, or the answer that there is none.
[[nodiscard]] std::variant<PresentFile, net::Response> find_file(Services& services, const Call& call, const store::Branch& branch,
                                                                 std::string_view file, Seq at_least) {
  auto at = services.views.view_at(branch.id, at_least);
  if (!at) return error_answer(at.error(), "PROJECT_NOT_FOUND");
  const std::string_view name = call.request.capture("spec");
  PresentFile present;
  present.at = *std::move(at);
  present.entry = present.at.view->find(name);
  // A part of a name is good enough for looking at a spec, not for changing one.
  if (present.entry == nullptr || present.entry->spec->id != name) {
    std::string what = "Spec '" + std::string(name) + "' not found";
    if (present.entry != nullptr) what += ". Did you mean '" + present.entry->spec->id + "'?";
    return error_answer(404, "SPEC_NOT_FOUND", what);
  }
  const spec::SourceFile* source = file == spec::main_file ? &present.entry->spec->source : nullptr;
  for (const spec::SubSpec& sub : present.entry->sub_specs) {
    if (sub.file == file) source = &sub.source;
  }
  if (source == nullptr) {
    return error_answer(404, "NOT_FOUND", "Spec '" + present.entry->spec->id + "' has no file '" + std::string(file) + "'.");
  }
  present.source = *source;
  auto text = whole_text(services.views, *source);
  if (!text) return error_answer(text.error());
  present.source.bytes = *std::move(text);
  return present;
}

[[nodiscard]] bool is_as_expected(const PresentFile& present, const ExpectedState& expected, HashOf hash) {
  if (expected.version && *expected.version != present.source.version) return false;
  if (expected.content_hash.empty()) return true;
  return expected.content_hash == hash_of(*present.source.bytes, HashOf::file) ||
         (hash == HashOf::body && expected.content_hash == hash_of(*present.source.bytes, HashOf::body));
}

[[nodiscard]] net::Response mismatch(const PresentFile& present, HashOf hash) {
  return error_answer(409, "CONFLICT", "Content hash mismatch: the file has changed since you read it. Read it again, then decide.",
                      json::object{{"contentHash", hash_of(*present.source.bytes, hash)},
                                   {"fileHash", hash_of(*present.source.bytes, HashOf::file)},
                                   {"version", to_string(present.source.version.value())},
                                   {"seq", present.at.seq.value()}});
}

}  // namespace

Result<ExpectedState> expected_state(const Fields& fields) {
  ExpectedState expected;
  LEANSPEC_ASSIGN(auto hash, fields.optional_text("expectedContentHash", hash_bytes_max));
  expected.content_hash = std::move(hash).value_or("");
  LEANSPEC_ASSIGN(const auto version, fields.optional_text("expectedVersion", hash_bytes_max));
  if (!version) return expected;
  const auto id = parse_uuid(*version);
  if (!id) return Error(ErrorCode::invalid, "is no version", "expectedVersion", "Give the version that an answer named");
  expected.version = VersionId(*id);
  return expected;
}

std::variant<EditedFile, net::Response> edit_file(Services& services, const Call& call, std::string_view file,
                                                  const ExpectedState& expected, HashOf hash, const NewText& new_text) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  Seq at_least;
  for (int attempt = 0; attempt < edit_attempts_max; ++attempt) {
    auto found = find_file(services, call, *branch, file, at_least);
    if (auto* refused = std::get_if<net::Response>(&found)) return std::move(*refused);
    const PresentFile& present = std::get<PresentFile>(found);
    auto text = new_text(present);
    // Who asks again for what they have got already need not know that it is there.
    const bool there = text && *text == *present.source.bytes;
    if (!there && !is_as_expected(present, expected, hash)) return mismatch(present, hash);
    if (!text) return refused_edit(text.error());

    EditedFile edited;
    edited.spec = present.entry->spec->id;
    edited.epoch = present.at.epoch;
    edited.bytes = std::make_shared<const std::string>(*text);
    engine::HubEdit edit;
    edit.project = call.project->project.id;
    edit.branch = branch->id;
    edit.user = call.principal.user();
    edit.document = present.source.document;
    edit.expected = present.source.version;
    edit.path = present.source.path;
    edit.text = *std::move(text);
    auto done = services.commits.edit(std::move(edit));
    if (!done) return error_answer(done.error());
    switch (done->outcome) {
      case engine::HubEditOutcome::made:
      case engine::HubEditOutcome::unchanged:
        edited.head = *std::move(done->head);
        edited.changed = done->outcome == engine::HubEditOutcome::made;
        return edited;
      case engine::HubEditOutcome::refused:
        return error_answer(409, "CONFLICT", "The edit was not made: " + done->why + ".");
      case engine::HubEditOutcome::stale:
        if (done->head) at_least = done->head->seq;
    }
  }
  return error_answer(Error(ErrorCode::unavailable, "The spec is being changed by others all the time.", {}, "Try again in a moment."));
}

json::object edited_json(const EditedFile& edited, HashOf hash) {
  json::object object;
  object["version"] = to_string(edited.head.id.value());
  object["contentHash"] = hash_of(*edited.bytes, hash);
  object["fileHash"] = hash_of(*edited.bytes, HashOf::file);
  object["seq"] = edited.head.seq.value();
  object["epoch"] = to_string(edited.epoch.value());
  object["changed"] = edited.changed;
  return object;
}

net::Response refused_edit(const Error& error) {
  // 400 for a guard: what is asked is understood, and `force` would do it.
  if (error.code != ErrorCode::invalid && error.code != ErrorCode::unsupported) return error_answer(error);
  json::object details;
  if (!error.subject.empty()) details["field"] = error.subject;
  json::array values;
  constexpr std::array statuses = {spec::SpecStatus::draft, spec::SpecStatus::planned, spec::SpecStatus::in_progress,
                                   spec::SpecStatus::complete, spec::SpecStatus::archived};
  constexpr std::array priorities = {spec::Priority::low, spec::Priority::medium, spec::Priority::high, spec::Priority::critical};
  if (error.code == ErrorCode::invalid && error.subject == "status") {
    for (const auto status : statuses) values.emplace_back(spec::to_string(status));
  } else if (error.code == ErrorCode::invalid && error.subject == "priority") {
    for (const auto priority : priorities) values.emplace_back(spec::to_string(priority));
  }
  if (!values.empty()) details["validValues"] = std::move(values);
  // Some reasons are whole sentences, some go on from the field's name.
  const bool whole = !error.what.empty() && (error.what.front() < 'a' || error.what.front() > 'z');
  const std::string message = Error(error.code, error.what, whole ? "" : error.subject, error.remedy).sentence();
  const bool guard = error.code == ErrorCode::unsupported;
  return error_answer(guard ? 400 : 422, guard ? "INVALID_REQUEST" : "UNPROCESSABLE", message, std::move(details));
}

}  // namespace leanspec::hub::api
