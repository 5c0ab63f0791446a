#include "tests/fakes/small_disk.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::fakes {

void SmallDisk::write(const std::string& path, std::string text) {
  auto& file = files[path];
  if (file.inode == 0) {
    file.inode = ++inodes_;
    file.born = tick();
  }
  file.text = std::move(text);
  file.changed = tick();
}

void SmallDisk::replace(const std::string& path, std::string text) {
  files.erase(path);
  write(path, std::move(text));
}

void SmallDisk::rename(const std::string& from, const std::string& to) {
  auto node = files.extract(from);
  node.key() = to;
  node.mapped().changed = tick();
  files.erase(to);
  files.insert(std::move(node));
}

engine::ScanResult SmallDisk::scan(const engine::ScanRequest& request, const sync::DiskFiles& known) {
  ++scans;
  engine::ScanResult result;
  result.id = request.id;
  result.root = root;
  result.root_inode = root_inode;
  result.root_device = 1;
  if (root != engine::RootHealth::healthy) return result;
  result.rules = rules;
  result.truncated = truncated;
  std::uint64_t attached = 0;
  for (const auto& folder : unreadable_folders) {
    engine::Observation seen;
    seen.path = folder;
    seen.presence = engine::Presence::unknown;
    seen.problem = "Permission denied";
    result.observations.push_back(std::move(seen));
  }
  const std::set<std::string_view> wanted{request.paths.begin(), request.paths.end()};
  for (const auto& [path, file] : files) {
    if ((!request.everything && !is_beneath(path, wanted)) || hidden(path)) continue;
    if (rules && rules->match(path, false)) {
      result.ignored.push_back({path, false, *rules->match(path, false)});
      ++result.ignored_count;
      continue;
    }
    engine::Observation seen;
    seen.path = path;
    seen.facts = facts_of(file);
    if (size_of.contains(path)) seen.facts.size = size_of.at(path);
    seen.writer_open = file.writer_open;
    if (file.unreadable) {
      seen.presence = engine::Presence::unknown;
      seen.problem = "Permission denied";
    } else if (file.changing) {
      seen.changing = true;
    } else if (file.kind == sync::FileKind::regular && seen.facts.size <= request.file_bytes_max) {
      const auto before = known.find(path);
      const bool asked_for = std::find(request.paths.begin(), request.paths.end(), path) != request.paths.end();
      if (asked_for || before == known.end() || before->second.racy || before->second.facts != seen.facts) {
        ++reads;
        seen.digest = digest::sha256(file.text);
        if (request.body_bytes_max > 0 && (attached == 0 || attached + file.text.size() <= request.body_bytes_max)) {
          attached += file.text.size();
          seen.body = std::make_shared<std::string>(file.text);
        }
      }
    }
    result.observations.push_back(std::move(seen));
  }
  return result;
}

engine::ApplyResult SmallDisk::apply(const engine::ApplyRequest& request) {
  engine::ApplyResult result;
  result.id = request.id;
  std::set<std::string> not_applied;
  for (const auto& item : request.items) {
    const bool may = !not_applied.contains(item.after);
    result.results.push_back(may ? apply(item) : outcome(engine::ApplyOutcome::moved_on));
    if (result.results.back().outcome != engine::ApplyOutcome::applied) not_applied.insert(item.name);
  }
  result.not_durable = loses_names;
  if (root == engine::RootHealth::healthy) {
    result.root.emplace();
    result.root->device = 1;
    result.root->inode = root_inode;
  }
  return result;
}

