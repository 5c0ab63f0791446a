#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <algorithm>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/conflict_json.h"
#include "hub/api/routes.h"
#include "hub/api/spec_query.h"
#include "hub/engine/resolution.h"
#include "merge/merge_documents.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// A text with every byte escaped, and its surroundings.
constexpr std::size_t resolve_body_bytes_max = 3 * merge::document_bytes_max;
/// Places of the largest document that is merged would be fewer.
constexpr std::size_t places_max = 10'000;
constexpr std::size_t path_bytes_max = 1024;
/// Texts that one list may merge to say where they differ now; beyond, a row says only what it said when it was kept.
constexpr std::size_t list_bytes_max = std::size_t{32} * 1024 * 1024;

[[nodiscard]] std::uint64_t bytes_of(const store::HeldVersion& held) {
  // The head and the base are about as large.
  return 3 * held.version.size;
}

[[nodiscard]] net::Response list_conflicts(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto page = requested_page(call.request);
  if (!page) return error_answer(page.error());
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  json::array rows;
  std::size_t total = 0;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    rows.clear();
    LEANSPEC_ASSIGN(auto held, session.versions().held(branch->id));
    total = held.size();
    if (held.empty()) return {};
    LEANSPEC_ASSIGN(const auto now, session.versions().find_branch(branch->id));
    engine::BranchPaths paths;
    if (now) LEANSPEC_TRY(paths.bring_to(session.versions(), *now));
    // The newest first: people decide what they still remember.
    std::reverse(held.begin(), held.end());
    std::uint64_t bytes = 0;
    for (std::size_t i = page->offset; i < std::min(held.size(), page->offset + page->limit); ++i) {
      bytes += bytes_of(held[i]);
      if (bytes > list_bytes_max && i > page->offset) {
        json::object row = held_json(held[i], *at->view, *names);
        row["conflict"] = row["version"];
        row["state"] = nullptr;
        rows.push_back(std::move(row));
        continue;
      }
      LEANSPEC_ASSIGN(const auto conflict, engine::look_at(session, paths, std::move(held[i])));
      rows.push_back(conflict_row_json(conflict, *at->view, *names));
    }
    return {};
  });
  if (!read) return error_answer(read.error());
  const std::size_t next = page->offset + rows.size();
  return answer(200, json::object{{"conflicts", std::move(rows)},
                                  {"total", total},
                                  {"nextCursor", next < total ? json::value(std::to_string(next)) : json::value(nullptr)}});
}

/// What became of a conflict that is open no more.
[[nodiscard]] Result<json::object> fate_of(store::Session& session, const VersionId& side, const VersionNames& names) {
  json::object fate{{"decidedBy", nullptr}, {"successor", nullptr}, {"head", nullptr}};
  LEANSPEC_ASSIGN(const auto version, session.versions().version(side));
  if (!version) return fate;
  LEANSPEC_ASSIGN(const auto head, session.versions().head(version->branch, version->document));
  fate["head"] = version_or_null(head, names);
  LEANSPEC_ASSIGN(const auto decision, session.versions().merge_of(side));
  fate["decidedBy"] = version_or_null(decision, names);
  LEANSPEC_ASSIGN(const auto held, session.versions().held(version->branch));
  for (const store::HeldVersion& one : held) {
    if (one.version.document == version->document && one.version.replica == version->replica)
      fate["successor"] = to_string(one.version.id.value());
  }
  return fate;
}

[[nodiscard]] std::string sentence_of(const json::object& fate) {
  if (const json::value& decision = fate.at("decidedBy"); decision.is_object()) {
    const json::value* user = decision.as_object().if_contains("user");
    const bool named = user != nullptr && user->is_object();
    const std::string who = named ? std::string(user->as_object().at("name").as_string()) : "";
    return who.empty() ? "This conflict is decided already: both sides are in the document now."
                       : "This conflict has been decided already, by " + who + ".";
  }
  if (!fate.at("successor").is_null()) return "The machine has changed its text since; look at its new version.";
  return "This conflict is open no more: the machine has taken its text back, or the document says the same by now.";
}

