#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "bridge/run/commands.h"
#include "host/durable_file.h"

namespace leanspec::bridge::run {
namespace {

constexpr const char* unit_name = "leanspec-bridge.service";

[[nodiscard]] std::string unit_folder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config == '/')
    return std::string(config) + "/systemd/user";
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::string() : std::string(home) + "/.config/systemd/user";
}

/// systemd splits at blanks, knows quotes and expands %.
[[nodiscard]] std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '%') out += '%';
    out += c;
  }
  return out + "\"";
}

/// Runs a program with our own input and output; its exit code, 127 if it is not there.
[[nodiscard]] int run_program(std::vector<std::string> words) {
  const pid_t child = ::fork();
  if (child < 0) return 127;
  if (child == 0) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

[[nodiscard]] Result<std::string> own_program() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return Error(ErrorCode::io, "the program's own place could not be found", "/proc/self/exe");
  return std::string(path, static_cast<std::size_t>(length));
}

[[nodiscard]] int install(const CommandLine& line, const StateFolder& state) {
  const auto program = own_program();
  if (!program) return report(program.error());
  const auto folders = state.folders();
  if (!folders) return report(folders.error());
  std::vector<std::string> roots;
  for (const FolderSettings& folder : *folders) roots.push_back(folder.root);
  const std::string unit = service_unit(*program, state.path(), roots);
  if (line.has("print")) {
    print(unit);
    return exit_done;
  }
  const std::string folder = unit_folder();
  if (folder.empty())
    return report(Error(ErrorCode::not_found, "there is no home folder for the unit", "HOME", "Set HOME."));
  const std::string file = folder + "/" + unit_name;
  if (const Status made = host::make_private_folder(folder); !made) return report(made.error());
  if (const Status written = host::write_durable_file(file, unit); !written) return report(written.error());
  print("Written: " + file + "\n");
  if (run_program({"systemd-analyze", "--user", "verify", file}) == 0) print("Checked by systemd-analyze.\n");
  if (run_program({"systemctl", "--user", "daemon-reload"}) != 0 ||
      run_program({"systemctl", "--user", "enable", "--now", unit_name}) != 0) {
    print_error(
        "leanspec-bridge: the unit is written, but systemd could not be asked to start it from here.\n"
        "In a session of your own, run: systemctl --user daemon-reload && systemctl --user enable --now "
        "leanspec-bridge\n");
    return exit_failed;
  }
  print("leanspec-bridge runs now and at every login. To run without a login: loginctl enable-linger\n");
  return exit_done;
}

[[nodiscard]] int uninstall() {
  const std::string file = unit_folder() + "/" + unit_name;
  if (!host::path_exists(file)) {
    print("No service is installed.\n");
    return exit_done;
  }
  (void)run_program({"systemctl", "--user", "disable", "--now", unit_name});
  if (::unlink(file.c_str()) != 0) return report(Error(ErrorCode::io, "could not be removed", file));
  (void)run_program({"systemctl", "--user", "daemon-reload"});
  print("Removed: " + file + ". The state folder and your files stay.\n");
  return exit_done;
}

[[nodiscard]] int show(const StateFolder& state) {
  const std::string file = unit_folder() + "/" + unit_name;
  if (!host::path_exists(file)) {
    print("No service is installed. Install it: leanspec-bridge service install\n");
    return exit_not_running;
  }
  print("Installed: " + file + "\nState folder: " + state.path() + "\n");
  return run_program({"systemctl", "--user", "--no-pager", "status", unit_name}) == 0 ? exit_done : exit_not_running;
}

}  // namespace

std::string service_unit(const std::string& program, const std::string& state, const std::vector<std::string>& roots) {
  std::string writable = quoted(state);
  for (const std::string& root : roots) writable += " " + quoted("-" + root);
  // Namespaces stay allowed where systemd needs them itself; what a user manager cannot apply it leaves out with a
  // note.
  return "# Made by `leanspec-bridge service install`; run it again after `add` or `remove`.\n"
         "[Unit]\n"
         "Description=LeanSpec bridge: keeps specs in sync with a hub\n"
         "Wants=network-online.target\n"
         "After=network-online.target\n"
         "\n"
         "[Service]\n"
         "Type=notify\n"
         "ExecStart=" +
         quoted(program) + " run --state-dir " + quoted(state) +
         "\n"
         "Restart=on-failure\n"
         "RestartSec=2s\n"
         "UMask=0077\n"
         "NoNewPrivileges=yes\n"
         "ProtectSystem=strict\n"
         "ReadWritePaths=" +
         writable +
         "\n"
         "PrivateTmp=no\n"
         "ProtectKernelTunables=yes\n"
         "ProtectKernelModules=yes\n"
         "ProtectKernelLogs=yes\n"
         "ProtectControlGroups=yes\n"
         "ProtectClock=yes\n"
         "ProtectHostname=yes\n"
         "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK\n"
         "RestrictNamespaces=yes\n"
         "RestrictRealtime=yes\n"
         "RestrictSUIDSGID=yes\n"
         "LockPersonality=yes\n"
         "MemoryDenyWriteExecute=yes\n"
         "SystemCallArchitectures=native\n"
         "SystemCallFilter=@system-service\n"
         "CapabilityBoundingSet=\n"
         "MemoryMax=256M\n"
         "LimitNOFILE=16384\n"
         "\n"
         "[Install]\n"
         "WantedBy=default.target\n";
}

int run_service(const CommandLine& line, const StateFolder& state) {
  const std::string& what = line.words[0];
  if (what == "install") return install(line, state);
  if (what == "uninstall") return uninstall();
  if (what == "status") return show(state);
  print_error("leanspec-bridge: service: is written so: leanspec-bridge service install|uninstall|status\n");
  return exit_usage;
}

}  // namespace leanspec::bridge::run
