#include "tests/github/git_repository.h"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

#include "host/child_process.h"

namespace leanspec::github_rig {

namespace fs = std::filesystem;

namespace {

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

GitRepository::GitRepository() {
  std::string pattern = (fs::temp_directory_path() / "leanspec-git-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for a repository");
  folder_ = pattern;
  git({"init", "-q", "-b", "main"});
}

GitRepository::~GitRepository() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

GitRepository::Ran GitRepository::run(const std::vector<std::string>& words) const {
  host::ChildProcess child;
  child.words = {"git", "-c", "core.quotepath=off", "-c", "commit.gpgsign=false"};
  child.words.insert(child.words.end(), words.begin(), words.end());
  child.folder = folder_.string();
  child.inherited = {"PATH"};
  child.environment = {{"HOME", folder_.string()},
                       {"GIT_CONFIG_GLOBAL", "/dev/null"},
                       {"GIT_CONFIG_SYSTEM", "/dev/null"},
                       {"GIT_AUTHOR_NAME", "Ada"},
                       {"GIT_AUTHOR_EMAIL", "ada@example.com"},
                       {"GIT_COMMITTER_NAME", "Ada"},
                       {"GIT_COMMITTER_EMAIL", "ada@example.com"}};
  child.output_bytes_max = std::size_t{256} * 1024 * 1024;
  auto done = host::run_child(child);
  if (!done) throw std::runtime_error("git: " + done.error().sentence());
  return {done->code, std::move(done->output)};
}

std::string GitRepository::git(const std::vector<std::string>& words) const {
  auto ran = run(words);
  if (ran.code != 0) throw std::runtime_error("git " + words.front() + " failed");
  return std::move(ran.output);
}

std::string GitRepository::commit_index() {
  git({"commit", "-q", "--allow-empty", "-m", "change"});
  return first_line(git({"rev-parse", "HEAD"}));
}

std::string GitRepository::commit(const std::map<std::string, std::optional<std::string>>& files) {
  for (const auto& [path, text] : files) {
    const fs::path file = folder_ / path;
    if (text) {
      fs::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary | std::ios::trunc) << *text;
    } else {
      fs::remove_all(file);
    }
  }
  git({"add", "-A"});
  return commit_index();
}

std::string GitRepository::commit_symlink(const std::string& path, const std::string& target) {
  fs::create_directories((folder_ / path).parent_path());
  fs::create_symlink(target, folder_ / path);
  git({"add", "-A"});
  return commit_index();
}

std::string GitRepository::commit_submodule(const std::string& path) {
  git({"update-index", "--add", "--cacheinfo", "160000," + first_line(git({"rev-parse", "HEAD"})) + "," + path});
  return commit_index();
}

void GitRepository::configure(const std::string& key, const std::string& value) {
  git({"config", key, value});
}

void GitRepository::repack() {
  git({"repack", "-a", "-d", "-f", "-q"});
}

void GitRepository::go_back(int commits) {
  git({"reset", "-q", "--hard", "HEAD~" + std::to_string(commits)});
}

void GitRepository::new_branch(const std::string& name) {
  git({"checkout", "-q", "-b", name});
}

void GitRepository::rename_branch(const std::string& name) {
  git({"branch", "-q", "-m", name});
}

std::optional<std::string> GitRepository::resolve(const std::string& name) const {
  const auto ran = run({"rev-parse", "--verify", "--quiet", "--end-of-options", name});
  if (ran.code != 0) return std::nullopt;
  return first_line(ran.output);
}

std::optional<std::string> GitRepository::kind(const std::string& id) const {
  const auto ran = run({"cat-file", "-t", id});
  if (ran.code != 0) return std::nullopt;
  return first_line(ran.output);
}

std::vector<GitRepository::Entry> GitRepository::tree(const std::string& id, bool recursive) const {
  std::vector<std::string> words{"ls-tree", "-z", "-l"};
  if (recursive) words.insert(words.end(), {"-r", "-t"});
  words.push_back(id);
  const std::string listed = git(words);
  std::vector<Entry> entries;
  for (std::size_t start = 0; start < listed.size();) {
    const auto end = listed.find('\0', start);
    const auto tab = listed.find('\t', start);
    Entry entry;
    std::string head = listed.substr(start, tab - start);
    const auto word = [&head] {
      const auto begin = head.find_first_not_of(' ');
      const auto stop = std::min(head.find(' ', begin), head.size());
      std::string taken = head.substr(begin, stop - begin);
      head.erase(0, stop);
      return taken;
    };
    entry.mode = word();
    entry.kind = word();
    entry.id = word();
    entry.size = word();
    entry.path = listed.substr(tab + 1, end - tab - 1);
    entries.push_back(std::move(entry));
    start = end + 1;
  }
  return entries;
}

std::string GitRepository::blob(const std::string& id) const {
  return git({"cat-file", "blob", id});
}

}  // namespace leanspec::github_rig
