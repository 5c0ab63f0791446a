#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/control/json_writer.h"
#include "bridge/run/commands.h"
#include "bridge/run/conflict_text.h"
#include "bridge/run/hub_api.h"
#include "host/durable_file.h"

/// `conflicts` and `resolve`: what the hub holds because two sides disagree, and what people decide.
namespace leanspec::bridge::run {
namespace {

/// Rows that the hub gives at once.
constexpr int page_rows = 100;
/// More pages than any project has conflicts; a hub that never ends its list must end here.
constexpr int pages_max = 1000;
constexpr std::size_t text_bytes_max = 4 * 1024 * 1024;
/// So few characters of an identifier that a person types.
constexpr std::size_t id_characters_min = 4;

/// A conflict with the folder whose project has it.
struct Found {
  FolderSettings folder;
  JsonValue conflict;
};

[[nodiscard]] Result<std::vector<Found>> conflicts_of(const HubApi& hub, const FolderSettings& folder) {
  std::vector<Found> all;
  std::string cursor;
  for (int page = 0; page < pages_max; ++page) {
    LEANSPEC_ASSIGN(const JsonValue answer,
                    hub.get(project_path(folder, "/conflicts", "limit=" + std::to_string(page_rows) + cursor)));
    for (JsonValue& conflict : answer.at("conflicts").items()) all.push_back(Found{folder, std::move(conflict)});
    const std::string next = answer.at("nextCursor").text();
    if (next.empty()) break;
    cursor = "&cursor=" + percent_encoded(next);
  }
  return all;
}

/// Those of all folders, or of the folder that `word` names, or of the file or identifier.
[[nodiscard]] Result<std::vector<Found>> find_conflicts(const HubApi& hub, const StateFolder& state,
                                                        const std::string& word) {
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  if (folders.empty()) return Error(ErrorCode::not_found, "no folder is synced", "", "See leanspec-bridge add.");
  const std::string path = word.empty() ? std::string() : absolute_path(word);
  std::vector<Found> found;
  bool is_place = word.empty();
  for (const FolderSettings& folder : folders) {
    const bool whole = word.empty() || folder.root == path || lies_in(folder.root, path);
    const bool inside = !word.empty() && lies_in(path, folder.root);
    is_place = is_place || whole || inside;
    LEANSPEC_ASSIGN(auto all, conflicts_of(hub, folder));
    for (Found& one : all) {
      const std::string place = folder.root + "/" + one.conflict.at("path").text();
      const std::string other = folder.root + "/" + one.conflict.at("other").at("path").text();
      const bool named = inside && (place == path || other == path || lies_in(place, path));
      const bool by_id = word.size() >= id_characters_min && one.conflict.at("conflict").text().starts_with(word);
      if (whole || named || by_id) found.push_back(std::move(one));
      is_place = is_place || by_id;
    }
  }
  if (!is_place)
    return Error(ErrorCode::not_found, "is no file in a folder that is synced, and no conflict", word,
                 "See leanspec-bridge conflicts.");
  return found;
}

[[nodiscard]] Result<JsonValue> whole_of(const HubApi& hub, const Found& found) {
  return hub.get(project_path(found.folder, "/conflicts/" + percent_encoded(found.conflict.at("conflict").text()), ""));
}

[[nodiscard]] Result<int> show(const CommandLine& line, const StateFolder& state, bool colour) {
  LEANSPEC_ASSIGN(const HubApi hub, HubApi::open(state));
  LEANSPEC_ASSIGN(const auto found, find_conflicts(hub, state, line.words.empty() ? "" : line.words[0]));
  if (line.has("json")) {
    std::string array;
    for (const Found& one : found) array += (array.empty() ? "" : ",") + one.conflict.print();
    print("{\"conflicts\":[" + array + "]}\n");
  } else if (found.empty()) {
    print("Nothing to decide.\n");
  } else if (found.size() == 1) {
    LEANSPEC_ASSIGN(const JsonValue whole, whole_of(hub, found[0]));
    print(conflict_text(whole, found[0].folder.root, colour));
  } else {
    for (const Found& one : found) print(conflict_row_text(one.conflict, one.folder.root) + "\n");
    print(std::to_string(found.size()) + " conflicts. Look at one: leanspec-bridge conflicts FILE\n");
  }
  return found.empty() ? exit_done : exit_attention;
}

/// "1=head,2=other,3=both": what each place becomes, as the API wants it.
[[nodiscard]] Status write_places(control::JsonWriter& json, std::string_view places) {
  const auto refused = [&](std::string_view part) {
    return Error(
        ErrorCode::invalid, "is no choice for a place", std::string(part),
        "Write for each: NUMBER=head, NUMBER=other, NUMBER=both or NUMBER=base, as in --places 1=head,2=both.");
  };
  json.key("places").begin_array();
  while (!places.empty()) {
    const auto comma = places.find(',');
    const std::string_view part = places.substr(0, comma);
    places.remove_prefix(comma == std::string_view::npos ? places.size() : comma + 1);
    const auto equals = part.find('=');
    std::size_t number = 0;
    const auto digits = part.substr(0, equals);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (equals == std::string_view::npos || failed != std::errc() || end != digits.data() + digits.size() ||
        number == 0)
      return refused(part);
    const std::string_view way = part.substr(equals + 1);
    const std::string_view take = way == "head" ? "ours" : way == "other" ? "theirs" : way;
    if (take != "ours" && take != "theirs" && take != "both" && take != "base") return refused(part);
    json.begin_object().field("index", number - 1).field("take", take).end_object();
  }
  json.end_array();
  return {};
}

[[nodiscard]] Result<int> decide(const CommandLine& line, const StateFolder& state) {
  const std::string places = line.value("places");
  const std::string from = line.value("from");
  std::string take = line.value("take");
  if (take.empty()) take = !places.empty() ? "places" : !from.empty() ? "text" : "";
  if (take.empty()) {
    return Error(ErrorCode::invalid, "nothing was decided", "resolve",
                 "Give --take head, other, both, beside or merged; or --places 1=head,2=other; or --from FILE with the "
                 "whole text.");
  }
  LEANSPEC_ASSIGN(const HubApi hub, HubApi::open(state));
  LEANSPEC_ASSIGN(const auto found, find_conflicts(hub, state, line.words[0]));
  if (found.empty())
    return Error(ErrorCode::not_found, "has no conflict", line.words[0], "See leanspec-bridge conflicts.");
  if (found.size() > 1) {
    std::string ids;
    for (const Found& one : found) ids += (ids.empty() ? "" : ", ") + one.conflict.at("conflict").text();
    return Error(ErrorCode::conflict, "has several conflicts", line.words[0], "Name one of them: " + ids);
  }
  LEANSPEC_ASSIGN(const JsonValue whole, whole_of(hub, found[0]));
  control::JsonWriter json;
  json.begin_object().field("take", take);
  const std::string head = whole.at("head").at("version").text();
  if (head.empty())
    json.key("expectedHead").null();
  else
    json.field("expectedHead", head);
  if (!places.empty()) LEANSPEC_TRY(write_places(json, places));
  if (!from.empty()) {
    LEANSPEC_ASSIGN(const std::string text, host::read_small_file(absolute_path(from), text_bytes_max));
    json.field("text", text);
  }
  if (const std::string path = line.value("path"); !path.empty()) json.field("path", path);
  json.end_object();
  const std::string id = found[0].conflict.at("conflict").text();
  LEANSPEC_ASSIGN(
      const JsonValue decided,
      hub.post(project_path(found[0].folder, "/conflicts/" + percent_encoded(id) + "/resolve", ""), json.str()));
  std::string said = found[0].folder.root + "/" + decided.at("head").at("path").text() + " is decided.";
  if (const std::string beside = decided.at("beside").text(); !beside.empty())
    said += " The other text is in " + found[0].folder.root + "/" + beside + ".";
  print(harmless(said) + "\n");
  return exit_done;
}

}  // namespace

int show_conflicts(const CommandLine& line, const StateFolder& state, bool colour) {
  const auto shown = show(line, state, colour);
  return shown ? *shown : report(shown.error());
}

int resolve_conflict(const CommandLine& line, const StateFolder& state) {
  const auto decided = decide(line, state);
  return decided ? *decided : report(decided.error());
}

}  // namespace leanspec::bridge::run
