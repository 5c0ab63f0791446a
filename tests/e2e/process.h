#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace leanspec::e2e {

struct SpawnOptions {
  std::filesystem::path output_folder;  ///< takes NAME.out and NAME.err
  std::string name = "process";         ///< of those files
  std::filesystem::path working_folder;
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside our own
  /// Root reads everything; with this it is held to the permission bits, as a user is.
  bool obey_permissions = false;
  /// A user namespace of its own with so many inotify watches; the machine's limit stays as it is.
  std::optional<int> inotify_watches_max;
};

/// A program under test: started without a shell, its output in files, killed with this object or with the test.
/// One thread.
class Process {
 public:
  Process(std::vector<std::string> words, const SpawnOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  void signal(int number) const;
  /// SIGKILL, and waits until it is gone.
  void kill_now();
  /// The exit code, or 128 + the signal; nothing if it still runs then.
  [[nodiscard]] std::optional<int> wait_for_exit(std::chrono::milliseconds within);
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_;
  std::filesystem::path output_;
  std::filesystem::path errors_;
};

struct Finished {
  int code = -1;  ///< 128 + the signal; -1: it did not end in time and was killed
  std::string output;
  std::string errors;
};

/// Runs a program to its end.
[[nodiscard]] Finished run_program(std::vector<std::string> words, const SpawnOptions& options,
                                   std::chrono::milliseconds within = std::chrono::seconds(30));

/// The program of this build, or the one that the environment names instead.
[[nodiscard]] std::string hub_program();
[[nodiscard]] std::string bridge_program();

}  // namespace leanspec::e2e
