#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/control/json_writer.h"
#include "bridge/disk/applier.h"
#include "bridge/disk/safety_copies.h"
#include "bridge/run/commands.h"
#include "bridge/run/conflict_text.h"
#include "bridge/run/hub_api.h"
#include "digest/sha256.h"
#include "host/clock.h"
#include "host/durable_file.h"
#include "host/entropy.h"
#include "host/system_file_tree.h"
#include "vocabulary/time.h"
#include "wire/limits.h"

/// `history` and `restore`: the versions that the hub has of a file, and the copies that this machine keeps.
namespace leanspec::bridge::run {
namespace {

/// More than anyone reads; the web app shows the rest.
constexpr int versions_shown = 50;
/// So few characters of an identifier that a person types.
constexpr std::size_t id_characters_min = 4;

struct NamedFile {
  FolderSettings folder;
  std::string path;  ///< within it
};

[[nodiscard]] Result<NamedFile> file_named(const StateFolder& state, const std::string& word) {
  const std::string absolute = absolute_path(word);
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  for (const FolderSettings& folder : folders) {
    if (lies_in(absolute, folder.root)) return NamedFile{folder, absolute.substr(folder.root.size() + 1)};
  }
  return Error(ErrorCode::not_found, "lies in no folder that is synced", absolute, "See leanspec-bridge status.");
}

[[nodiscard]] Result<JsonValue> versions_of(const StateFolder& state, const NamedFile& file) {
  LEANSPEC_ASSIGN(const HubApi hub, HubApi::open(state));
  return hub.get(project_path(file.folder, "/history",
                              "path=" + percent_encoded(file.path) + "&limit=" + std::to_string(versions_shown)));
}

[[nodiscard]] std::string minutes_of(std::string rfc3339) {
  if (rfc3339.size() < 16) return rfc3339;
  rfc3339.resize(16);
  rfc3339[10] = ' ';
  return rfc3339 + " UTC";
}

[[nodiscard]] std::string version_text(const JsonValue& version) {
  std::string out = "  " + version.at("version").text() + "  " + minutes_of(version.at("acceptedAt").text());
  out += version.at("deleted").is_true() ? "  deleted" : "  " + std::to_string(version.at("size").number()) + " bytes";
  if (version.at("machine").is_object()) out += "  on " + version.at("machine").at("name").text();
  if (version.at("user").is_object()) out += "  by " + version.at("user").at("name").text();
  if (version.at("kind").text() == "side") out += "  (beside the head)";
  return out + "\n";
}

[[nodiscard]] std::string copy_text(const disk::SafetyCopy& copy) {
  std::string out = "  copy " + std::to_string(copy.number) + "  " + minutes_of(to_rfc3339(copy.kept_at)) + "  " +
                    std::to_string(copy.size) + " bytes  " + std::string(disk::to_string(copy.why));
  if (copy.replaced_by) out += " by " + to_string(copy.replaced_by->value());
  return out + "\n";
}

[[nodiscard]] std::string history_json(const NamedFile& file, const Result<JsonValue>& versions,
                                       const std::vector<disk::SafetyCopy>& copies) {
  control::JsonWriter json;
  json.begin_object().field("path", file.path).key("copies").begin_array();
  for (const auto& copy : copies) {
    json.begin_object().field("copy", static_cast<std::size_t>(copy.number)).field("keptAt", to_rfc3339(copy.kept_at));
    json.field("why", disk::to_string(copy.why)).key("replacedBy");
    if (copy.replaced_by)
      json.text(to_string(copy.replaced_by->value()));
    else
      json.null();
    json.field("size", static_cast<std::size_t>(copy.size)).field("digest", to_hex(copy.digest)).end_object();
  }
  json.end_array().field("hub", versions ? std::string() : versions.error().sentence());
  std::string out = json.end_object().str();
  out.pop_back();
  return out + ",\"versions\":" + (versions ? versions->at("versions").print() : std::string("[]")) + "}\n";
}

[[nodiscard]] Result<int> show(const CommandLine& line, const StateFolder& state) {
  LEANSPEC_ASSIGN(const NamedFile file, file_named(state, line.words[0]));
  disk::SafetyCopies kept(state.copies_file(file.folder.replica), host::system_clock());
  LEANSPEC_ASSIGN(const auto copies, kept.list(file.path));
  const auto versions = versions_of(state, file);
  if (line.has("json")) {
    print(history_json(file, versions, copies));
    return exit_done;
  }
  std::string out = file.path + "\n";
  if (versions) {
    const auto rows = versions->at("versions").items();
    out += "At the hub, newest first (" + std::to_string(versions->at("total").number()) + "):\n";
    for (const JsonValue& version : rows) out += version_text(version);
  } else {
    out += "The hub's versions cannot be shown: " + versions.error().sentence() + "\n";
  }
  if (copies.empty()) {
    out += "Nothing of it was replaced or removed on this machine in the last 30 days.\n";
  } else {
    out += "Kept on this machine for 30 days:\n";
    for (const auto& copy : copies) out += copy_text(copy);
  }
  print(harmless(out + "Bring one back: leanspec-bridge restore FILE --version ID, or --copy NUMBER\n"));
  return exit_done;
}

[[nodiscard]] Result<int> restore_version(const StateFolder& state, const NamedFile& file, const std::string& id) {
  LEANSPEC_ASSIGN(const HubApi hub, HubApi::open(state));
  std::string version = id;
  if (!parse_uuid(id)) {
    LEANSPEC_ASSIGN(const JsonValue versions, versions_of(state, file));
    std::vector<std::string> fitting;
    for (const JsonValue& one : versions.at("versions").items()) {
      if (id.size() >= id_characters_min && one.at("version").text().starts_with(id))
        fitting.push_back(one.at("version").text());
    }
    if (fitting.size() != 1) {
      return Error(fitting.empty() ? ErrorCode::not_found : ErrorCode::conflict,
                   fitting.empty() ? "is no version of this file" : "begins the names of several versions", id,
                   "See leanspec-bridge history FILE.");
    }
    version = fitting.front();
  }
  LEANSPEC_ASSIGN(const JsonValue restored,
                  hub.post(project_path(file.folder, "/versions/" + percent_encoded(version) + "/restore", ""), "{}"));
  print(harmless(restored.at("path").text() + ": version " + version + " is the newest again, as " +
                 restored.at("version").text() + ".\n"));
  return exit_done;
}

/// In the place of what stands there, which becomes a copy; nothing that is saved meanwhile is lost.
[[nodiscard]] Status put_in_place(disk::SafetyCopies& kept, const NamedFile& file, const disk::SafetyCopy& copy,
                                  std::string bytes) {
  LEANSPEC_ASSIGN(const auto tree, host::open_file_tree(file.folder.root));
  engine::Application wanted;
  wanted.to = file.path;
  wanted.digest = copy.digest;
  wanted.bytes = std::make_shared<const std::string>(std::move(bytes));
  wanted.only_here = true;
  wanted.by_hand = true;
  const auto there = tree->read(file.path, wire::limits::document_bytes_max);
  if (there) {
    wanted.from = file.path;
    wanted.expected = digest::sha256(there->bytes);
    if (wanted.expected == wanted.digest) return {};
  } else if (there.error().code != ErrorCode::not_found) {
    return there.error();
  }
  disk::Applier applier(*tree, &kept);
  engine::ApplyRequest request;
  auto& item = request.items.emplace_back();
  item.wanted = std::move(wanted);
  item.name = to_string(host::system_entropy().uuid7(host::system_clock().now()));
  const auto result = applier.carry_out(request);
  if (result.not_durable) return *result.not_durable;
  const auto& applied = result.results.front();
  switch (applied.outcome) {
    case engine::ApplyOutcome::applied:
      break;
    case engine::ApplyOutcome::writer_open:
      return Error(ErrorCode::conflict, "a program has the file open for writing", file.path, "Close it there first.");
    case engine::ApplyOutcome::moved_on:
      return Error(ErrorCode::conflict, "the file changed meanwhile", file.path, "Try again.");
    case engine::ApplyOutcome::failed:
      return applied.error ? *applied.error : Error(ErrorCode::io, "could not be written", file.path);
  }
  if (applied.left_over) {
    return Error(ErrorCode::io, "is restored, but what stood there could not be put away", file.path,
                 "It lies in " + file.folder.root + "/" + std::string(engine::staging_folder) + "/" +
                     *applied.left_over + ": look at it, then delete it.");
  }
  return {};
}

[[nodiscard]] Result<int> restore_copy(const CommandLine& line, const StateFolder& state, const NamedFile& file) {
  const std::string word = line.value("copy");
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failed != std::errc() || end != word.data() + word.size())
    return Error(ErrorCode::invalid, "is no number of a copy", "--copy " + word, "See leanspec-bridge history FILE.");
  disk::SafetyCopies kept(state.copies_file(file.folder.replica), host::system_clock());
  LEANSPEC_ASSIGN(const auto copy, kept.find(number));
  LEANSPEC_ASSIGN(std::string bytes, kept.text(copy.digest));
  if (const std::string to = line.value("to"); !to.empty()) {
    const std::string target = absolute_path(to);
    if (host::path_exists(target))
      return Error(ErrorCode::already_exists, "is there already", target, "Name a file that is not there.");
    LEANSPEC_TRY(host::write_durable_file(target, bytes));
    print(harmless("Copy " + word + " of " + copy.path + " is in " + target + ".\n"));
    return exit_done;
  }
  if (copy.path != file.path) {
    return Error(ErrorCode::conflict, "is a copy of " + copy.path, "copy " + word,
                 "Name that file, or another place for it by --to FILE.");
  }
  LEANSPEC_TRY(put_in_place(kept, file, copy, std::move(bytes)));
  print(harmless(file.folder.root + "/" + file.path + ": copy " + word + " stands there again, as your edit.\n"));
  return exit_done;
}

[[nodiscard]] Result<int> restore(const CommandLine& line, const StateFolder& state) {
  const std::string version = line.value("restored-version");
  if (version.empty() == line.value("copy").empty()) {
    return Error(ErrorCode::invalid, "wants one of --version ID and --copy NUMBER", "restore",
                 "See leanspec-bridge history FILE.");
  }
  LEANSPEC_ASSIGN(const NamedFile file, file_named(state, line.words[0]));
  return version.empty() ? restore_copy(line, state, file) : restore_version(state, file, version);
}

}  // namespace

int show_history(const CommandLine& line, const StateFolder& state) {
  const auto shown = show(line, state);
  return shown ? *shown : report(shown.error());
}

int restore_text(const CommandLine& line, const StateFolder& state) {
  const auto restored = restore(line, state);
  return restored ? *restored : report(restored.error());
}

}  // namespace leanspec::bridge::run
