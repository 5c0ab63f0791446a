#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/http.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

struct MintedKey {
  std::int64_t id = 0;
  std::string secret;
};

/// One version of a file as the API shows it.
struct HubVersion {
  std::string id;
  std::string hash;  ///< "" for a deletion
  std::string path;
  std::uint64_t size = 0;
  bool head = true;  ///< false: kept beside the head
};

/// A file's text as the API gives it.
struct HubFile {
  std::string content;
  std::string hash;
};

/// leanspec-hub with a data folder and a port of its own, and what it says over its API.
class HubProcess {
 public:
  explicit HubProcess(const Scratch& scratch, std::string name = "hub");

  /// Where it keeps its data; set before the first start.
  void keep_data_in(std::filesystem::path folder) { data_ = std::move(folder); }
  /// On another machine, with other limits; of the options those that are not about files of output.
  void start_with(const SpawnOptions& options) { options_ = options; }
  void add_words(std::vector<std::string> words) { words_ = std::move(words); }
  /// Starts it on the same port as before, and waits until it answers. False: it ended or did not answer in a minute.
  [[nodiscard]] bool start();
  /// Starts it again and asks this from the first moment on; milliseconds from the start to the whole answer.
  [[nodiscard]] double start_and_ask(const std::string& path);
  /// SIGTERM; the exit code, or nothing if it still ran after `within`.
  [[nodiscard]] std::optional<int> stop(std::chrono::milliseconds within = std::chrono::seconds(20));
  void kill_now() { process_->kill_now(); }
  void signal(int number) const { process_->signal(number); }
  [[nodiscard]] bool running() { return process_ != nullptr && process_->running(); }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// Runs another command of the program on the same data.
  [[nodiscard]] Finished command(const std::vector<std::string>& words) const;
  [[nodiscard]] std::string errors() const { return process_ == nullptr ? "" : process_->errors(); }

  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::uint16_t port() const { return parse_address(url_).port; }

  /// The first key made is the one that the questions below are asked with.
  MintedKey make_key(const std::string& scopes = "bridge:sync,specs:read,specs:write,project:admin");
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] HttpClient client() const { return {url_, key_}; }

  /// Nothing if the hub has no such file. `path` as in the specs folder: "001-a/README.md".
  [[nodiscard]] std::optional<HubFile> file(const std::string& project, const std::string& path) const;
  /// The SHA-256 of the head's bytes; "" if there is no such file, also of files that are no text.
  [[nodiscard]] std::string hash(const std::string& project, const std::string& path) const;
  /// All versions, newest first.
  [[nodiscard]] std::vector<HubVersion> history(const std::string& project, const std::string& path) const;
  [[nodiscard]] std::string version_text(const std::string& project, const std::string& path,
                                         const HubVersion& version) const;
  [[nodiscard]] std::vector<HubVersion> held(const std::string& project) const;
  [[nodiscard]] std::size_t specs(const std::string& project) const;
  [[nodiscard]] std::vector<std::string> spec_ids(const std::string& project) const;
  /// The machine of this name, or null.
  [[nodiscard]] boost::json::value machine(const std::string& name) const;

 private:
  void spawn();
  [[nodiscard]] boost::json::value read(const std::string& path) const;

  const Scratch& scratch_;
  std::string name_;
  std::filesystem::path data_;
  std::vector<std::string> words_;
  SpawnOptions options_;
  std::string url_;
  std::string key_;
  std::unique_ptr<Process> process_;
  mutable std::unique_ptr<HttpClient> client_;
};

}  // namespace leanspec::e2e
