#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leanspec::github_rig {

/// A real git repository in a folder of its own, made and read by the git program. For tests: throws when git fails.
class GitRepository {
 public:
  GitRepository();
  ~GitRepository();
  GitRepository(const GitRepository&) = delete;
  GitRepository& operator=(const GitRepository&) = delete;

  /// Writes files (nothing: removes them) and commits on the branch that is checked out. Returns the commit.
  std::string commit(const std::map<std::string, std::optional<std::string>>& files);
  std::string commit_symlink(const std::string& path, const std::string& target);
  std::string commit_submodule(const std::string& path);
  void configure(const std::string& key, const std::string& value);
  void repack();
  /// Goes back so many commits, as somebody does before a force push.
  void go_back(int commits);
  void new_branch(const std::string& name);
  void rename_branch(const std::string& name);

  /// The object that a name stands for; nothing: none.
  [[nodiscard]] std::optional<std::string> resolve(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> kind(const std::string& id) const;

  struct Entry {
    std::string mode;
    std::string kind;
    std::string id;
    std::string size;  ///< "-" of what is no file
    std::string path;
  };
  [[nodiscard]] std::vector<Entry> tree(const std::string& id, bool recursive) const;
  [[nodiscard]] std::string blob(const std::string& id) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  struct Ran {
    int code = 0;
    std::string output;
  };
  [[nodiscard]] Ran run(const std::vector<std::string>& words) const;
  std::string git(const std::vector<std::string>& words) const;
  std::string commit_index();

  std::filesystem::path folder_;
};

}  // namespace leanspec::github_rig
