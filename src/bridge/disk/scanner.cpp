#include "bridge/disk/scanner.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "bridge/disk/apply_outcome.h"
#include "digest/sha256.h"
#include "sync/path_policy.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Observation;
using engine::Presence;
using engine::RootHealth;
using engine::ScanRequest;
using engine::ScanResult;

[[nodiscard]] sync::FileKind kind_of(host::FileKind kind) {
  switch (kind) {
    case host::FileKind::regular:
      return sync::FileKind::regular;
    case host::FileKind::directory:
      return sync::FileKind::directory;
    case host::FileKind::symlink:
      return sync::FileKind::symlink;
    case host::FileKind::other:
      return sync::FileKind::other;
  }
  return sync::FileKind::other;
}

[[nodiscard]] sync::FileFacts facts_of(const host::FileFacts& facts) {
  sync::FileFacts same;
  same.kind = kind_of(facts.kind);
  same.device = facts.device;
  same.inode = facts.inode;
  same.size = facts.size;
  same.modified_ns = facts.modified_ns;
  same.changed_ns = facts.changed_ns;
  same.born_ns = facts.born_ns;
  same.mode = facts.mode;
  return same;
}

[[nodiscard]] std::size_t depth_of(std::string_view path) {
  return path.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

/// Whether one of `folders`, which are in order, holds `path`.
[[nodiscard]] bool is_beneath_any(std::string_view path, const std::vector<std::string>& folders) {
  const auto has = [&](std::string_view folder) {
    return std::binary_search(folders.begin(), folders.end(), folder, std::less<>());
  };
  if (!path.empty() && has({})) return true;
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    if (has(path.substr(0, slash))) return true;
  }
  return false;
}

}  // namespace

Scanner::Scanner(host::FileTree& tree, const host::Clock& clock)
    : tree_(tree), clock_(clock), rules_(std::make_shared<const sync::IgnoreRules>()) {}

void Scanner::begin(ScanRequest request) {
  waiting_.push_back(std::move(request));
}

std::optional<ScanResult> Scanner::step(const sync::DiskFiles& known) {
  if (waiting_.empty()) return std::nullopt;
  if (!started_) start();
  cost_ = 0;
  while (!done_ && !targets_.empty() && cost_ < step_cost_max) {
    const Target target = std::move(targets_.back());
    targets_.pop_back();
    look(target, known);
  }
  if (!done_ && !targets_.empty()) return std::nullopt;
  finish();
  return std::exchange(result_, ScanResult());
}

void Scanner::start() {
  const ScanRequest& request = waiting_.front();
  started_ = true;
  done_ = false;
  result_ = ScanResult();
  result_.id = request.id;
  targets_.clear();
  body_bytes_ = 0;
  files_ = 0;
  unwritten_.clear();
  shown_.clear();
  seen_as_.clear();

  const auto root = tree_.facts("");
  if (!root) {
    result_.root = root.error().code == ErrorCode::not_found ? RootHealth::missing : RootHealth::unreadable;
    result_.root_problem = root.error().sentence();
    done_ = true;
    return;
  }
  result_.root_device = root->device;
  result_.root_inode = root->inode;
  if (const Status loaded = load_rules(); !loaded) {
    // Without the rules nobody can tell what must stay here; sending it could not be undone.
    result_.root = RootHealth::unreadable;
    result_.root_problem = loaded.error().sentence();
    done_ = true;
    return;
  }
  if (!std::exchange(rules_announced_, true)) result_.rules = rules_;
  if (!rules_warning_.empty()) result_.warnings.push_back(rules_warning_);
  if (request.everything) {
    targets_.push_back(Target{"", host::FileKind::directory});
    return;
  }
  // What lies beneath another asked path is looked at with it.
  std::vector<std::string>& paths = waiting_.front().paths;
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    if (!is_beneath_any(*path, paths)) targets_.push_back(Target{*path, std::nullopt});
  }
}

/// A folder that is gone holds no name.
Status Scanner::write_names_down() {
  for (const Status& written : tree_.sync_folders({unwritten_.begin(), unwritten_.end()})) {
    if (!written && written.error().code != ErrorCode::not_found) return written.error();
  }
  return {};
}

