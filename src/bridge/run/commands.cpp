#include "bridge/run/commands.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "bridge/control/control_socket.h"
#include "bridge/control/status_text.h"
#include "bridge/disk/state_database.h"
#include "bridge/run/daemon.h"
#include "bridge/run/find_specs.h"
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

/// Against a daemon that starts meanwhile; only while none runs.
[[nodiscard]] Result<host::FileLock> lock_state(const StateFolder& state) {
  return host::FileLock::acquire(state.lock_file(), "leanspec-bridge", std::chrono::milliseconds(1000));
}

[[nodiscard]] Status check_name(const std::string& name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
  if (name.empty() || name.size() > wire::limits::name_bytes_max || !plain) {
    return Error(ErrorCode::invalid, "is no name for a machine", name,
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
    LEANSPEC_TRY(state.save_machine(machine));
  }
  LEANSPEC_ASSIGN(const wire::Welcome welcome, try_hub(hub, key, machine));
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
  const bool create = !line.has("join-only");
  const std::string socket = state.control_socket();
  const bool running = control::daemon_runs(socket);
  if (running) {
    const int done = answer_of(
        control::ask_daemon(socket, {"add", found->root, project, line.value("branch"), create ? "create" : "join"}));
    if (done != exit_done) return done;
  } else {
    const auto lock = lock_state(state);
    if (!lock) return report(lock.error());
    auto folders = state.folders();
    if (!folders) return report(folders.error());
    if (const Status fits = check_new_root(*folders, found->root); !fits) return report(fits.error());
    FolderSettings folder;
    folder.replica = ReplicaId{host::system_entropy().uuid7(host::system_clock().now())};
    folder.root = found->root;
    folder.project = project;
    folder.branch = line.value("branch");
    folder.create_project = create;
    folders->push_back(std::move(folder));
    if (const Status saved = state.save_folders(*folders); !saved) return report(saved.error());
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
  } else {
    const auto lock = lock_state(state);
    if (!lock) return report(lock.error());
    auto folders = state.folders();
    if (!folders) return report(folders.error());
    std::erase_if(*folders, [&](const FolderSettings& folder) { return folder.root == *root; });
    if (const Status saved = state.save_folders(*folders); !saved) return report(saved.error());
  }
  print(*root + " is not synced any more. Its files, and what the hub has of them, stay.\n");
  return exit_done;
}

[[nodiscard]] Status pause_stopped(const StateFolder& state, const std::string& root, bool paused) {
  LEANSPEC_ASSIGN(const auto lock, lock_state(state));
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  for (const FolderSettings& folder : folders) {
    if (!root.empty() && folder.root != root) continue;
    LEANSPEC_ASSIGN(const auto opened,
                    disk::open_state_database(state.replica_file(folder.replica), host::system_clock().now()));
    LEANSPEC_ASSIGN(auto known, opened.store->load());
    known.replica.paused = paused;
    engine::StateUpdate update;
    update.replica = known.replica;
    LEANSPEC_TRY(opened.store->commit(update));
  }
  return {};
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
    const Status done = pause_stopped(state, words.size() > 1 ? words[1] : "", line.command == "pause");
    return done ? exit_done : report(done.error());
  }
  return answer_of(answer);
}

[[nodiscard]] Status rename_stopped(const StateFolder& state, const std::string& name) {
  LEANSPEC_ASSIGN(const auto lock, lock_state(state));
  LEANSPEC_ASSIGN(MachineIdentity machine, state.machine(host::system_entropy(), host::system_clock().now(), name));
  machine.name = name;
  return state.save_machine(machine);
}

[[nodiscard]] int rename(const CommandLine& line, const StateFolder& state) {
  const std::string& name = line.words[0];
  if (const Status fits = check_name(name); !fits) return report(fits.error());
  auto answer = control::ask_daemon(state.control_socket(), {"rename", name});
  if (!answer && answer.error().code == ErrorCode::not_found) {
    const Status done = rename_stopped(state, name);
    return done ? exit_done : report(done.error());
  }
  return answer_of(answer);
}

/// What the files say while no daemon runs.
[[nodiscard]] Result<control::BridgeStatus> stopped_status(const StateFolder& state) {
  control::BridgeStatus status;
  status.version = program_version();
  LEANSPEC_ASSIGN(const auto machine, state.machine(host::system_entropy(), host::system_clock().now(), ""));
  status.machine_id = to_string(machine.id.value());
  status.machine_name = machine.name;
  LEANSPEC_ASSIGN(const auto hub, state.hub());
  status.hub_url = hub.url;
  LEANSPEC_ASSIGN(const auto folders, state.folders());
  for (const FolderSettings& folder : folders) {
    control::FolderStatus shown;
    shown.root = folder.root;
    shown.project = folder.project;
    const std::string file = state.replica_file(folder.replica);
    if (host::path_exists(file)) {
      const auto opened = disk::open_state_database(file, host::system_clock().now());
      const auto known = opened ? opened->store->load() : Result<engine::ReplicaState>(opened.error());
      if (known) {
        engine::ReplicaStatus replica;
        replica.state = known->replica.paused ? engine::ReplicaStateName::paused : engine::ReplicaStateName::offline;
        replica.detail = known->replica.paused ? "Paused." : "";
        replica.project = folder.project;
        replica.branch = folder.branch;
        replica.documents = known->local.size();
        replica.pending_count = known->pending.size();
        replica.held_count = known->holds.size();
        replica.last_sync = known->replica.last_sync;
        for (const auto& [document, row] : known->local) {
          const auto synced = known->synced.find(document);
          if (synced != known->synced.end() && synced->second.digest == row.file.digest) ++replica.in_sync;
        }
        shown.replica = std::move(replica);
      } else {
        shown.problem = known.error().sentence();
      }
    }
    status.folders.push_back(std::move(shown));
  }
  return status;
}

[[nodiscard]] int show_status(const CommandLine& line, const StateFolder& state) {
  control::Words words{"status"};
  if (line.has("json")) words.emplace_back("--json");
  if (line.has("watch")) words.emplace_back("--watch");
  if (is_terminal()) words.emplace_back("--colour");
  auto answer = control::ask_daemon(state.control_socket(), words);
  if (answer || answer.error().code != ErrorCode::not_found) return answer_of(answer);
  const auto lock = lock_state(state);  // a daemon that starts at this moment owns the databases
  if (!lock) return report(lock.error());
  const auto status = stopped_status(state);
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
  print_error("leanspec-bridge: " + error.sentence() + "\n");
  if (error.code == ErrorCode::not_found && error.what == "leanspec-bridge is not running") return exit_not_running;
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
  if (line.command == "rename") return rename(line, *state);
  if (line.command == "doctor") return run_doctor(line, *state);
  if (line.command == "service") return run_service(line, *state);
  return act(line, *state);  // pause, resume, approve, flush
}

}  // namespace leanspec::bridge::run
