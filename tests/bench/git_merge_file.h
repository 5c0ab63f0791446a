#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace leanspec::bench {

/// `git merge-file -p` on three texts, in a folder of its own that goes with it.
class GitMergeFile {
 public:
  GitMergeFile() {
    std::string name = (std::filesystem::temp_directory_path() / "leanspec-merge-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~GitMergeFile() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  GitMergeFile(const GitMergeFile&) = delete;
  GitMergeFile& operator=(const GitMergeFile&) = delete;

  struct Result {
    bool ran = false;
    bool clean = false;
    std::string text;
  };

  Result merge(const std::string& base, const std::string& ours, const std::string& theirs) {
    Result result;
    if (folder_.empty()) return result;
    write("base", base);
    write("ours", ours);
    write("theirs", theirs);
    const std::string out = folder_ + "/out";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::string arguments[] = {"git", "merge-file", "-p", folder_ + "/ours", folder_ + "/base", folder_ + "/theirs"};
    char* pointers[] = {arguments[0].data(),
                        arguments[1].data(),
                        arguments[2].data(),
                        arguments[3].data(),
                        arguments[4].data(),
                        arguments[5].data(),
                        nullptr};
    pid_t child = 0;
    const int failed = posix_spawnp(&child, "git", &actions, nullptr, pointers, environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failed != 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) >= 128)
      return result;
    result.ran = true;
    result.clean = WEXITSTATUS(status) == 0;
    std::ifstream file(out, std::ios::binary);
    result.text.assign(std::istreambuf_iterator<char>(file), {});
    return result;
  }

 private:
  void write(const char* name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary | std::ios::trunc) << text;
  }

  std::string folder_;
};

}  // namespace leanspec::bench
