#include "tests/e2e/process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "host/descriptor.h"
#include "tests/fakes/corpus.h"

extern char** environ;

namespace leanspec::e2e {
namespace {

constexpr int exit_not_started = 127;

/// Everything that the child needs, made before the fork: between fork and exec nothing may allocate.
struct Prepared {
  std::vector<std::string> words;
  std::vector<std::string> variables;
  std::vector<char*> argv;
  std::vector<char*> envp;
  std::string uid_map;
  std::string gid_map;
  std::string watches;
};

[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

[[nodiscard]] Prepared prepare(std::vector<std::string> words, const SpawnOptions& options) {
  Prepared made;
  made.words = std::move(words);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    // What the person who runs the tests has set up for a bridge or hub of their own means nothing here.
    const bool ours = text.starts_with("LEANSPEC_") || text.starts_with("PORT=");
    if (!ours) made.variables.push_back(text);
  }
  for (const auto& [name, value] : options.environment) made.variables.push_back(name + "=" + value);
  made.argv = pointers(made.words);
  made.envp = pointers(made.variables);
  made.uid_map = "0 " + std::to_string(::getuid()) + " 1";
  made.gid_map = "0 " + std::to_string(::getgid()) + " 1";
  if (options.inotify_watches_max) made.watches = std::to_string(*options.inotify_watches_max);
  return made;
}

[[nodiscard]] bool write_to(const char* file, std::string_view text) {
  const int descriptor = ::open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(descriptor);
  return written;
}

[[nodiscard]] bool limit_watches(const Prepared& prepared) {
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  return write_to("/proc/self/uid_map", prepared.uid_map) && write_to("/proc/self/setgroups", "deny") &&
         write_to("/proc/self/gid_map", prepared.gid_map) &&
         write_to("/proc/sys/user/max_inotify_watches", prepared.watches);
}

[[noreturn]] void become(const Prepared& prepared, const SpawnOptions& options, int output, int errors) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);  // Ctrl-C in the terminal is for the test
  bool ready = ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0;
  const int nothing = ::open("/dev/null", O_RDONLY);
  ready = ready && nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0;
  if (!options.working_folder.empty()) ready = ready && ::chdir(options.working_folder.c_str()) == 0;
  if (options.inotify_watches_max) ready = ready && limit_watches(prepared);
  if (options.obey_permissions && ::geteuid() == 0) {
    ready = ready && ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) == 0 &&
            ::prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH) == 0;
  }
  if (ready) ::execve(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
  ::_exit(exit_not_started);
}

[[nodiscard]] int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Process::Process(std::vector<std::string> words, const SpawnOptions& options)
    : output_(options.output_folder / (options.name + ".out")), errors_(options.output_folder / (options.name + ".err")) {
  const Prepared prepared = prepare(std::move(words), options);
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  const host::Descriptor output(::open(output_.c_str(), flags, 0600));
  const host::Descriptor errors(::open(errors_.c_str(), flags, 0600));
  if (!output || !errors) throw std::runtime_error("cannot write into " + options.output_folder.string());
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become(prepared, options, output.get(), errors.get());
}

Process::~Process() { kill_now(); }

bool Process::running() { return !wait_for_exit(std::chrono::milliseconds(0)); }

void Process::signal(int number) const {
  if (!exit_) ::kill(pid_, number);
}

void Process::kill_now() {
  signal(SIGKILL);
  (void)wait_for_exit(std::chrono::seconds(10));
}

std::optional<int> Process::wait_for_exit(std::chrono::milliseconds within) {
  if (exit_) return exit_;
  const host::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waited{process.get(), POLLIN, 0};
  const auto deadline = std::chrono::steady_clock::now() + within;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int ready = ::poll(&waited, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    break;
  }
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_) exit_ = code_of(status);
  return exit_;
}

std::string Process::output() const { return tests::read_file(output_); }
std::string Process::errors() const { return tests::read_file(errors_); }

Finished run_program(std::vector<std::string> words, const SpawnOptions& options, std::chrono::milliseconds within) {
  static int runs = 0;
  SpawnOptions own = options;
  own.name += "-" + std::to_string(++runs);
  Process process(std::move(words), own);
  Finished finished;
  finished.code = process.wait_for_exit(within).value_or(-1);
  process.kill_now();
  finished.output = process.output();
  finished.errors = process.errors();
  return finished;
}

std::string hub_program() {
  const char* named = std::getenv("LEANSPEC_HUB");
  return named != nullptr ? named : LEANSPEC_HUB_PROGRAM;
}

std::string bridge_program() {
  const char* named = std::getenv("LEANSPEC_BRIDGE");
  return named != nullptr ? named : LEANSPEC_BRIDGE_PROGRAM;
}

}  // namespace leanspec::e2e