/// The open conflict that the route names, looked at inside `session`; or the answer that says why there is none.
struct Named {
  std::optional<engine::OpenConflict> conflict;
  json::object fate;
  bool known = false;
};
[[nodiscard]] Status find_conflict(store::Session& session, const store::Branch& branch, const VersionId& side,
                                   const VersionNames& names, engine::BranchPaths& paths, Named& named) {
  named = Named();
  LEANSPEC_ASSIGN(auto held, session.versions().held(branch.id));
  const auto found = std::find_if(held.begin(), held.end(), [&](const auto& one) { return one.version.id == side; });
  if (found != held.end()) {
    LEANSPEC_ASSIGN(const auto now, session.versions().find_branch(branch.id));
    paths = engine::BranchPaths();
    if (now) LEANSPEC_TRY(paths.bring_to(session.versions(), *now));
    LEANSPEC_ASSIGN(named.conflict, engine::look_at(session, paths, std::move(*found)));
    named.known = true;
    return {};
  }
  LEANSPEC_ASSIGN(const auto version, session.versions().version(side));
  named.known = version && version->branch == branch.id && version->kind == store::VersionKind::side;
  if (named.known) {
    LEANSPEC_ASSIGN(named.fate, fate_of(session, side, names));
  }
  return {};
}

[[nodiscard]] net::Response no_conflict() {
  return error_answer(404, "CONFLICT_NOT_FOUND", "There is no such conflict.");
}

[[nodiscard]] net::Response show_conflict(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const auto side = parse_uuid(call.request.capture("conflict"));
  if (!side) return no_conflict();
  auto at = services.views.view_at(branch->id);
  if (!at) return error_answer(at.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());
  Named named;
  const Status read = services.store.read([&](store::Session& session) {
    engine::BranchPaths paths;
    return find_conflict(session, *branch, VersionId(*side), *names, paths, named);
  });
  if (!read) return error_answer(read.error());
  if (!named.known) return no_conflict();
  if (!named.conflict) return error_answer(410, "CONFLICT_CLOSED", sentence_of(named.fate), named.fate);
  return answer(200, conflict_json(*named.conflict, *at->view, *names));
}

[[nodiscard]] Result<merge::Choice> requested_choice(const Fields& fields) {
  using Take = merge::Choice::Take;
  LEANSPEC_ASSIGN(const auto take, fields.text("take", 16));
  merge::Choice choice;
  if (take == "ours") {
    choice.take = Take::ours;
  } else if (take == "theirs") {
    choice.take = Take::theirs;
  } else if (take == "both") {
    choice.take = Take::both;
  } else if (take == "base") {
    choice.take = Take::base;
  } else if (take == "text") {
    choice.take = Take::text;
    LEANSPEC_ASSIGN(auto text, fields.optional_text("text", merge::document_bytes_max));
    if (!text) return Error(ErrorCode::invalid, "is missing", "text", "Give the lines that shall stand there.");
    choice.text = *std::move(text);
  } else {
    return Error(ErrorCode::invalid, "must be ours, theirs, both, base or text", "take");
  }
  return choice;
}

[[nodiscard]] Status read_places(const json::object& body, engine::Resolution& resolution) {
  const json::value* places = body.if_contains("places");
  if (places == nullptr || places->is_null()) return {};
  if (!places->is_array() || places->as_array().size() > places_max)
    return Error(ErrorCode::invalid, "must be a list of at most " + std::to_string(places_max) + " places", "places");
  for (const json::value& value : places->as_array()) {
    if (!value.is_object()) return Error(ErrorCode::invalid, "must hold objects", "places");
    const Fields fields(value.as_object());
    LEANSPEC_ASSIGN(const auto index, fields.optional_integer("index", 0, static_cast<std::int64_t>(places_max)));
    if (!index) return Error(ErrorCode::invalid, "is missing in one of them", "places.index");
    engine::PlaceChoice one;
    one.index = static_cast<std::size_t>(*index);
    LEANSPEC_ASSIGN(one.choice, requested_choice(fields));
    resolution.places.push_back(std::move(one));
  }
  return {};
}

struct Asked {
  engine::Resolution resolution;
  std::optional<VersionId> expected;
};

