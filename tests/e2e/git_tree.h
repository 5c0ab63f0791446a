#pragma once

#include <filesystem>
#include <string>

#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace leanspec::e2e {

/// A work tree that the real git works in, with an empty repository that it is pushed to. Nobody's settings count.
class GitTree {
 public:
  explicit GitTree(const Scratch& scratch)
      : scratch_(scratch.path()), tree_(scratch / "demo"), origin_(scratch / "origin.git") {}

  [[nodiscard]] const std::filesystem::path& folder() const { return tree_; }
  [[nodiscard]] const std::filesystem::path& origin() const { return origin_; }

  /// What git said. `where`: this tree by default.
  std::string git(const std::string& command, const std::filesystem::path& where = {}) const {
    SpawnOptions options;
    options.output_folder = scratch_;
    options.name = "git";
    options.working_folder = where.empty() ? tree_ : where;
    options.environment = {{"GIT_AUTHOR_NAME", "Ada"},    {"GIT_AUTHOR_EMAIL", "ada@example.com"},
                           {"GIT_COMMITTER_NAME", "Ada"}, {"GIT_COMMITTER_EMAIL", "ada@example.com"},
                           {"GIT_EDITOR", "true"},        {"GIT_CONFIG_NOSYSTEM", "1"},
                           {"HOME", scratch_.string()}};
    const auto ended = run_program({"/bin/sh", "-c", "git " + command}, options);
    return ended.output + ended.errors;
  }
  void commit(const std::string& message, const std::filesystem::path& where = {}) const {
    git("add -A", where);
    git("commit -q -m '" + message + "'", where);
  }
  void begin() const {
    git("init -q --bare -b main " + origin_.string(), scratch_);
    git("init -q -b main");
    git("remote add origin " + origin_.string());
  }
  void commit_and_push_first() const {
    commit("first");
    git("push -q -u origin main");
  }

 private:
  std::filesystem::path scratch_;
  std::filesystem::path tree_;
  std::filesystem::path origin_;
};

}  // namespace leanspec::e2e
