#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/bridge_process.h"
#include "tests/e2e/hub_process.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait_until.h"
#include "tests/fakes/corpus.h"

namespace leanspec::e2e {

/// One hub, one bridge, and the specs folder of one project: what most of these tests start from. A failed test prints
/// the end of both logs.
class Site : public testing::Test {
 protected:
  Scratch scratch;
  HubProcess hub{scratch};
  BridgeProcess bridge{scratch};
  std::string project = "demo";
  std::filesystem::path specs = scratch / "demo/specs";

  void SetUp() override { std::filesystem::create_directories(specs); }

  void TearDown() override {
    if (!HasFailure()) return;
    const auto end_of = [](const std::string& log) { return log.substr(log.size() > 4000 ? log.size() - 4000 : 0); };
    std::cout << "The hub said:\n" << end_of(hub.errors()) << "The bridge said:\n" << end_of(bridge.log());
  }

  /// The hub runs and the bridge knows it; the bridge does not run.
  void prepare() {
    ASSERT_TRUE(hub.start()) << hub.errors();
    const MintedKey key = hub.make_key();
    join(bridge, hub.url(), key.secret);
  }

  void join(BridgeProcess& one, const std::string& url, const std::string& secret) {
    const Finished in = one.login(url, secret);
    ASSERT_EQ(in.code, 0) << in.errors;
    const Finished added = one.add(specs, project);
    ASSERT_EQ(added.code, 0) << added.errors;
  }

  /// Both run, and all that is in the folder is at the hub.
  void start_all() {
    ASSERT_NO_FATAL_FAILURE(prepare());
    ASSERT_TRUE(bridge.start()) << bridge.log();
    ASSERT_TRUE(wait_until([&] { return state().live(); })) << shown();
  }

  [[nodiscard]] FolderState state() const { return bridge.folder(specs); }
  [[nodiscard]] std::string shown() const { return bridge.command({"status"}).output; }

  void save(const std::string& path, std::string_view text) const { save_in_place(specs / path, text); }
  [[nodiscard]] std::string on_disk(const std::string& path) const { return tests::read_file(specs / path); }

  /// The hub's head has the bytes that are on disk now.
  [[nodiscard]] bool same(const std::string& path) const {
    return std::filesystem::exists(specs / path) && hub.hash(project, path) == sha256_hex(on_disk(path));
  }
  [[nodiscard]] bool arrives(const std::string& path, std::chrono::milliseconds within = patience) const {
    return wait_until([&] { return same(path); }, within);
  }
  /// The status names the file, or says these words in another way.
  [[nodiscard]] bool says(std::string_view words, std::chrono::milliseconds within = patience) const {
    return wait_until([&] { return shown().find(words) != std::string::npos; }, within);
  }
  [[nodiscard]] bool lives(std::chrono::milliseconds within = patience) const {
    return wait_until([&] { return state().live(); }, within);
  }

  /// Texts of every version of a file, oldest first.
  [[nodiscard]] std::vector<std::string> texts(const std::string& path) const {
    std::vector<std::string> all;
    for (const HubVersion& version : hub.history(project, path))
      all.insert(all.begin(), hub.version_text(project, path, version));
    return all;
  }
};

/// `001-spec/README.md` to `NNN-spec/README.md`.
[[nodiscard]] inline std::string numbered_path(int number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits + "-spec/README.md";
}

}  // namespace leanspec::e2e