void Scanner::finish() {
  if (result_.root == RootHealth::healthy && !unwritten_.empty()) {
    if (const Status written = write_names_down(); !written) {
      result_.root = RootHealth::unreadable;
      result_.root_problem = written.error().sentence();
    }
  }
  if (result_.root == RootHealth::healthy) {
    // Another disk mounted over the root meanwhile: what was seen is of two trees.
    const auto root = tree_.facts("");
    if (!root || root->device != result_.root_device || root->inode != result_.root_inode) {
      const std::uint64_t id = result_.id;
      result_ = ScanResult();
      result_.id = id;
      result_.root = root || root.error().code == ErrorCode::not_found ? RootHealth::missing : RootHealth::unreadable;
      result_.root_problem = root ? "the folder was replaced while it was being looked at" : root.error().sentence();
    }
  }
  result_.folding = {letters_fold_.value_or(false), accents_fold_.value_or(false)};
  waiting_.pop_front();
  started_ = false;
  targets_.clear();
}

Status Scanner::load_rules() {
  const std::string name(sync::IgnoreRules::file_name);
  const auto facts = tree_.facts(name);
  if (!facts && facts.error().code != ErrorCode::not_found) return facts.error();
  const std::optional<host::FileFacts> now = facts ? std::optional(*facts) : std::nullopt;
  if (rules_known_ && now == rules_facts_) return {};
  rules_warning_.clear();
  if (!now) {
    rules_ = std::make_shared<const sync::IgnoreRules>();
  } else if (now->kind != host::FileKind::regular) {
    rules_warning_ = name + " is no ordinary file and is not followed: only the built-in rules hold.";
    rules_ = std::make_shared<const sync::IgnoreRules>();
  } else {
    const auto content = tree_.read(name, sync::IgnoreRules::text_bytes_max);
    if (!content) return content.error();
    if (!content->stable)
      return Error(ErrorCode::unavailable, "was being written while it was read", name, "It is read again shortly.");
    auto rules = std::make_shared<const sync::IgnoreRules>(content->bytes);
    if (rules->dropped() > 0)
      rules_warning_ =
          name + " has " + std::to_string(rules->dropped()) + " rules too many or too long; they are not used.";
    rules_ = std::move(rules);
  }
  rules_facts_ = now;
  rules_known_ = true;
  rules_announced_ = false;
  return {};
}

bool Scanner::ignored(const std::string& path, bool folder) {
  auto match = rules_->match(path, folder);
  if (!match) return false;
  if (waiting_.front().everything) {
    ++result_.ignored_count;
    if (result_.ignored.size() < ScanResult::ignored_listed_max)
      result_.ignored.push_back(engine::IgnoredPath{path, folder, *std::move(match)});
  }
  return true;
}

void Scanner::look(const Target& target, const sync::DiskFiles& known) {
  const std::string& shown = target.path;
  auto kind = target.kind;
  cost_ += look_cost;
  const auto absent = [&] {
    Observation gone;
    gone.path = shown;
    gone.presence = Presence::absent;
    result_.observations.push_back(std::move(gone));
  };
  if (!kind) {
    const auto facts = tree_.facts(shown);
    if (!facts) {
      if (facts.error().code == ErrorCode::not_found)
        absent();
      else if (facts.error().code != ErrorCode::invalid)  // beyond a link: not in the tree, hence absent
        unknown(shown, host::FileKind::regular, facts.error());
      return;
    }
    if (could_tell_folding(shown)) learn_folding(shown);
    if (facts->kind != host::FileKind::directory && !is_shown_so(shown)) return absent();
    kind = facts->kind;
  }
  if (*kind == host::FileKind::directory) {
    if (shown.empty() || !ignored(shown, true)) look_into(shown);
    return;
  }
  const auto path = known_path(shown);
  if (!path || ignored(*path, false)) return;
  if (*kind == host::FileKind::regular) return read(shown, *path, known);
  if (const auto facts = tree_.facts(shown); facts) {
    list_other(*path, *facts);
  } else if (facts.error().code != ErrorCode::not_found) {
    unknown(*path, *kind, facts.error());
  }
}

