#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/http.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait_until.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {

/// The hub as people start it in a project: by its environment, without a data folder unless one is named.
class FolderHub : public testing::Test {
 protected:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  static constexpr const char* key = "a key that somebody made up";

  void SetUp() override {
    std::filesystem::create_directories(specs);
    save("001-first/README.md", spec_text("First"));
    save("002-second/README.md", spec_text("Second"));
  }
  void TearDown() override {
    if (HasFailure() && process != nullptr) std::cout << "The hub said:\n" << process->output() << process->errors();
  }

  void save(const std::string& path, const std::string& text) const { save_in_place(specs / path, text); }
  [[nodiscard]] std::string on_disk(const std::string& path) const { return tests::read_file(specs / path); }

  /// Starts it and learns its address from the link that it prints.
  [[nodiscard]] bool start(Environment environment, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {hub_program(), "--port", "0"});
    process = std::make_unique<Process>(std::move(words), options(std::move(environment)));
    const bool up = wait_until([&] {
      const std::string said = process->output();
      const auto end = said.find("#token=");
      if (end == std::string::npos || said.find('\n', end) == std::string::npos) return !process->running();
      const auto begin = said.rfind("http", end);
      url = said.substr(begin, said.find('/', begin + 8) - begin);
      token = said.substr(end + 7, said.find('\n', end) - end - 7);
      return HttpClient(url, "").get("/health/ready").status == 200 || !process->running();
    });
    return up && process->running();
  }
  /// Serves the folder alone, for programs with the key.
  [[nodiscard]] bool start_alone(Environment environment = {}) {
    environment.insert(environment.end(), {{"SPECS_MODE", "filesystem"}, {"LEANSPEC_API_KEY", key}});
    return start(std::move(environment));
  }
  [[nodiscard]] Finished refuse(Environment environment, std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {hub_program(), "--port", "0"});
    return run_program(std::move(words), options(std::move(environment)));
  }
  [[nodiscard]] HttpResponse get(const std::string& path) const { return HttpClient(url, key).get(path); }
  [[nodiscard]] HttpResponse patch(const std::string& path, const std::string& body) const {
    return HttpClient(url, key).request("PATCH", path, body);
  }
  [[nodiscard]] boost::json::value project() const { return get("/api/projects/demo").json().at("project"); }
  [[nodiscard]] std::int64_t total() const { return get("/api/specs").json().at("total").as_int64(); }
  [[nodiscard]] double metric(const std::string& name) const {
    const std::string text = get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }

  Scratch scratch;
  std::filesystem::path home = scratch / "demo";
  std::filesystem::path specs = scratch / "demo/specs";
  std::filesystem::path working_folder = home;
  std::string url;
  std::string token;
  std::unique_ptr<Process> process;

 private:
  [[nodiscard]] SpawnOptions options(Environment environment) const {
    SpawnOptions options;
    options.output_folder = scratch.path();
    options.name = "hub";
    options.working_folder = working_folder;
    options.environment = std::move(environment);
    return options;
  }
};

}  // namespace leanspec::e2e
