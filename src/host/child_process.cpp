#include "host/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <thread>

#include "host/descriptor.h"
#include "host/system_error.h"

namespace leanspec::host {
namespace {

using Clock = std::chrono::steady_clock;

/// A child that has closed its output ends in a moment; it is asked for at this interval.
constexpr std::chrono::milliseconds ended_interval{1};

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

[[nodiscard]] Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(errno, "no pipe could be made", "a child process");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  all.reserve(words.size() + 1);
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// The program and the ends of its pipes; kills what still runs.
class Running {
 public:
  Running(pid_t pid, Descriptor output, Descriptor errors)
      : pid_(pid), output_(std::move(output)), errors_(std::move(errors)) {}
  ~Running() {
    if (ended_) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] Result<ChildOutput> listen(const ChildProcess& child, int cancel) {
    const auto deadline = Clock::now() + child.time_max;
    const auto too_slow = [&] {
      return Error(ErrorCode::timeout,
                   "did not end within " + std::to_string(child.time_max.count() / 1000) + " seconds", child.words[0]);
    };
    ChildOutput said;
    while (output_ || errors_) {
      std::array<pollfd, 3> waiting{{{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}, {cancel, POLLIN, 0}}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) return too_slow();
      const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
      if (ready < 0 && errno != EINTR) return system_error(errno, "could not be listened to", child.words[0]);
      if (ready <= 0) continue;
      if (waiting[2].revents != 0) return Error(ErrorCode::cancelled, "is not waited for any more", child.words[0]);
      if (waiting[0].revents != 0) take(output_, said.output, child.output_bytes_max + 1);
      if (waiting[1].revents != 0) take(errors_, said.errors, child_errors_bytes_max);
      if (said.output.size() > child.output_bytes_max) {
        return Error(ErrorCode::too_large, "said more than " + std::to_string(child.output_bytes_max) + " bytes",
                     child.words[0]);
      }
    }
    for (;;) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended < 0 && errno != EINTR) {
        ended_ = true;
        return system_error(errno, "is not known as a child", child.words[0]);
      }
      if (ended == pid_) {
        ended_ = true;
        said.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return said;
      }
      if (Clock::now() >= deadline) return too_slow();
      std::this_thread::sleep_for(ended_interval);
    }
  }

 private:
  /// What is beyond `limit` is read and forgotten.
  static void take(Descriptor& from, std::string& to, std::size_t limit) {
    std::array<char, 16 * 1024> buffer{};
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return from.reset();
    to.append(buffer.data(), std::min(static_cast<std::size_t>(count), limit - std::min(limit, to.size())));
  }

  pid_t pid_;
  bool ended_ = false;
  Descriptor output_;
  Descriptor errors_;
};

/// What posix_spawn wants to be told, freed whatever happens.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

Result<ChildOutput> run_child(const ChildProcess& child, int cancel) {
  LEANSPEC_ASSIGN(Pipe output, make_pipe());
  LEANSPEC_ASSIGN(Pipe errors, make_pipe());
  SpawnPlan plan;
  ::posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output.writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.actions, errors.writing.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, STDERR_FILENO + 1);
  if (!child.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&plan.actions, child.folder.c_str());
  // Its own group, so that its children go with it; and the signals as a program expects them.
  sigset_t none;
  sigset_t ordinary;
  ::sigemptyset(&none);
  ::sigemptyset(&ordinary);
  ::sigaddset(&ordinary, SIGPIPE);
  ::posix_spawnattr_setsigmask(&plan.attributes, &none);
  ::posix_spawnattr_setsigdefault(&plan.attributes, &ordinary);
  ::posix_spawnattr_setpgroup(&plan.attributes, 0);
  ::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> words = child.words;
  std::vector<std::string> environment;
  for (const auto& name : child.inherited) {
    if (const char* value = std::getenv(name.c_str())) environment.push_back(name + "=" + value);
  }
  for (const auto& [name, value] : child.environment) environment.push_back(name + "=" + value);
  pid_t pid = -1;
  const int refused = ::posix_spawnp(&pid, words[0].c_str(), &plan.actions, &plan.attributes, pointers(words).data(),
                                     pointers(environment).data());
  if (refused != 0) return system_error(refused, "could not be started", child.words[0]);
  output.writing.reset();
  errors.writing.reset();
  Running running(pid, std::move(output.reading), std::move(errors.reading));
  return running.listen(child, cancel);
}

}  // namespace leanspec::host
