#include "hub/sources/folder_follower.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::hub::sources {

namespace {

/// Time stamps of files are as fine as the kernel's tick, ten milliseconds at most; twice that.
constexpr std::int64_t time_stamp_grain_ns = 20'000'000;

}  // namespace

Result<FolderLook> FolderFollower::look(std::int64_t now_ns) {
  FolderLook look;
  LEANSPEC_ASSIGN(const host::FileFacts before, specs_.facts(""));
  const Files former = known_;
  ++figures_.looks;
  bytes_ = 0;
  files_ = 0;
  open_.clear();
  look_into("", 0, now_ns, look);
  std::vector<std::string> gone;
  for (const auto& [path, file] : known_) {
    if (file.seen_in != figures_.looks) gone.push_back(path);
  }
  return end_look(before, former, std::move(gone), std::move(look));
}

Result<FolderLook> FolderFollower::look_at_files(std::set<std::string> paths, std::int64_t now_ns) {
  FolderLook look;
  LEANSPEC_ASSIGN(const host::FileFacts before, specs_.facts(""));
  paths.merge(std::exchange(open_, {}));
  Files former;
  std::vector<std::string> gone;
  ++figures_.looks;
  for (const std::string& path : paths) {
    const auto known = known_.find(path);
    if (known != known_.end()) {
      former.insert(*known);
      bytes_ -= known->second.facts.size;
      --files_;
    }
    const auto facts = specs_.facts(path);
    const bool no_file = facts && facts->kind != host::FileKind::regular;
    if (!no_file && static_cast<std::size_t>(std::ranges::count(path, '/')) <= folder_depth_max)
      look_at(path, now_ns, look);
    if (const auto now = known_.find(path); now != known_.end() && now->second.seen_in != figures_.looks)
      gone.push_back(path);
  }
  return end_look(before, former, std::move(gone), std::move(look));
}

Result<FolderLook> FolderFollower::end_look(const host::FileFacts& before, const Files& former,
                                            std::vector<std::string> gone, FolderLook look) {
  const auto fail = [&](const char* why) {
    for (const SeenFile& file : look.changed) known_.erase(file.path);
    for (const auto& [path, file] : former) known_.insert_or_assign(path, file);
    return Error(ErrorCode::unavailable, why);
  };
  const auto after = specs_.facts("");
  if (!after || after->inode != before.inode || after->device != before.device)
    return fail("the specs folder was replaced while it was looked at");
  for (const std::string& path : gone) known_.erase(path);
  // An unmounted disk looks so. Whoever means it has a single file left, or makes one.
  if (known_.empty() && gone.size() > 1)
    return fail("every file of the specs folder is gone at once, so what was there is still shown");
  look.gone = std::move(gone);
  return look;
}

void FolderFollower::keep(std::string_view path) {
  const std::string inside = std::string(path) + "/";
  for (auto& [name, file] : known_) {
    if (path.empty() || name == path || name.starts_with(inside)) file.seen_in = figures_.looks;
  }
}

void FolderFollower::look_into(const std::string& folder, std::size_t depth, std::int64_t now_ns, FolderLook& look) {
  const auto unknown = [&](const std::string& path, std::string why) {
    look.skipped.push_back({path, std::move(why)});
    keep(path);
  };
  if (depth > folder_depth_max)
    return unknown(folder, "it is nested more than " + std::to_string(folder_depth_max) + " deep");
  const auto entries = specs_.list(folder);
  if (!entries) return unknown(folder, entries.error().what);
  for (const host::DirectoryEntry& entry : *entries) {
    if (is_left_out(entry.name)) continue;
    const std::string path = folder.empty() ? entry.name : folder + '/' + entry.name;
    switch (entry.kind) {
      case host::FileKind::regular:
        look_at(path, now_ns, look);
        break;
      case host::FileKind::directory:
        look_into(path, depth + 1, now_ns, look);
        break;
      case host::FileKind::symlink:
        look.skipped.push_back({path, "it is a symbolic link"});
        break;
      case host::FileKind::other:
        look.skipped.push_back({path, "it is neither a file nor a folder"});
        break;
    }
  }
}

void FolderFollower::look_at(const std::string& path, std::int64_t now_ns, FolderLook& look) {
  const auto unknown = [&](std::string why) {
    look.skipped.push_back({path, std::move(why)});
    open_.insert(path);
    keep(path);
  };
  if (path.size() > path_bytes_max)
    return unknown("its path has more than " + std::to_string(path_bytes_max) + " bytes");
  if (files_ >= folder_files_max) return unknown("there are more than " + std::to_string(folder_files_max) + " files");
  if (bytes_ >= folder_bytes_max) return unknown("the folder has more than 1 GiB");
  ++figures_.files_seen;
  const auto known = known_.find(path);
  const auto facts = specs_.facts(path);
  if (!facts) {
    if (facts.error().code != ErrorCode::not_found) unknown(facts.error().what);
    return;
  }
  ++files_;
  bytes_ += facts->size;
  if (known != known_.end() && known->second.sure && known->second.facts == *facts) {
    known->second.seen_in = figures_.looks;
    return;
  }
  // Half a text is no version (law 12); whoever closes it is heard of.
  if (const auto writing = specs_.has_writer(path); writing && *writing) return unknown("a program is writing it");
  auto content = specs_.read(path, file_bytes_max);
  if (!content) {
    if (content.error().code == ErrorCode::not_found) return;
    return unknown(content.error().code == ErrorCode::too_large ? "it is larger than 64 MiB" : content.error().what);
  }
  ++figures_.files_read;
  if (!content->stable) return unknown("it changes while it is read");
  SeenFile file;
  file.path = path;
  file.digest = digest::sha256(content->bytes);
  const bool changed = known == known_.end() || known->second.digest != file.digest;
  Known& now_known = known_[path];
  now_known.facts = content->facts;
  now_known.digest = file.digest;
  now_known.sure = now_ns - content->facts.changed_ns > time_stamp_grain_ns;
  now_known.seen_in = figures_.looks;
  if (!now_known.sure) open_.insert(path);
  if (!changed) return;
  file.bytes = std::make_shared<const std::string>(std::move(content->bytes));
  look.changed.push_back(std::move(file));
}

}  // namespace leanspec::hub::sources
