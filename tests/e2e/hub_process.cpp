#include "tests/e2e/hub_process.h"

#include <signal.h>

#include <boost/json/parse.hpp>
#include <stdexcept>
#include <thread>

#include "tests/e2e/wait_until.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {
namespace {

namespace json = boost::json;

[[nodiscard]] std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : std::string();
}

[[nodiscard]] HubVersion version_of(const json::value& value) {
  HubVersion version;
  version.id = text_of(value.at("version"));
  version.hash = text_of(value.at("contentHash"));
  version.path = text_of(value.at("path"));
  version.size = value.at("size").to_number<std::uint64_t>();
  version.head = text_of(value.at("kind")) == "head";
  return version;
}

/// The part of a path that names the spec, and the file in it.
[[nodiscard]] std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) throw std::runtime_error(path + " belongs to no spec");
  const auto before = path.rfind('/', slash - 1);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return {path.substr(begin, slash - begin), path.substr(slash + 1)};
}

}  // namespace

HubProcess::HubProcess(const Scratch& scratch, std::string name)
    : scratch_(scratch), name_(std::move(name)), data_(scratch.path() / (name_ + "-data")) {}

void HubProcess::spawn() {
  std::vector<std::string> words{hub_program(), "--data-dir", data_.string()};
  words.insert(words.end(), {"--port", url_.empty() ? "0" : std::to_string(port())});
  words.insert(words.end(), words_.begin(), words_.end());
  std::filesystem::remove(data_ / "hub.url");
  SpawnOptions options = options_;
  options.output_folder = scratch_.path();
  options.name = name_;
  client_.reset();
  process_ = std::make_unique<Process>(std::move(words), options);
}

double HubProcess::start_and_ask(const std::string& path) {
  const auto begun = std::chrono::steady_clock::now();
  spawn();
  for (;;) {
    HttpClient asking(url_, key_);
    if (asking.get(path).status == 200) break;
    if (!process_->running()) throw std::runtime_error("the hub ended: " + errors());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a program in another process can only be asked
  }
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

bool HubProcess::start() {
  spawn();
  const bool up = wait_until([&] {
    const std::string url = tests::read_file(data_ / "hub.url");
    if (!url.ends_with('\n')) return !process_->running();
    url_ = url.substr(0, url.size() - 1);
    return HttpClient(url_, "").get("/health/ready").status == 200 || !process_->running();
  });
  return up && process_->running();
}

std::optional<int> HubProcess::stop(std::chrono::milliseconds within) {
  process_->signal(SIGTERM);
  return process_->wait_for_exit(within);
}

Finished HubProcess::command(const std::vector<std::string>& words) const {
  std::vector<std::string> all{hub_program(), "--data-dir", data_.string()};
  all.insert(all.end(), words.begin(), words.end());
  SpawnOptions options;
  options.output_folder = scratch_.path();
  options.name = name_ + "-command";
  return run_program(std::move(all), options);
}

MintedKey HubProcess::make_key(const std::string& scopes) {
  const Finished made = command({"key", "create", "--name", "test", "--scopes", scopes, "--json"});
  if (made.code != 0) throw std::runtime_error("no key: " + made.errors);
  const json::value answer = json::parse(made.output);
  MintedKey key;
  key.id = answer.at("id").to_number<std::int64_t>();
  key.secret = text_of(answer.at("secret"));
  if (key_.empty()) key_ = key.secret;
  return key;
}

json::value HubProcess::read(const std::string& path) const {
  if (client_ == nullptr) client_ = std::make_unique<HttpClient>(url_, key_);
  HttpResponse response = client_->get(path);
  // Who asks in a circle runs into the hub's limit sooner or later, and would then never get many answers in a row.
  while (response.status == 429) {
    std::this_thread::sleep_for(std::chrono::seconds(std::stoi(response.headers.at("retry-after"))));
    response = client_->get(path);
  }
  return response.status == 200 ? response.json() : json::value();
}

std::optional<HubFile> HubProcess::file(const std::string& project, const std::string& path) const {
  const auto [spec, name] = split(path);
  const std::string where = "/api/projects/" + percent_encoded(project) + "/specs/" + percent_encoded(spec);
  const json::value answer =
      read(where + (name == "README.md" ? "/raw" : "/subspecs/" + percent_encoded(name) + "/raw"));
  // A part of a name finds a spec too; what was asked for here is the file itself.
  if (answer.is_null() || text_of(answer.at("filePath")) != path) return std::nullopt;
  return HubFile{text_of(answer.at("content")), text_of(answer.at("contentHash"))};
}

std::string HubProcess::hash(const std::string& project, const std::string& path) const {
  const auto found = file(project, path);
  return found ? found->hash : std::string();
}

std::vector<HubVersion> HubProcess::history(const std::string& project, const std::string& path) const {
  const auto [spec, name] = split(path);
  std::vector<HubVersion> versions;
  std::string cursor;
  do {
    const json::value answer = read("/api/projects/" + percent_encoded(project) + "/specs/" + percent_encoded(spec) +
                                    "/history?limit=500&file=" + percent_encoded(name) + cursor);
    if (answer.is_null()) break;
    for (const json::value& one : answer.at("versions").as_array()) versions.push_back(version_of(one));
    const std::string next = text_of(answer.at("nextCursor"));
    cursor = next.empty() ? "" : "&cursor=" + next;
  } while (!cursor.empty());
  return versions;
}

std::string HubProcess::version_text(const std::string& project, const std::string& path,
                                     const HubVersion& version) const {
  const json::value answer = read("/api/projects/" + percent_encoded(project) + "/specs/" +
                                  percent_encoded(split(path).first) + "/versions/" + version.id);
  return answer.is_null() ? std::string() : text_of(answer.at("content"));
}

std::vector<HubVersion> HubProcess::held(const std::string& project) const {
  std::vector<HubVersion> versions;
  const json::value answer = read("/api/projects/" + percent_encoded(project) + "/held");
  if (answer.is_null()) return versions;
  for (const json::value& one : answer.at("held").as_array()) versions.push_back(version_of(one));
  return versions;
}

std::size_t HubProcess::specs(const std::string& project) const {
  const json::value answer = read("/api/projects/" + percent_encoded(project) + "/specs?limit=1");
  return answer.is_null() ? 0 : answer.at("total").to_number<std::size_t>();
}

std::vector<std::string> HubProcess::spec_ids(const std::string& project) const {
  std::vector<std::string> ids;
  const json::value answer = read("/api/projects/" + percent_encoded(project) + "/specs?limit=1000");
  if (answer.is_null()) return ids;
  for (const json::value& one : answer.at("specs").as_array()) ids.push_back(text_of(one.at("id")));
  return ids;
}

json::value HubProcess::machine(const std::string& name) const {
  const json::value answer = read("/api/machines");
  if (answer.is_null()) return nullptr;
  for (const json::value& one : answer.at("machines").as_array()) {
    if (text_of(one.at("name")) == name) return one;
  }
  return nullptr;
}

}  // namespace leanspec::e2e