void Scanner::look_into(const std::string& folder) {
  if (depth_of(folder) >= sync::path_depth_max) {
    result_.warnings.push_back(folder + ": what is in it is more than " + std::to_string(sync::path_depth_max) +
                               " folders deep and is not synced.");
    return;
  }
  auto entries = tree_.list(folder);
  if (!entries) {
    if (folder.empty()) {
      result_.root = entries.error().code == ErrorCode::not_found ? RootHealth::missing : RootHealth::unreadable;
      result_.root_problem = entries.error().sentence();
      done_ = true;
    } else if (entries.error().code != ErrorCode::not_found) {
      unknown(folder, host::FileKind::directory, entries.error());
    }
    return;
  }
  for (const auto& entry : *entries) {
    if (could_tell_folding(entry.name)) learn_folding(folder.empty() ? entry.name : folder + "/" + entry.name);
  }
  for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
    targets_.push_back(Target{folder.empty() ? std::move(entry->name) : folder + "/" + entry->name, entry->kind});
  }
}

bool Scanner::is_racy(const host::FileFacts& facts, std::int64_t read_at_ns) const {
  // A whole second is rare where nanoseconds are kept; where they are not, it is the rule.
  const bool coarse = facts.changed_ns % 1'000'000'000 == 0;
  return facts.changed_ns >= read_at_ns - (coarse ? coarse_granularity_ns : fine_granularity_ns);
}

void Scanner::read(const std::string& shown, const std::string& path, const sync::DiskFiles& known) {
  const ScanRequest& request = waiting_.front();
  if (files_ >= request.files_max) {
    result_.truncated = true;
    done_ = true;
    return;
  }
  ++files_;
  Observation seen;
  seen.path = path;
  const auto before = known.find(path);
  const bool asked_for = std::binary_search(request.paths.begin(), request.paths.end(), path) ||
                         std::binary_search(request.paths.begin(), request.paths.end(), shown);
  if (before != known.end() && !before->second.racy && !asked_for) {
    const auto facts = tree_.facts(shown);
    if (facts && facts_of(*facts) == before->second.facts) {
      seen.facts = before->second.facts;
      seen.digest = before->second.digest;
      result_.observations.push_back(std::move(seen));
      return;
    }
  }
  const auto writer = tree_.has_writer(shown);
  seen.writer_open = writer && *writer;
  const std::int64_t read_at_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.now().time_since_epoch()).count();
  auto content = tree_.read(shown, request.file_bytes_max);
  if (!content) {
    const Error& error = content.error();
    if (error.code == ErrorCode::not_found) return;
    const auto facts = tree_.facts(shown);
    if (facts && (error.code == ErrorCode::too_large || facts->kind != host::FileKind::regular)) {
      list_other(path, *facts);  // its size, or what it has become, says enough
    } else {
      unknown(path, host::FileKind::regular, error);
    }
    return;
  }
  cost_ += content->bytes.size();
  seen.facts = facts_of(content->facts);
  if (request.for_good && (before == known.end() || before->second.facts != seen.facts)) {
    for (std::string folder = folder_of(shown); !folder.empty(); folder = folder_of(folder)) unwritten_.insert(folder);
    unwritten_.insert("");
  }
  if (!content->stable) {
    seen.changing = true;
  } else {
    seen.racy = is_racy(content->facts, read_at_ns);
    seen.digest = digest::sha256(content->bytes);
    const std::uint64_t size = content->bytes.size();
    if (request.body_bytes_max > 0 && (body_bytes_ == 0 || body_bytes_ + size <= request.body_bytes_max)) {
      body_bytes_ += std::max<std::uint64_t>(size, 1);
      seen.body = std::make_shared<const std::string>(std::move(content->bytes));
    }
  }
  result_.observations.push_back(std::move(seen));
}

void Scanner::list_other(const std::string& path, const host::FileFacts& facts) {
  Observation seen;
  seen.path = path;
  seen.facts = facts_of(facts);
  result_.observations.push_back(std::move(seen));
}

void Scanner::unknown(const std::string& path, host::FileKind kind, const Error& error) {
  Observation seen;
  seen.path = path;
  seen.facts.kind = kind_of(kind);
  seen.presence = Presence::unknown;
  seen.problem = error.remedy.empty() ? error.what : error.what + ". " + error.remedy;
  result_.observations.push_back(std::move(seen));
}

}  // namespace leanspec::bridge::disk
