#include "bridge/run/commands.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "bridge/control/control_socket.h"
#include "bridge/control/status_text.h"
#include "bridge/run/daemon.h"
#include "bridge/run/find_specs.h"
#include "bridge/run/stopped_bridge.h"
#include "host/durable_file.h"
#include "host/stream_log.h"
#include "wire/limits.h"

namespace leanspec::bridge::run {
namespace {

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

[[nodiscard]] bool is_terminal() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

[[nodiscard]] int answer_of(const Result<int>& answer) {
  return answer ? *answer : report(answer.error());
}

[[nodiscard]] Result<StateFolder> open_state(const CommandLine& line) {
  std::string path = line.value("state-dir");
  if (path.empty()) {
    LEANSPEC_ASSIGN(path, StateFolder::default_path());
  }
  return StateFolder::open(absolute_path(path));
}

[[nodiscard]] Status check_name(const std::string& name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
  if (name.empty() || name.size() > wire::limits::name_bytes_max || !plain) {
    return Error(ErrorCode::invalid, "is no name for a machine", plain ? "\"" + name + "\"" : "this",
                 "Use 1 to " + std::to_string(wire::limits::name_bytes_max) + " bytes without control characters.");
  }
  return {};
}

[[nodiscard]] Result<std::string> key_from(const std::string& file) {
  if (file != "-") return read_key(file, false);
  std::string key;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && key.size() < 1024;) key += c;
  while (!key.empty() && (key.back() == '\r' || key.back() == ' ')) key.pop_back();
  if (key.empty()) return Error(ErrorCode::invalid, "no key came on standard input");
  return key;
}

[[nodiscard]] Status login(const CommandLine& line, const StateFolder& state) {
  HubSettings hub;
  hub.url = line.words.empty() ? line.value("hub-url") : line.words[0];
  hub.key_file = state.key_file();
  if (!line.value("ca-file").empty()) hub.ca_file = absolute_path(line.value("ca-file"));
  const std::string key_file = line.value("api-key-file");
  if (hub.url.empty())
    return Error(ErrorCode::invalid, "no hub was named", "login",
                 "Write: leanspec-bridge login https://hub.example.com --api-key-file FILE");
  if (key_file.empty()) {
    return Error(ErrorCode::invalid, "no key was given", "login",
                 "Make an API key at the hub (Keys), put it into a file, and add --api-key-file FILE.");
  }
  LEANSPEC_ASSIGN(const std::string key, key_from(key_file));
  const std::string name = line.value("name");
  if (!name.empty()) LEANSPEC_TRY(check_name(name));
  LEANSPEC_ASSIGN(MachineIdentity machine, state.machine(host::system_entropy(), host::system_clock().now(), name));
  if (!name.empty() && name != machine.name) {
    machine.name = name;
    machine.renamed = true;
  }
  LEANSPEC_ASSIGN(const wire::Welcome welcome, try_hub(hub, key, machine));
  if (!welcome.machine_name.empty()) machine.name = welcome.machine_name;  // the hub knew it under another one
  machine.renamed = false;
  LEANSPEC_TRY(state.save_machine(machine));
  LEANSPEC_TRY(host::write_durable_file(state.key_file(), key + "\n"));
  LEANSPEC_TRY(state.save_hub(hub));
  print("Logged in to " + hub.url + " as \"" + machine.name + "\".\n");
  if (!welcome.warning.empty()) print("The hub warns: " + welcome.warning + "\n");
  if (control::daemon_runs(state.control_socket()))
    return control::ask_daemon(state.control_socket(), {"reload"}) ? Status() : Status();
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  print(folders.empty() ? "Next: leanspec-bridge add [PATH]\n" : "Next: leanspec-bridge run\n");
  return {};
}

[[nodiscard]] int add(const CommandLine& line, const StateFolder& state) {
  const auto found = find_specs(line.words.empty() ? "." : line.words[0]);
  if (!found) return report(found.error());
  const std::string project = line.value("project").empty() ? found->project_name : line.value("project");
  if (const Status named = check_name(project); !named)
    return report(Error(ErrorCode::invalid, "is no name for a project", project, "Give one with --project NAME."));
  const std::string mode = line.value("mode").empty() ? "push" : line.value("mode");
  if (!engine::sync_mode_of(mode))
    return report(Error(ErrorCode::invalid, "is no mode", mode, "Give --mode push, --mode two-way or --mode pull."));
  const bool create = !line.has("join-only");
  const std::string socket = state.control_socket();
  const bool running = control::daemon_runs(socket);
  if (running) {
    const int done = answer_of(control::ask_daemon(
        socket, {"add", found->root, project, line.value("branch"), create ? "create" : "join", mode}));
    if (done != exit_done) return done;
  } else {
    FolderSettings folder;
    folder.replica = ReplicaId{host::system_entropy().uuid7(host::system_clock().now())};
    folder.root = found->root;
    folder.project = project;
    folder.branch = line.value("branch");
    folder.mode = *engine::sync_mode_of(mode);
    folder.create_project = create;
    if (const Status added = StoppedBridge(state).add(std::move(folder)); !added) return report(added.error());
  }
  print(found->root + " is synced with project \"" + project + "\"" +
        (running ? ".\n" : " once the bridge runs: leanspec-bridge run\n"));
  return exit_done;
}

/// The root that `path` means: one that is synced, or that of the project there.
[[nodiscard]] Result<std::string> synced_root(const StateFolder& state, const std::string& path) {
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  const std::string named = absolute_path(path);
  const auto specs = find_specs(path);
  for (const FolderSettings& folder : folders) {
    if (folder.root == named || (specs && specs->root == folder.root)) return folder.root;
  }
  return Error(ErrorCode::not_found, "is no folder that is synced", named, "See leanspec-bridge status.");
}

[[nodiscard]] int remove(const CommandLine& line, const StateFolder& state) {
  const auto root = synced_root(state, line.words.empty() ? "." : line.words[0]);
  if (!root) return report(root.error());
  if (control::daemon_runs(state.control_socket())) {
    const int done = answer_of(control::ask_daemon(state.control_socket(), {"remove", *root}));
    if (done != exit_done) return done;
  } else if (const Status removed = StoppedBridge(state).remove(*root); !removed) {
    return report(removed.error());
  }
  print(*root + " is not synced any more. Its files, and what the hub has of them, stay.\n");
  return exit_done;
}

[[nodiscard]] int act(const CommandLine& line, const StateFolder& state) {
  control::Words words{line.command};
  if (!line.words.empty()) {
    const auto root = synced_root(state, line.words[0]);
    if (!root) return report(root.error());
    words.push_back(*root);
  }
  auto answer = control::ask_daemon(state.control_socket(), words);
  const bool pausing = line.command == "pause" || line.command == "resume";
  if (!answer && answer.error().code == ErrorCode::not_found && pausing) {
    const Status done = StoppedBridge(state).set_paused(words.size() > 1 ? words[1] : "", line.command == "pause");
    if (!done) return report(done.error());
    print(line.command == "pause" ? "Paused, as soon as leanspec-bridge runs again.\n"
                                  : "Not paused any more, as soon as leanspec-bridge runs again.\n");
    return exit_done;
  }
  return answer_of(answer);
}

[[nodiscard]] int flush(const CommandLine& line, const StateFolder& state) {
  control::Words words{"flush", ""};
  if (!line.words.empty()) {
    const auto root = synced_root(state, line.words[0]);
    if (!root) return report(root.error());
    words[1] = *root;
  }
  if (line.has("wait")) {
    auto seconds = FlushWait::patience_usual.count();
    if (const std::string value = line.value("timeout"); !value.empty()) {
      const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      const bool whole = failed == std::errc() && end == value.data() + value.size();
      if (!whole || seconds < 1 || seconds > FlushWait::patience_max.count()) {
        return report(Error(ErrorCode::invalid, "is no number of seconds from 1 to 86400", "--timeout " + value));
      }
    }
    words.push_back(std::to_string(seconds));
  }
  return answer_of(control::ask_daemon(state.control_socket(), words));
}

[[nodiscard]] int rename(const CommandLine& line, const StateFolder& state) {
  const std::string& name = line.words[0];
  if (const Status fits = check_name(name); !fits) return report(fits.error());
  auto answer = control::ask_daemon(state.control_socket(), {"rename", name});
  if (!answer && answer.error().code == ErrorCode::not_found) {
    const Status done = StoppedBridge(state).rename(name);
    if (!done) return report(done.error());
    print("This machine is called \"" + name + "\", at the hub as soon as leanspec-bridge runs again.\n");
    return exit_done;
  }
  return answer_of(answer);
}

[[nodiscard]] int show_status(const CommandLine& line, const StateFolder& state) {
  control::Words words{"status"};
  if (line.has("json")) words.emplace_back("--json");
  if (line.has("watch")) words.emplace_back("--watch");
  if (is_terminal()) words.emplace_back("--colour");
  auto answer = control::ask_daemon(state.control_socket(), words);
  if (answer || answer.error().code != ErrorCode::not_found) return answer_of(answer);
  const auto status = StoppedBridge(state).status();
  if (!status) return report(status.error());
  print(line.has("json") ? control::status_json(*status) + "\n"
                         : control::status_text(*status, host::system_clock().now(), is_terminal()));
  return exit_not_running;
}

[[nodiscard]] int why(const CommandLine& line, const StateFolder& state) {
  control::Words words{"why", absolute_path(line.words[0])};
  if (line.has("json")) words.emplace_back("--json");
  return answer_of(control::ask_daemon(state.control_socket(), words));
}

[[nodiscard]] int run_daemon(const CommandLine& line, const StateFolder& state) {
  // The flags stand for the environment here, and the other way round; both are in `line` by now.
  if (!line.value("log-level").empty()) ::setenv("LEANSPEC_LOG_LEVEL", line.value("log-level").c_str(), 1);
  if (!line.value("log-format").empty()) ::setenv("LEANSPEC_LOG_FORMAT", line.value("log-format").c_str(), 1);
  const auto options = host::log_options_from_environment(STDERR_FILENO);
  if (!options) return report(options.error());
  const auto log = host::make_stream_log(STDERR_FILENO, *options, host::system_clock());
  auto shutdown = host::ShutdownSignal::install();
  if (!shutdown) return report(shutdown.error());
  RunSettings settings;
  settings.name = line.value("name");
  settings.hub_url = line.value("hub-url");
  if (!settings.name.empty()) {
    if (const Status fits = check_name(settings.name); !fits) return report(fits.error());
  }
  if (!line.value("api-key-file").empty()) settings.key_file = absolute_path(line.value("api-key-file"));
  if (!line.value("ca-file").empty()) settings.ca_file = absolute_path(line.value("ca-file"));
  Daemon daemon(state, std::move(settings), host::system_clock(), host::system_entropy(), *log);
  const Status ended = daemon.run(*shutdown);
  return ended ? exit_done : report(ended.error());
}

}  // namespace

