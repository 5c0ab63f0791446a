#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/conflict_json.h"
#include "hub/api/routes.h"
#include "merge/merge_documents.h"
#include "merge/text_lines.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t join_body_bytes_max = 3 * merge::document_bytes_max;

[[nodiscard]] net::Response no_such_version() {
  return error_answer(404, "VERSION_NOT_FOUND", "There is no such version.");
}

/// Browsers send one kind of line end; the merge shall not take that for a change of every line (law 13).
[[nodiscard]] std::string in_style_of(std::string_view base, std::string_view typed) {
  const auto style = merge::normalise(base);
  return merge::restore(merge::normalise(typed).text, style.byte_order_mark,
                        style.line_end.value_or(merge::LineEnd::lf));
}

struct Joined {
  std::string_view state;
  merge::Outcome outcome;
};

[[nodiscard]] Joined join(const std::string& base, const std::string& head, const std::string& typed) {
  if (merge::normalise(head).text == merge::normalise(typed).text) return {"same", {}};
  Joined joined;
  // Who types now is the later one (law 14).
  joined.outcome = merge::merge_documents(base, head, in_style_of(base, typed), merge::Side::theirs);
  const auto& places = joined.outcome.conflicts;
  joined.state = places.empty()                                                          ? "merges"
                 : places.size() == 1 && places[0].kind == merge::ConflictKind::document ? "whole"
                                                                                         : "open";
  return joined;
}

/// A text that somebody wrote from `{version}` on, and the document as others have changed it since: merged where that
/// is possible, the places to decide where it is not. Writes nothing; who asks saves the text that they make of it.
[[nodiscard]] net::Response join_text(Services& services, const Call& call) {
  auto branch = requested_branch(call.request, *call.project);
  if (!branch) return error_answer(branch.error(), "BRANCH_NOT_FOUND");
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto content = Fields(*object).optional_text("content", merge::document_bytes_max);
  if (!content) return error_answer(content.error());
  if (!*content) return error_answer(Error(ErrorCode::invalid, "is missing", "content", "Give the whole text."));
  const auto id = parse_uuid(call.request.capture("version"));
  if (!id) return no_such_version();
  auto names = version_names(services.store);
  if (!names) return error_answer(names.error());

  std::optional<store::Version> base;
  std::optional<store::Version> head;
  std::optional<std::string> base_text;
  std::optional<std::string> head_text;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    base_text.reset();
    head_text.reset();
    LEANSPEC_ASSIGN(base, session.versions().version(VersionId(*id)));
    if (!base || base->branch != branch->id) return {};
    LEANSPEC_ASSIGN(head, session.versions().head(branch->id, base->document));
    const auto text_of = [&](const std::optional<store::Version>& version, std::optional<std::string>& text) -> Status {
      if (!version || !version->digest || version->size > merge::document_bytes_max) return {};
      LEANSPEC_ASSIGN(text, session.bodies().get(*version->digest));
      return {};
    };
    LEANSPEC_TRY(text_of(base, base_text));
    return text_of(head, head_text);
  });
  if (!read) return error_answer(read.error());
  if (!base || base->branch != branch->id) return no_such_version();

  Joined joined{"whole", {}};
  if (!head || !head->digest) {
    joined.state = "deleted";
  } else if (base_text && head_text) {
    joined = join(*base_text, *head_text, **content);
  }
  json::object shown;
  shown["state"] = joined.state;
  shown["head"] = version_or_null(head, *names);
  const bool fits = head_text && head_text->size() <= shown_text_bytes_max;
  shown["headText"] = fits ? json::value(json_text(*head_text)) : json::value(nullptr);
  shown["mergedText"] = joined.state == "merges" ? json::value(json_text(joined.outcome.text)) : json::value(nullptr);
  const bool open = joined.state == "open";
  shown["places"] = open ? places_json(joined.outcome.conflicts) : json::array();
  shown["draft"] = open ? draft_json(joined.outcome.draft) : json::array();
  shown["merged"] = merged_json(joined.outcome.merged);
  return answer(200, shown);
}

}  // namespace

void bind_text_join(Binder& binder) {
  Services& services = binder.services();
  binder.call(net::Method::post, "/api/projects/{project}/versions/{version}/join", access::Action::specs_read,
              join_body_bytes_max, [&services](const Call& call) { return join_text(services, call); });
}

}  // namespace leanspec::hub::api