[[nodiscard]] Result<Asked> read_resolution(const std::string& body) {
  LEANSPEC_ASSIGN(const auto object, parse_object(body));
  const Fields fields(object);
  Asked asked;
  LEANSPEC_ASSIGN(const auto take, fields.text("take", 16));
  const auto known = engine::parse_take(take);
  if (!known)
    return Error(ErrorCode::invalid, "must be head, other, both, beside, merged, places or text", "take");
  asked.resolution.take = *known;
  LEANSPEC_ASSIGN(auto text, fields.optional_text("text", merge::document_bytes_max));
  if (*known == engine::Take::text && !text)
    return Error(ErrorCode::invalid, "is missing", "text", "Give the whole document as it shall be.");
  if (text) asked.resolution.text = *std::move(text);
  LEANSPEC_ASSIGN(asked.resolution.path, fields.optional_text("path", path_bytes_max));
  if (asked.resolution.path && asked.resolution.path->empty()) asked.resolution.path.reset();
  LEANSPEC_TRY(read_places(object, asked.resolution));
  if (!object.contains("expectedHead"))
    return Error(ErrorCode::invalid, "is missing", "expectedHead",
                 "Give the version of the head that you have looked at, or null if there is none.");
  LEANSPEC_ASSIGN(const auto expected, fields.optional_text("expectedHead", 64));
  if (expected) {
    const auto id = parse_uuid(*expected);
    if (!id) return Error(ErrorCode::invalid, "is no version", "expectedHead");
    asked.expected = VersionId(*id);
  }
  return asked;
}

[[nodiscard]] net::Response stale(std::string_view why, json::object details) {
  return error_answer(409, "CONFLICT_STALE", why, std::move(details));
}

constexpr std::string_view head_moved =
    "The document has changed since you looked at it. Look at the conflict again and decide anew; nothing was changed.";

[[nodiscard]] net::Response resolve_conflict(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  const auto side = parse_uuid(call.request.capture("conflict"));
  if (!side) return no_conflict();
  auto asked = read_resolution(call.request.body);
  if (!asked) return error_answer(asked.error());
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());

  Named named;
  std::vector<engine::HubEdit> edits;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    edits.clear();
    engine::BranchPaths paths;
    LEANSPEC_TRY(find_conflict(session, *branch, VersionId(*side), *names, paths, named));
    if (!named.conflict) return {};
    const auto& head = named.conflict->head;
    if ((head ? std::optional(head->id) : std::nullopt) != asked->expected) return {};
    engine::Decision decision;
    decision.project = call.project->project.id;
    decision.user = call.principal.user();
    decision.new_document = DocumentId(services.entropy.uuid7(call.now));
    const auto& machine = named.conflict->other.version.machine;
    if (const auto name = machine ? names->machines.find(*machine) : names->machines.end(); name != names->machines.end())
      decision.machine = name->second;
    LEANSPEC_ASSIGN(edits, engine::edits_of(session, paths, *named.conflict, asked->resolution, decision));
    return {};
  });
  if (!read) return error_answer(read.error());
  if (!named.known) return no_conflict();
  if (!named.conflict) return stale(sentence_of(named.fate), named.fate);
  if (edits.empty()) return stale(head_moved, {{"head", version_or_null(named.conflict->head, *names)}});

  json::value beside = nullptr;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const bool last = i + 1 == edits.size();
    const std::string path = edits[i].path;
    auto done = services.commits.edit(std::move(edits[i]));
    if (!done) return error_answer(done.error());
    switch (done->outcome) {
      case engine::HubEditOutcome::made:
      case engine::HubEditOutcome::unchanged:
        if (last)
          return answer(200, json::object{{"outcome", "decided"}, {"head", version_or_null(done->head, *names)}, {"beside", beside}});
        beside = path;
        break;
      case engine::HubEditOutcome::stale: {
        json::object details{{"head", version_or_null(done->head, *names)}, {"beside", beside}};
        return stale(head_moved, std::move(details));
      }
      case engine::HubEditOutcome::refused:
        return error_answer(422, "UNPROCESSABLE", "It was not decided: " + done->why + ".", {{"field", "path"}, {"path", path}});
    }
  }
  return error_answer(500, "INTERNAL_ERROR", "The decision said nothing to do.");
}

}  // namespace

void bind_conflicts(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/projects/{project}/conflicts", Action::specs_read, 0, with(list_conflicts));
  binder.call(net::Method::get, "/api/projects/{project}/conflicts/{conflict}", Action::specs_read, 0, with(show_conflict));
  binder.call(net::Method::post, "/api/projects/{project}/conflicts/{conflict}/resolve", Action::specs_write, resolve_body_bytes_max,
              with(resolve_conflict));
}

}  // namespace leanspec::hub::api
