#include "bridge/git/work_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "host/durable_file.h"

namespace leanspec::bridge::git {
namespace {

using engine::GitFile;
using engine::GitFingerprint;
using engine::GitOperation;

/// HEAD, a ref, a `.git` file: one line each, and the path in it is 4 KiB at most.
constexpr std::uint64_t line_bytes_max = 16 * 1024;

constexpr std::pair<const char*, GitOperation> signs[] = {
    {"MERGE_HEAD", GitOperation::merge},
    {"MERGE_AUTOSTASH", GitOperation::autostash},
    {"CHERRY_PICK_HEAD", GitOperation::cherry_pick},
    {"REVERT_HEAD", GitOperation::revert},
    {"sequencer", GitOperation::sequence},
    {"rebase-merge", GitOperation::rebase},
    {"BISECT_LOG", GitOperation::bisect},
};

[[nodiscard]] std::optional<GitFile> look(const std::string& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return std::nullopt;
  return GitFile{facts.st_ino, facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec,
                 static_cast<std::uint64_t>(facts.st_size)};
}

[[nodiscard]] std::string without_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

[[nodiscard]] std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

[[nodiscard]] std::string joined(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : (folder == "/" ? "/" : folder + "/") + path;
}

/// What `name` names, links resolved; "" if there is no such folder.
[[nodiscard]] std::string resolved_folder(const std::string& name) {
  char* found = ::realpath(name.c_str(), nullptr);
  std::string path = found == nullptr ? "" : found;
  std::free(found);
  return host::is_folder(path) ? path : "";
}

[[nodiscard]] bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/') || folder == "/";
}

[[nodiscard]] std::string link_at(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  return length <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

bool git_process_works_in(const std::string& top, const std::string& git_folder) {
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return false;
  bool found = false;
  while (const dirent* entry = found ? nullptr : ::readdir(processes)) {
    const std::string_view name = entry->d_name;
    if (name.find_first_not_of("0123456789") != std::string_view::npos) continue;
    const std::string process = "/proc/" + std::string(name);
    const auto command = host::read_small_file(process + "/comm", line_bytes_max);
    if (!command || !command->starts_with("git")) continue;
    const std::string works_in = link_at(process + "/cwd");
    found = !works_in.empty() && (is_within(works_in, top) || is_within(works_in, git_folder));
  }
  ::closedir(processes);
  return found;
}

void WorkTree::find() {
  top_.clear();
  git_folder_.clear();
  for (std::string at = folder_;; at = parent_of(at)) {
    const std::string sign = joined(at, ".git");
    struct stat facts {};
    if (::lstat(sign.c_str(), &facts) == 0) {
      std::string git_folder = sign;
      if (S_ISREG(facts.st_mode)) {
        const auto said = host::read_small_file(sign, line_bytes_max);
        constexpr std::string_view key = "gitdir: ";
        git_folder = said && said->starts_with(key) ? joined(at, without_end(said->substr(key.size()))) : "";
      }
      git_folder = resolved_folder(git_folder);
      // As git has it, a folder without HEAD is none of its own.
      if (!git_folder.empty() && host::path_exists(git_folder + "/HEAD")) {
        top_ = at;
        git_folder_ = std::move(git_folder);
        break;
      }
    }
    if (at == "/") return;
  }
  const auto common = host::read_small_file(git_folder_ + "/commondir", line_bytes_max);
  common_folder_ = common ? resolved_folder(joined(git_folder_, without_end(*common))) : git_folder_;
}

std::string WorkTree::prefix() const {
  if (top_.empty() || folder_ == top_) return "";
  return folder_.substr(top_ == "/" ? 1 : top_.size() + 1) + "/";
}

GitFingerprint WorkTree::read(Instant now) {
  GitFingerprint seen;
  if (git_folder_.empty() || !look(git_folder_ + "/HEAD")) find();
  if (git_folder_.empty()) return seen;
  seen.work_tree = true;
  const auto head = host::read_small_file(git_folder_ + "/HEAD", line_bytes_max);
  if (!head) {
    seen.problem = head.error().sentence();
    return seen;
  }
  seen.head = without_end(*head);
  constexpr std::string_view ref_key = "ref: ";
  constexpr std::string_view branch_key = "refs/heads/";
  if (seen.head.starts_with(ref_key)) {
    const std::string ref = seen.head.substr(ref_key.size());
    seen.branch = ref.starts_with(branch_key) ? ref.substr(branch_key.size()) : ref;
    if (seen.branch == ".invalid") {
      seen.problem = "it keeps its branches in reftables, which are not understood here";
      return seen;
    }
    if (const auto commit = host::read_small_file(common_folder_ + "/" + ref, line_bytes_max)) {
      seen.commit = without_end(*commit);
    } else if (const auto packed = look(common_folder_ + "/packed-refs")) {
      seen.commit = "packed " + std::to_string(packed->inode) + " " + std::to_string(packed->modified_ns);
    }
  } else {
    seen.commit = seen.head;
  }
  seen.index = look(git_folder_ + "/index");
  seen.index_lock = look(git_folder_ + "/index.lock");
  seen.head_lock = look(git_folder_ + "/HEAD.lock");
  for (const auto& [name, operation] : signs) {
    if (const auto sign = look(git_folder_ + "/" + name)) seen.operations.emplace(operation, sign->modified_ns);
  }
  if (const auto mail = look(git_folder_ + "/rebase-apply")) {
    const bool is_mail = host::path_exists(git_folder_ + "/rebase-apply/applying");
    seen.operations.emplace(is_mail ? GitOperation::mail : GitOperation::rebase, mail->modified_ns);
  }
  const auto is_old = [&](const std::optional<GitFile>& lock) {
    return lock && engine::since(lock->modified_ns, now) >= engine::git_lock_patience;
  };
  if (is_old(seen.index_lock) || is_old(seen.head_lock)) seen.git_runs = git_process_works_in(top_, git_folder_);
  return seen;
}

}  // namespace leanspec::bridge::git
