#include "hub/api/conflict_json.h"

#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "hub/api/answer.h"
#include "hub/api/spec_of_path.h"
#include "hub/engine/resolution.h"
#include "hub/engine/text_merge.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Lines as people count them; an empty range stands before line `begin`.
[[nodiscard]] json::object side_json(const merge::ConflictSide& side) {
  return {{"begin", side.lines.begin + 1}, {"lines", side.lines.size()}, {"text", json_text(side.text)}};
}

[[nodiscard]] json::value text_or_null(const std::optional<std::string>& text) {
  if (!text || text->size() > shown_text_bytes_max) return nullptr;
  return json_text(*text);
}

[[nodiscard]] bool too_large_to_show(const std::optional<store::Version>& version) {
  return version && version->digest && version->size > shown_text_bytes_max;
}

}  // namespace

json::array places_json(const std::vector<merge::Conflict>& places) {
  json::array array;
  for (const merge::Conflict& place : places) {
    json::object& shown = array.emplace_back(json::object()).as_object();
    shown["index"] = array.size() - 1;
    shown["kind"] = merge::to_string(place.kind);
    shown["field"] = place.field.empty() ? json::value(nullptr) : json::value(place.field);
    shown["name"] = engine::place_name(place);
    shown["why"] = place.why;
    shown["both"] = engine::takes_both(place);
    if (place.kind == merge::ConflictKind::document) continue;  // the texts are there as a whole
    shown["base"] = side_json(place.base);
    shown["ours"] = side_json(place.ours);
    shown["theirs"] = side_json(place.theirs);
  }
  return array;
}

json::array merged_json(const std::vector<merge::Merged>& merged) {
  json::array array;
  for (const merge::Merged& one : merged) {
    json::object& shown = array.emplace_back(json::object()).as_object();
    shown["by"] = merge::to_string(one.by);
    shown["begin"] = one.lines.begin + 1;
    shown["lines"] = one.lines.size();
    shown["field"] = one.field.empty() ? json::value(nullptr) : json::value(one.field);
    shown["lost"] = one.has_lost ? json::value(json_text(one.lost)) : json::value(nullptr);
    shown["lostBy"] = !one.has_lost                          ? json::value(nullptr)
                      : one.lost_by == merge::Side::ours ? json::value("first")
                                                         : json::value("second");
  }
  return array;
}

json::array draft_json(const merge::Draft& draft) {
  json::array array;
  for (const merge::DraftPiece& piece : draft.pieces) {
    if (piece.is_conflict()) {
      array.emplace_back(json::object{{"place", piece.conflict}});
    } else {
      array.emplace_back(json::object{{"text", json_text(piece.text)}});
    }
  }
  return array;
}

json::value version_or_null(const std::optional<store::Version>& version, const VersionNames& names) {
  return version ? json::value(version_json(*version, names)) : json::value(nullptr);
}

json::object conflict_row_json(const engine::OpenConflict& conflict, const spec::ProjectView& view, const VersionNames& names) {
  json::object object;
  const store::Version& other = conflict.other.version;
  object["conflict"] = to_string(other.id.value());
  const std::string spec = spec_of_path(view, conflict.path);
  object["spec"] = spec.empty() ? json::value(nullptr) : json::value(spec);
  object["path"] = conflict.path;
  object["why"] = conflict.other.why;
  object["state"] = engine::to_string(conflict.state);
  json::array names_of_places;
  for (const merge::Conflict& place : conflict.outcome.conflicts) names_of_places.emplace_back(engine::place_name(place));
  object["placeNames"] = std::move(names_of_places);
  object["occupant"] = conflict.occupant ? json::value(*conflict.occupant) : json::value(nullptr);
  json::array takes;
  for (const engine::Take take : engine::takes_of(conflict)) takes.emplace_back(engine::to_string(take));
  object["takes"] = std::move(takes);
  object["head"] = version_or_null(conflict.head, names);
  object["other"] = version_json(other, names);
  object["base"] = version_or_null(conflict.base, names);
  return object;
}

json::object conflict_json(const engine::OpenConflict& conflict, const spec::ProjectView& view, const VersionNames& names) {
  json::object object = conflict_row_json(conflict, view, names);
  const bool large = too_large_to_show(conflict.head) || too_large_to_show(conflict.other.version) ||
                     too_large_to_show(conflict.base);
  object["large"] = large;
  object["headText"] = text_or_null(conflict.head_text);
  object["otherText"] = text_or_null(conflict.other_text);
  object["baseText"] = text_or_null(conflict.base_text);
  object["places"] = large ? json::array() : places_json(conflict.outcome.conflicts);
  object["merged"] = merged_json(conflict.outcome.merged);
  object["mergedText"] = nullptr;
  if (!large && conflict.state == engine::ConflictState::merges) object["mergedText"] = json_text(conflict.outcome.text);
  const bool open = !large && conflict.state == engine::ConflictState::open;
  object["draft"] = open ? draft_json(conflict.outcome.draft) : json::array();
  return object;
}

}  // namespace leanspec::hub::api
