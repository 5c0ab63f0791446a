#include "tests/fakes/memory_file_tree.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace leanspec::fakes {
namespace {

using host::FileKind;

[[nodiscard]] Error no_such(std::string_view path) {
  return Error(ErrorCode::not_found, "is not there", std::string(path));
}

/// While the bridge changes something.
class Acting {
 public:
  explicit Acting(bool& acting) : acting_(acting) { acting_ = true; }
  ~Acting() { acting_ = false; }
  Acting(const Acting&) = delete;
  Acting& operator=(const Acting&) = delete;

 private:
  bool& acting_;
};

[[nodiscard]] bool stays_inside(std::string_view path) {
  if (path.empty()) return true;
  std::size_t start = 0;
  for (;;) {
    const auto slash = path.find('/', start);
    const auto part = path.substr(start, slash == std::string_view::npos ? slash : slash - start);
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos) return false;
    if (slash == std::string_view::npos) return true;
    start = slash + 1;
  }
}

}  // namespace

MemoryFileTree::MemoryFileTree() {
  make("", FileKind::directory);
}

std::uint64_t MemoryFileTree::new_inode() {
  if (free_inodes_.empty()) return ++last_inode_;
  return free_inodes_.extract(free_inodes_.begin()).value();
}

void MemoryFileTree::free_inode(std::uint64_t inode) {
  const auto named = [&](const auto& item) { return item.second.facts.inode == inode; };
  if (!has_links_ || std::none_of(items_.begin(), items_.end(), named)) free_inodes_.insert(inode);
}

MemoryFileTree::Item& MemoryFileTree::make(std::string_view path, FileKind kind) {
  if (!path.empty()) {
    const auto parent = parent_of(path);
    if (const auto found = items_.find(parent); found == items_.end()) make(parent, FileKind::directory);
    touch_parent(path);
  }
  Item item;
  item.facts.kind = kind;
  item.facts.device = device_;
  item.facts.inode = new_inode();
  item.facts.modified_ns = item.facts.changed_ns = item.facts.born_ns = stamp();
  item.facts.mode = kind == FileKind::directory ? 0755 : kind == FileKind::symlink ? 0777 : 0644;
  item.serial = ++last_serial_;
  const auto name = spelled(path);
  if (!path.empty()) journal_.record({{name, item.serial}}, acting_);
  if (const auto old = items_.find(path); old != items_.end()) bury(std::move(old->second));
  return items_.insert_or_assign(name, std::move(item)).first->second;
}

void MemoryFileTree::touch_parent(std::string_view path) {
  const auto parent = items_.find(parent_of(path));
  if (parent != items_.end()) parent->second.facts.modified_ns = parent->second.facts.changed_ns = stamp();
}

Status MemoryFileTree::check(std::string_view path) {
  if (listening_ && calls_left_ && (*calls_left_)-- == 0) at_limit_();
  if (const auto interruption = interruption_; interruption && listening_)
    interruption(path);  // a copy: it may take itself away
  if (!stays_inside(path)) return Error(ErrorCode::invalid, "is no path inside the folder", std::string(path));
  if (away_) return no_such(path);
  if (symlinks_ == 0 && failing_.empty()) return {};
  for (auto at = path;; at = parent_of(at)) {
    const auto found = items_.find(at);
    if (at != path && found != items_.end() && found->second.facts.kind == FileKind::symlink) {
      return Error(ErrorCode::invalid, "is beyond a symbolic link", std::string(path));
    }
    // Looking at an unreadable file works, as on a real disk; looking beneath an unreadable folder does not.
    if (const auto failing = failing_.find(at); failing != failing_.end() && at != path && listening_)
      return failing->second;
    if (at.empty()) return {};
  }
}

Result<MemoryFileTree::Items::iterator> MemoryFileTree::find(std::string_view path) {
  LEANSPEC_TRY(check(path));
  const auto found = items_.find(path);
  if (found == items_.end()) return no_such(path);
  return found;
}

