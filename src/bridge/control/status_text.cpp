#include "bridge/control/status_text.h"

#include <time.h>

#include <algorithm>
#include <cstdio>

#include "wire/codec.h"

namespace leanspec::bridge::control {
namespace {

using engine::ReplicaStateName;
using engine::ReplicaStatus;
using engine::StatusItem;

/// Lists on a terminal show this many; `--json` has more.
constexpr std::size_t shown_max = 20;

[[nodiscard]] std::string_view colour_of(ReplicaStateName state) {
  switch (state) {
    case ReplicaStateName::live:
      return "\033[32m";
    case ReplicaStateName::syncing:
    case ReplicaStateName::catching_up:
    case ReplicaStateName::starting:
      return "\033[36m";
    case ReplicaStateName::offline:
    case ReplicaStateName::paused:
    case ReplicaStateName::git:
    case ReplicaStateName::differs:
      return "\033[33m";
    case ReplicaStateName::refused:
    case ReplicaStateName::halted:
    case ReplicaStateName::guard:
    case ReplicaStateName::store_error:
      return "\033[31m";
  }
  return "";
}

[[nodiscard]] std::string painted(std::string_view text, std::string_view colour, bool wanted) {
  if (!wanted) return std::string(text);
  return std::string(colour) + std::string(text) + "\033[0m";
}

[[nodiscard]] std::string count(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

[[nodiscard]] std::string ago(Instant then, Instant now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  if (seconds < 2) return "just now";
  if (seconds < 120) return std::to_string(seconds) + " s ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h ago";
  return std::to_string(seconds / 86400) + " days ago";
}

/// Names of files may hold anything, and a terminal obeys control characters.
[[nodiscard]] std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      shown += '?';
    } else {
      shown += c;
    }
  }
  return shown;
}

/// A line of its own begins like a sentence; names of commands, addresses and paths keep their spelling.
[[nodiscard]] std::string as_line(std::string_view text) {
  std::string shown = printable(text);
  const std::string_view first = std::string_view(shown).substr(0, shown.find(' '));
  const bool is_word =
      !first.empty() && first.find_first_not_of("abcdefghijklmnopqrstuvwxyz,:") == std::string_view::npos;
  if (is_word) shown[0] = static_cast<char>(shown[0] - 'a' + 'A');
  return shown;
}

void append_items(std::string& out, std::string_view title, std::size_t number, const std::vector<StatusItem>& items) {
  if (number == 0) return;
  // What holds for all of them is said once.
  const bool alike = items.size() > 1 && std::all_of(items.begin(), items.end(), [&](const StatusItem& item) {
                       return item.why == items[0].why && item.remedy == items[0].remedy;
                     });
  const auto reason = [](const StatusItem& item) {
    return (item.why.empty() ? "" : "  " + printable(item.why)) +
           (item.remedy.empty() ? "" : "  → " + printable(item.remedy)) + "\n";
  };
  out += "    " + std::to_string(number) + " " + std::string(title) + ":" + (alike ? reason(items[0]) : "\n");
  std::size_t shown = 0;
  for (const StatusItem& item : items) {
    if (shown++ == shown_max) break;
    out += "      " + printable(item.path) + (alike ? "\n" : reason(item));
  }
  if (number > shown_max) out += "      … and " + std::to_string(number - shown_max) + " more (--json lists them)\n";
}

/// The replica's own line says why there is no connection.
[[nodiscard]] bool tells_of_connection(const FolderStatus& folder) {
  return !folder.connection.empty() && folder.replica &&
         folder.replica->detail.find(folder.connection) != std::string::npos;
}

void append_connection(std::string& out, const FolderStatus& folder) {
  if (folder.connection.empty() || tells_of_connection(folder)) return;
  out += "    Not connected: " + printable(folder.connection) + "\n";
  if (!folder.connection_remedy.empty()) out += "    → " + as_line(folder.connection_remedy) + "\n";
}