engine::Applied SmallDisk::apply(const engine::ApplyItem& item) {
  engine::Applied applied;
  const auto& wanted = item.wanted;
  const auto at = wanted.from ? files.find(*wanted.from) : files.end();
  const bool there = at != files.end();
  applied.outcome = engine::ApplyOutcome::applied;
  if (item.step == engine::ApplyStep::swap) {
    if (!there || !files.contains(*wanted.to)) return outcome(engine::ApplyOutcome::moved_on);
    std::swap(at->second, files.at(*wanted.to));
    return facts_of(*wanted.to);
  }
  if (item.step == engine::ApplyStep::look_back) return look_back(item);
  if (item.step == engine::ApplyStep::recover && refuses_recovery) return failed(*refuses_recovery);
  if (item.step == engine::ApplyStep::recover) {
    const auto now_there = wanted.to ? files.find(*wanted.to) : files.end();
    const bool stands =
        wanted.to ? now_there != files.end() && digest::sha256(now_there->second.text) == wanted.digest : !there;
    if (!stands) return outcome(engine::ApplyOutcome::moved_on);
    auto done = wanted.to ? facts_of(*wanted.to) : applied;
    const auto out = look_back(item);
    done.displaced = out.displaced;
    done.left_over = out.left_over;
    return done;
  }
  if (refuses_writes) return failed(*refuses_writes);
  if (wanted.from && (!there || digest::sha256(at->second.text) != wanted.expected))
    return outcome(engine::ApplyOutcome::moved_on);
  if (there && at->second.writer_open && !wanted.despite_writer) return outcome(engine::ApplyOutcome::writer_open);
  if (wanted.to && wanted.to != wanted.from && files.contains(*wanted.to))
    return outcome(engine::ApplyOutcome::moved_on);
  if (before_exchange) std::exchange(before_exchange, nullptr)();
  if (there) {
    const auto text = at->second.text;
    if (digest::sha256(text) != wanted.expected)
      applied.displaced =
          engine::Displaced{digest::sha256(text), std::make_shared<const std::string>(text), staged_modified};
    if (applied.displaced || staged_is_open || refuses_looking_back) {
      staged.emplace(item.name, text);
      applied.left_over = item.name;
    }
  }
  if (!wanted.to) {
    files.erase(*wanted.from);
    return applied;
  }
  if (there && wanted.from != wanted.to) rename(*wanted.from, *wanted.to);
  if (wanted.bytes) replace(*wanted.to, *wanted.bytes);
  applied.facts = facts_of(*wanted.to).facts;
  return applied;
}

engine::Applied SmallDisk::look_back(const engine::ApplyItem& item) {
  if (refuses_looking_back) return failed(*refuses_looking_back);
  auto applied = outcome(engine::ApplyOutcome::applied);
  const auto left = staged.find(item.name);
  if (left == staged.end()) return applied;
  const auto digest = digest::sha256(left->second);
  if (!staged_is_open && digest == item.wanted.expected) {
    staged.erase(left);
    return applied;
  }
  applied.left_over = item.name;
  if (!staged_is_open)
    applied.displaced =
        engine::Displaced{digest, std::make_shared<const std::string>(left->second), staged_modified};
  return applied;
}

engine::Applied SmallDisk::failed(const Error& error) {
  auto applied = outcome(engine::ApplyOutcome::failed);
  applied.error = error;
  return applied;
}

engine::Applied SmallDisk::outcome(engine::ApplyOutcome what) {
  engine::Applied applied;
  applied.outcome = what;
  return applied;
}

sync::FileFacts SmallDisk::facts_of(const File& file) {
  const auto modified = file.modified == 0 ? file.changed : file.modified;
  return {file.kind, 1, file.inode, file.text.size(), modified, file.changed, file.born, 0644};
}

engine::Applied SmallDisk::facts_of(const std::string& path) {
  engine::Applied applied;
  applied.outcome = engine::ApplyOutcome::applied;
  applied.facts = facts_of(files.at(path));
  return applied;
}

bool SmallDisk::within(const std::string& path, const std::string& folder) {
  return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool SmallDisk::is_beneath(std::string_view path, const std::set<std::string_view>& roots) {
  if (roots.contains(path) || roots.contains(std::string_view{})) return true;
  for (auto end = path.rfind('/'); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
    if (roots.contains(path.substr(0, end))) return true;
  }
  return false;
}

bool SmallDisk::hidden(const std::string& path) const {
  for (const auto& folder : unreadable_folders) {
    if (within(path, folder)) return true;
  }
  return false;
}

}  // namespace leanspec::fakes