void print(std::string_view text) {
  write_all(STDOUT_FILENO, text);
}
void print_error(std::string_view text) {
  write_all(STDERR_FILENO, text);
}

int report(const Error& error) {
  // Which socket it would have answered on means nothing to people.
  const bool not_running = error.code == ErrorCode::not_found && error.what == "leanspec-bridge is not running";
  print_error((not_running ? error.what + ". " + error.remedy : "leanspec-bridge: " + error.sentence()) + "\n");
  if (not_running) return exit_not_running;
  return exit_failed;
}

std::string absolute_path(const std::string& path) {
  std::string absolute = path;
  if (path.empty() || path[0] != '/') {
    char* here = ::realpath(".", nullptr);
    absolute = std::string(here == nullptr ? "" : here) + "/" + path;
    std::free(here);
  }
  // The file itself may be gone, or be a link that is the very question: only its folder is resolved.
  std::string name;
  std::string folder = absolute;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  for (;;) {
    char* resolved = ::realpath(folder.c_str(), nullptr);
    if (resolved != nullptr && (!name.empty() || host::is_folder(folder))) {
      absolute = resolved;
      std::free(resolved);
      if (absolute == "/") absolute.clear();
      return name.empty() && absolute.empty() ? "/" : absolute + name;
    }
    std::free(resolved);
    const auto slash = folder.rfind('/');
    if (slash == std::string::npos || slash == 0) return folder + name;
    name = folder.substr(slash) + name;
    folder.resize(slash);
  }
}

int run_command(const CommandLine& line) {
  const auto state = open_state(line);
  if (!state) return report(state.error());
  if (line.command == "run") return run_daemon(line, *state);
  if (line.command == "login") {
    const Status done = login(line, *state);
    return done ? exit_done : report(done.error());
  }
  if (line.command == "add") return add(line, *state);
  if (line.command == "remove") return remove(line, *state);
  if (line.command == "status") return show_status(line, *state);
  if (line.command == "why") return why(line, *state);
  if (line.command == "accept")
    return answer_of(control::ask_daemon(state->control_socket(), {"accept", absolute_path(line.words[0])}));
  if (line.command == "rename") return rename(line, *state);
  if (line.command == "conflicts") return show_conflicts(line, *state, is_terminal());
  if (line.command == "resolve") return resolve_conflict(line, *state);
  if (line.command == "history") return show_history(line, *state);
  if (line.command == "restore") return restore_text(line, *state);
  if (line.command == "doctor") return run_doctor(line, *state);
  if (line.command == "service") return run_service(line, *state);
  if (line.command == "flush") return flush(line, *state);
  return act(line, *state);  // pause, resume, approve, revert
}

}  // namespace leanspec::bridge::run
