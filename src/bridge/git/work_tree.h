#pragma once

#include <functional>
#include <string>

#include "bridge/engine/git_fingerprint.h"
#include "vocabulary/time.h"

namespace leanspec::bridge::git {

/// The git work tree that a folder lies in, found anew whenever it is not there (any more). Reads only what git keeps
/// in its folder: a handful of stats and small reads, no subprocess. One thread.
class WorkTree {
 public:
  /// `folder` is absolute, its links resolved.
  explicit WorkTree(std::string folder) : folder_(std::move(folder)) {}

  /// What git is about now. Never fails: what cannot be read is its `problem`.
  [[nodiscard]] engine::GitFingerprint read(Instant now);

  /// "" if there is none.
  [[nodiscard]] const std::string& top() const { return top_; }
  /// Of the folder within the work tree, with a slash at its end; "" if it is the top.
  [[nodiscard]] std::string prefix() const;

 private:
  void find();

  std::string folder_;
  std::string top_;
  std::string git_folder_;     ///< of this work tree: HEAD, index, what is under way
  std::string common_folder_;  ///< with the refs; the same but for a linked work tree
};

/// A process of git works in `top` or in `git_folder`, as far as the system lets us see.
[[nodiscard]] bool git_process_works_in(const std::string& top, const std::string& git_folder);

}  // namespace leanspec::bridge::git
