#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/hub_process.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

/// What `status --json` says of one folder, with all its words in one text for assertions about messages.
struct FolderState {
  std::string state;  ///< "" while nothing is known of the folder
  std::string words;  ///< detail, remedy, problem, connection, warnings
  std::size_t documents = 0;
  std::size_t in_sync = 0;
  std::size_t pending = 0;
  std::size_t held = 0;
  std::size_t incoming = 0;
  std::size_t problems = 0;
  boost::json::value all;

  /// Connected, and nothing is on its way; what cannot be agreed on is in held, incoming and problems.
  [[nodiscard]] bool live() const { return (state == "live" || state == "differs") && pending == 0; }
};

/// leanspec-bridge with a state folder of its own, and what its commands say.
class BridgeProcess {
 public:
  explicit BridgeProcess(const Scratch& scratch, std::string name = "bridge");

  void keep_state_in(std::filesystem::path folder) { state_ = std::move(folder); }
  [[nodiscard]] const std::filesystem::path& state() const { return state_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] Finished command(std::vector<std::string> words) const;
  [[nodiscard]] Finished login(const std::string& url, const std::string& secret,
                               std::vector<std::string> more = {}) const;
  [[nodiscard]] Finished add(const std::filesystem::path& folder, const std::string& project) const;

  /// `run`; waits until it answers. What it is started with stays for the next start.
  [[nodiscard]] bool start();
  /// The same without waiting.
  void start_at_once();
  void start_with(const SpawnOptions& options, std::vector<std::string> words = {});
  [[nodiscard]] std::optional<int> stop(std::chrono::milliseconds within = std::chrono::seconds(10));
  void kill_now() { process_->kill_now(); }
  void signal(int number) const { process_->signal(number); }
  [[nodiscard]] bool running() { return process_ != nullptr && process_->running(); }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  [[nodiscard]] std::string log() const { return process_ == nullptr ? "" : process_->errors(); }

  [[nodiscard]] FolderState folder(const std::filesystem::path& root) const;
  [[nodiscard]] std::string why(const std::filesystem::path& file) const;

 private:
  const Scratch& scratch_;
  std::string name_;
  std::filesystem::path state_;
  SpawnOptions options_;
  std::vector<std::string> words_;
  std::unique_ptr<Process> process_;
};

}  // namespace leanspec::e2e