void append_replica(std::string& out, const FolderStatus& folder, Instant now) {
  const ReplicaStatus& replica = *folder.replica;
  if (replica.documents == 0 && !replica.last_sync && replica.state == ReplicaStateName::offline &&
      replica.detail.empty()) {
    out += "    not looked at yet\n";
    return;
  }
  out += "    " + count(replica.documents, "file", "files") + ", " + std::to_string(replica.in_sync) + " in sync";
  const bool differs = replica.held_count + replica.incoming_count + replica.problem_count > 0;
  if (replica.last_sync && !differs) out += ", all agreed " + ago(*replica.last_sync, now);
  out += '\n';
  const bool of_connection = tells_of_connection(folder);
  const bool only_offline = replica.state == ReplicaStateName::offline && !folder.connection.empty() && !of_connection;
  if (!replica.detail.empty() && !only_offline) out += "    " + as_line(replica.detail) + "\n";
  // Who tried to connect knows better what to do about it.
  const std::string& remedy =
      of_connection && !folder.connection_remedy.empty() ? folder.connection_remedy : replica.remedy;
  if (!remedy.empty()) out += "    → " + as_line(remedy) + "\n";
  append_items(out, "on the way", replica.pending_count, replica.pending);
  append_items(out, "held", replica.held_count, replica.held);
  append_items(out, "newer at the hub", replica.incoming_count, replica.incoming);
  append_items(out, replica.problem_count == 1 ? "problem" : "problems", replica.problem_count, replica.problems);
  append_items(out, "being edited elsewhere", replica.editing.size(), replica.editing);
  if (replica.ignored_count > 0)
    out += "    " + count(replica.ignored_count, "path", "paths") + " ignored (why FILE names the rule)\n";
  for (const std::string& warning : replica.warnings) out += "    ! " + printable(warning) + "\n";
}

void write_items(JsonWriter& json, std::string_view name, std::size_t number, const std::vector<StatusItem>& items) {
  json.key(name).begin_object().field("total", number).key("items").begin_array();
  for (const StatusItem& item : items) {
    json.begin_object().field("path", item.path).field("why", item.why);
    if (!item.remedy.empty()) json.field("remedy", item.remedy);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_time(JsonWriter& json, std::string_view name, const std::optional<Instant>& time) {
  json.key(name);
  if (!time) {
    json.null();
    return;
  }
  const auto milliseconds = time->time_since_epoch().count();
  const time_t seconds = static_cast<time_t>(milliseconds / 1000);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[96];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds % 1000));
  json.text(text);
}

/// What waits for `approve` or `revert`, or null.
void write_guard(JsonWriter& json, const std::optional<wire::GuardState>& guard) {
  json.key("guard");
  if (!guard || !guard->guard) {
    json.null();
    return;
  }
  json.begin_object().field("id", to_string(guard->guard->value())).field("kind", wire::to_string(guard->kind));
  json.field("count", guard->count).key("paths").begin_array();
  for (const std::string& path : guard->paths) json.text(path);
  json.end_array().key("approvable").boolean(guard->approvable).key("revertible").boolean(guard->revertible);
  json.field("detail", guard->detail).end_object();
}

void write_replica(JsonWriter& json, const ReplicaStatus& replica) {
  json.field("state", engine::to_string(replica.state)).field("detail", replica.detail).field("remedy", replica.remedy);
  json.field("project", replica.project).field("projectName", replica.project_name).field("branch", replica.branch);
  json.field("mode", engine::to_string(replica.mode));
  json.field("hubVersion", replica.hub_version);
  json.field("documents", replica.documents).field("inSync", replica.in_sync);
  write_items(json, "pending", replica.pending_count, replica.pending);
  write_items(json, "held", replica.held_count, replica.held);
  write_items(json, "incoming", replica.incoming_count, replica.incoming);
  write_items(json, "ignored", replica.ignored_count, replica.ignored);
  write_items(json, "problems", replica.problem_count, replica.problems);
  write_items(json, "editing", replica.editing.size(), replica.editing);
  write_guard(json, replica.guard);
  json.key("cursor");
  if (replica.cursor) {
    json.text(to_string(replica.cursor->epoch.value()) + "." + std::to_string(replica.cursor->seq.value()));
  } else {
    json.null();
  }
  json.key("hubHead");
  if (replica.hub_head) {
    json.number(static_cast<std::int64_t>(replica.hub_head->value()));
  } else {
    json.null();
  }
  write_time(json, "lastSync", replica.last_sync);
  write_time(json, "connectedSince", replica.connected_since);
  json.key("retryInMilliseconds");
  if (replica.retry_in) {
    json.number(replica.retry_in->count());
  } else {
    json.null();
  }
}

}  // namespace

