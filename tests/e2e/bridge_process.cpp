#include "tests/e2e/bridge_process.h"

#include <signal.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "tests/e2e/wait_until.h"

namespace leanspec::e2e {
namespace {

namespace json = boost::json;

[[nodiscard]] FolderState folder_of(const json::object& folder) {
  FolderState state;
  const auto text = [&](const char* name) {
    const json::value* value = folder.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  const auto count = [&](const char* name) {
    const json::value* value = folder.if_contains(name);
    if (value == nullptr) return std::size_t{0};
    return (value->is_object() ? value->at("total") : *value).to_number<std::size_t>();
  };
  state.state = text("state");
  for (const char* name : {"detail", "remedy", "problem", "problemRemedy", "connection", "connectionRemedy"}) state.words += text(name) + "\n";
  for (const json::value& warning : folder.at("warnings").as_array())
    state.words += std::string(warning.as_string()) + "\n";
  state.documents = count("documents");
  state.in_sync = count("inSync");
  state.pending = count("pending");
  state.held = count("held");
  state.incoming = count("incoming");
  state.problems = count("problems");
  state.all = folder;
  return state;
}

}  // namespace

BridgeProcess::BridgeProcess(const Scratch& scratch, std::string name)
    : scratch_(scratch), name_(std::move(name)), state_(scratch.path() / (name_ + "-state")) {
  options_.output_folder = scratch.path();
  options_.name = name_;
  words_ = {"--name", name_};
}

Finished BridgeProcess::command(std::vector<std::string> words) const {
  words.insert(words.begin(), {bridge_program(), "--state-dir", state_.string()});
  SpawnOptions options;
  options.output_folder = scratch_.path();
  options.name = name_ + "-command";
  return run_program(std::move(words), options);
}

Finished BridgeProcess::login(const std::string& url, const std::string& secret, std::vector<std::string> more) const {
  const std::filesystem::path file = scratch_.path() / (name_ + ".key");
  std::ofstream(file) << secret << '\n';
  std::vector<std::string> words{"login", url, "--api-key-file", file.string(), "--name", name_};
  words.insert(words.end(), more.begin(), more.end());
  return command(std::move(words));
}

Finished BridgeProcess::add(const std::filesystem::path& folder, const std::string& project) const {
  return command({"add", folder.string(), "--project", project});
}

void BridgeProcess::start_with(const SpawnOptions& options, std::vector<std::string> words) {
  options_ = options;
  options_.output_folder = scratch_.path();
  options_.name = name_;
  words_ = std::move(words);
  words_.insert(words_.end(), {"--name", name_});
}

void BridgeProcess::start_at_once() {
  std::vector<std::string> words{bridge_program(), "--state-dir", state_.string(), "run"};
  words.insert(words.end(), words_.begin(), words_.end());
  process_ = std::make_unique<Process>(std::move(words), options_);
}

bool BridgeProcess::start() {
  start_at_once();
  const auto answers = [&] {
    const int code = command({"status", "--json"}).code;
    return code == 0 || code == 4;
  };
  return wait_until([&] { return !process_->running() || answers(); }) && process_->running();
}

std::optional<int> BridgeProcess::stop(std::chrono::milliseconds within) {
  process_->signal(SIGTERM);
  return process_->wait_for_exit(within);
}

FolderState BridgeProcess::folder(const std::filesystem::path& root) const {
  const Finished shown = command({"status", "--json"});
  if (shown.output.empty()) return {};
  const json::value status = json::parse(shown.output);
  for (const json::value& folder : status.at("folders").as_array()) {
    if (folder.at("root").as_string() == root.string()) return folder_of(folder.as_object());
  }
  return {};
}

std::string BridgeProcess::why(const std::filesystem::path& file) const {
  const Finished answer = command({"why", file.string()});
  return answer.output + answer.errors;
}

}  // namespace leanspec::e2e