Result<host::FileFacts> MemoryFileTree::facts(std::string_view path) {
  LEANSPEC_ASSIGN(const auto found, find(path));
  return found->second.facts;
}

Result<std::vector<host::DirectoryEntry>> MemoryFileTree::list(std::string_view folder) {
  LEANSPEC_ASSIGN(const auto found, find(folder));
  if (found->second.facts.kind == FileKind::symlink)
    return Error(ErrorCode::invalid, "is a symbolic link", std::string(folder));
  if (found->second.facts.kind != FileKind::directory)
    return Error(ErrorCode::not_found, "is no folder", std::string(folder));
  if (const auto failing = failing_.find(folder); failing != failing_.end() && listening_) return failing->second;
  std::vector<host::DirectoryEntry> entries;
  const std::string start = folder.empty() ? std::string() : found->first + "/";
  for (auto at = items_.lower_bound(start); at != items_.end() && at->first.starts_with(start);) {
    const auto name = std::string_view(at->first).substr(start.size());
    const auto end = name.find('/');
    if (end != std::string_view::npos) {
      at = items_.lower_bound(start + std::string(name.substr(0, end)) + "0");  // '0' comes after '/'
      continue;
    }
    if (!name.empty()) entries.push_back(host::DirectoryEntry{std::string(name), at->second.facts.kind});
    ++at;
  }
  if (folding().any())
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<host::FileContent> MemoryFileTree::read(std::string_view path, std::uint64_t limit) {
  LEANSPEC_ASSIGN(const auto found, find(path));
  Item& item = found->second;
  if (item.facts.kind != FileKind::regular) return Error(ErrorCode::invalid, "is no ordinary file", std::string(path));
  if (const auto failing = failing_.find(path); failing != failing_.end()) return failing->second;
  if (item.facts.size > limit) {
    return Error(ErrorCode::too_large, "is larger than " + std::to_string(limit) + " bytes", std::string(path));
  }
  ++reads_;
  host::FileContent content;
  content.bytes = item.text.bytes();
  content.stable = true;
  if (const auto during = during_read_.find(path); during != during_read_.end()) {
    const std::string bytes = std::move(during->second);
    during_read_.erase(during);
    const std::size_t seen = item.text.bytes().size() / 2;
    if (written_during_read_) written_during_read_(path, bytes);
    write(path, bytes);
    content.bytes = content.bytes.substr(0, seen) + (bytes.size() > seen ? bytes.substr(seen) : std::string());
    content.stable = false;
  }
  content.facts = item.facts;
  return content;
}

Result<bool> MemoryFileTree::has_writer(std::string_view path) {
  LEANSPEC_ASSIGN(const auto found, find(path));
  if (const auto failing = failing_.find(path); failing != failing_.end()) return failing->second;
  return writers_.contains(found->first);
}

Status MemoryFileTree::create(std::string_view path, std::string_view bytes, std::uint32_t mode) {
  LEANSPEC_TRY(check_free(path));
  if (full_) return Error(ErrorCode::no_space, "the disk is full", std::string(path));
  const Acting acting(acting_);
  write(path, bytes);
  Item& item = items_.find(path)->second;
  if (mode != host::usual_mode) item.facts.mode = mode;
  if (syncs_texts_) item.unwritten.reset();
  return {};
}

Status MemoryFileTree::link(std::string_view from, std::string_view to) {
  LEANSPEC_ASSIGN(const auto source, find(from));
  LEANSPEC_TRY(check_free(to));
  if (!links_) return Error(ErrorCode::unsupported, "this disk has no second names for a file", std::string(to));
  if (source->second.facts.kind != FileKind::regular) return Error(ErrorCode::io, "is no file", std::string(from));
  has_links_ = true;
  source->second.facts.changed_ns = stamp();
  const auto name = spelled(to);
  const Item same = source->second;
  items_.insert_or_assign(name, same);
  journal_.record({{name, same.serial}}, true);
  touch_parent(to);
  return {};
}

Status MemoryFileTree::put_over(std::string_view from, std::string_view to) {
  LEANSPEC_ASSIGN(const auto source, find(from));
  LEANSPEC_TRY(check(to));
  const auto target = items_.find(to);
  if (target != items_.end() && target->second.facts.kind != FileKind::regular)
    return Error(ErrorCode::io, "is a folder", std::string(to));
  const auto folder = items_.find(parent_of(to));
  if (folder == items_.end() || folder->second.facts.kind != FileKind::directory) return no_such(to);
  // Two names of one file stay two names, as rename(2) says.
  if (target != items_.end() && target->second.facts.inode == source->second.facts.inode) return {};
  const Acting acting(acting_);
  rename(std::string(source->first), to);
  return {};
}

Status MemoryFileTree::exchange(std::string_view one, std::string_view other) {
  LEANSPEC_ASSIGN(const auto first, find(one));
  LEANSPEC_ASSIGN(const auto second, find(other));
  if (one.empty() || other.empty()) return Error(ErrorCode::invalid, "is the root itself", "");
  if (!one_step_) return Error(ErrorCode::unsupported, "this disk cannot do that in one step", std::string(other));
  std::swap(first->second, second->second);
  journal_.record({{first->first, first->second.serial}, {second->first, second->second.serial}}, true);
  for (const auto& item : {first, second}) {
    item->second.facts.changed_ns = stamp();
    touch_parent(item->first);
  }
  return {};
}

Status MemoryFileTree::move(std::string_view from, std::string_view to) {
  LEANSPEC_ASSIGN(const auto source, find(from));
  LEANSPEC_TRY(check_free(to));
  if (!one_step_) return Error(ErrorCode::unsupported, "this disk cannot do that in one step", std::string(to));
  const Acting acting(acting_);
  rename(std::string(source->first), to);
  return {};
}

Status MemoryFileTree::remove_file(std::string_view path) {
  LEANSPEC_ASSIGN(const auto found, find(path));
  if (found->second.facts.kind == FileKind::directory) return Error(ErrorCode::io, "is a folder", std::string(path));
  const Acting acting(acting_);
  remove(std::string(path));
  return {};
}

Status MemoryFileTree::make_folder(std::string_view path) {
  LEANSPEC_TRY(check_free(path));
  const Acting acting(acting_);
  add_folder(path);
  return {};
}

Status MemoryFileTree::remove_folder(std::string_view path) {
  LEANSPEC_ASSIGN(const auto inside, list(path));
  if (!inside.empty()) return Error(ErrorCode::conflict, "the folder is not empty", std::string(path));
  const Acting acting(acting_);
  remove(std::string(path));
  return {};
}

Status MemoryFileTree::sync_folder(std::string_view folder) {
  LEANSPEC_ASSIGN(const auto found, find(folder));
  if (const auto failing = failing_.find(folder); failing != failing_.end() && listening_) return failing->second;
  if (found->second.facts.kind != FileKind::directory)
    return Error(ErrorCode::not_found, "is no folder", std::string(folder));
  if (syncs_names_) journal_.sync(found->first);
  return {};
}

/// Its folder is there, and nothing has the name.
Status MemoryFileTree::check_free(std::string_view path) {
  LEANSPEC_TRY(check(path));
  const auto folder = items_.find(parent_of(path));
  if (path.empty() || items_.contains(path))
    return Error(ErrorCode::already_exists, "another file has this name", std::string(path));
  if (folder == items_.end() || folder->second.facts.kind != FileKind::directory) return no_such(path);
  return {};
}

std::optional<std::string> MemoryFileTree::content(std::string_view path) const {
  const auto* found = text(path);
  return found != nullptr ? std::optional<std::string>(found->bytes()) : std::nullopt;
}

const FileText* MemoryFileTree::text(std::string_view path) const {
  const auto found = items_.find(path);
  return found == items_.end() || found->second.facts.kind != FileKind::regular ? nullptr : &found->second.text;
}

std::optional<NameJournal::Serial> MemoryFileTree::serial(std::string_view path) const {
  const auto found = items_.find(path);
  return found == items_.end() ? std::nullopt : std::optional(found->second.serial);
}

}  // namespace leanspec::fakes