std::string status_text(const BridgeStatus& status, Instant now, bool colour) {
  std::string out = printable(status.machine_name);
  out +=
      status.hub_url.empty() ? "  no hub yet: leanspec-bridge login URL --api-key-file FILE" : " → " + status.hub_url;
  out += status.running ? "\n"
                        : "\nleanspec-bridge is not running. Start it: leanspec-bridge run, or for good: "
                          "leanspec-bridge service install\n";
  if (status.folders.empty()) out += "\n  No folder is synced yet: leanspec-bridge add [PATH]\n";
  for (const FolderStatus& folder : status.folders) {
    out += "\n  " + printable(folder.root);
    if (folder.replica) {
      const ReplicaStatus& replica = *folder.replica;
      const std::string& name = replica.project_name.empty() ? folder.project : replica.project_name;
      out += "  " + printable(name);
      if (!replica.branch.empty()) out += " (" + printable(replica.branch) + ")";
      if (status.running) out += "  " + painted(engine::to_string(replica.state), colour_of(replica.state), colour);
      out += '\n';
      append_replica(out, folder, now);
    } else {
      out += "  " + printable(folder.project) + (status.running ? "  " + painted("stopped", "\033[31m", colour) : "") +
             "\n";
    }
    if (!folder.problem.empty()) out += "    " + as_line(folder.problem) + "\n";
    if (!folder.remedy.empty()) out += "    → " + as_line(folder.remedy) + "\n";
    append_connection(out, folder);
    for (const WaitingBranch& other : folder.others) {
      out += "    on the branch " + printable(other.name) + ": " + std::to_string(other.pending) + " on the way, " +
             std::to_string(other.held) + " held\n";
    }
    for (const std::string& warning : folder.warnings) out += "    ! " + printable(warning) + "\n";
  }
  return out;
}

std::string status_json(const BridgeStatus& status) {
  JsonWriter json;
  json.begin_object().field("version", status.version).key("running").boolean(status.running);
  json.key("machine").begin_object().field("id", status.machine_id).field("name", status.machine_name).end_object();
  json.field("hub", status.hub_url).key("needsAttention").boolean(needs_attention(status));
  json.key("folders").begin_array();
  for (const FolderStatus& folder : status.folders) {
    json.begin_object().field("root", folder.root);
    if (folder.replica) {
      write_replica(json, *folder.replica);
    } else {
      json.field("state", "stopped").field("project", folder.project);
    }
    json.field("problem", folder.problem).field("problemRemedy", folder.remedy);
    json.field("connection", folder.connection).field("connectionRemedy", folder.connection_remedy);
    json.key("otherBranches").begin_array();
    for (const WaitingBranch& other : folder.others) {
      json.begin_object().field("branch", other.name);
      json.field("pending", other.pending).field("held", other.held).end_object();
    }
    json.end_array();
    json.key("warnings").begin_array();
    if (folder.replica) {
      for (const std::string& warning : folder.replica->warnings) json.text(warning);
    }
    for (const std::string& warning : folder.warnings) json.text(warning);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.str();
}

std::string explanation_text(const engine::FileExplanation& explanation) {
  std::string out = printable(explanation.path) + ": " + std::string(engine::to_string(explanation.state)) + "\n";
  if (!explanation.sentence.empty()) out += "  " + as_line(explanation.sentence) + "\n";
  if (!explanation.remedy.empty()) out += "  → " + as_line(explanation.remedy) + "\n";
  return out;
}

std::string explanation_json(const engine::FileExplanation& explanation) {
  JsonWriter json;
  json.begin_object().field("path", explanation.path).field("state", engine::to_string(explanation.state));
  json.field("sentence", explanation.sentence).field("remedy", explanation.remedy);
  json.field("document", explanation.document ? to_string(explanation.document->value()) : std::string());
  json.field("version", explanation.version ? to_string(explanation.version->value()) : std::string());
  json.field("change", explanation.change ? to_string(explanation.change->value()) : std::string());
  return json.end_object().str();
}

bool needs_attention(const BridgeStatus& status) {
  for (const FolderStatus& folder : status.folders) {
    if (!folder.problem.empty()) return true;
    if (!folder.replica) continue;
    const ReplicaStatus& replica = *folder.replica;
    if (replica.state <= ReplicaStateName::store_error || replica.held_count > 0 || replica.problem_count > 0)
      return true;
  }
  return false;
}

}  // namespace leanspec::bridge::control
