#include "tests/fakes/memory_file_tree.h"

#include <cassert>
#include <utility>

namespace leanspec::fakes {
namespace {

using host::FileKind;

[[nodiscard]] std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

[[nodiscard]] bool beneath(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

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
  if (!path.empty()) journal_.record({{std::string(path), item.serial}}, acting_);
  if (const auto old = items_.find(path); old != items_.end()) bury(std::move(old->second));
  return items_.insert_or_assign(std::string(path), std::move(item)).first->second;
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
  const std::string start = folder.empty() ? std::string() : std::string(folder) + "/";
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
  content.bytes = item.bytes;
  content.stable = true;
  if (const auto during = during_read_.find(path); during != during_read_.end()) {
    const std::string bytes = std::move(during->second);
    during_read_.erase(during);
    const std::size_t seen = item.bytes.size() / 2;
    write(path, bytes);
    if (written_during_read_) written_during_read_(path, bytes);
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
  item.facts.mode = mode;
  if (syncs_texts_) item.unwritten.reset();
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
  if (found->second.facts.kind != FileKind::directory)
    return Error(ErrorCode::not_found, "is no folder", std::string(folder));
  if (syncs_names_) journal_.sync(folder);
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

void MemoryFileTree::write(std::string_view path, std::string_view bytes) {
  auto found = items_.find(path);
  Item& item = found == items_.end() ? make(path, FileKind::regular) : found->second;
  assert(item.facts.kind == FileKind::regular);
  put(item, bytes);
  item.facts.modified_ns = item.facts.changed_ns = stamp();
}

void MemoryFileTree::replace(std::string_view path, std::string_view bytes) {
  // The new inode is taken while the old one still exists, so the two differ.
  const auto old = items_.find(path);
  const std::uint64_t freed = old == items_.end() ? 0 : old->second.facts.inode;
  Item& item = make(path, FileKind::regular);
  put(item, bytes);
  if (freed != 0) free_inodes_.insert(freed);
}

void MemoryFileTree::add_folder(std::string_view path) {
  if (!items_.contains(path)) make(path, FileKind::directory);
}

void MemoryFileTree::make_symlink(std::string_view path) {
  make(path, FileKind::symlink);
  ++symlinks_;
}

void MemoryFileTree::remove(std::string_view path) {
  NameJournal::Step gone;
  for (auto item = items_.begin(); item != items_.end();) {
    if (item->first == path || beneath(item->first, path)) {
      free_inodes_.insert(item->second.facts.inode);
      gone.emplace_back(item->first, std::nullopt);
      bury(std::move(item->second));
      item = items_.erase(item);
    } else {
      ++item;
    }
  }
  journal_.record(std::move(gone), acting_);
  touch_parent(path);
}

void MemoryFileTree::rename(std::string_view from, std::string_view to) {
  Items moved;
  NameJournal::Step step;
  for (auto item = items_.begin(); item != items_.end();) {
    if (item->first == from || beneath(item->first, from)) {
      auto node = items_.extract(item++);
      step.emplace_back(node.key(), std::nullopt);
      node.key() = std::string(to) + node.key().substr(from.size());
      moved.insert(std::move(node));
    } else {
      ++item;
    }
  }
  if (moved.empty()) return;
  if (const auto parent = parent_of(to); !items_.contains(parent)) make(parent, FileKind::directory);
  for (auto& [path, item] : moved) {
    if (path == to) item.facts.changed_ns = stamp();  // renaming changes the ctime of what is renamed
    if (const auto old = items_.find(path); old != items_.end()) {
      free_inodes_.insert(old->second.facts.inode);
      bury(std::move(old->second));
    }
    step.emplace_back(path, item.serial);
    items_.insert_or_assign(path, std::move(item));
  }
  journal_.record(std::move(step), acting_);
  touch_parent(from);
  touch_parent(to);
}

void MemoryFileTree::open_writer(std::string_view path) {
  writers_.insert(std::string(path));
}
void MemoryFileTree::close_writer(std::string_view path) {
  writers_.erase(std::string(path));
}

void MemoryFileTree::set_modified(std::string_view path, std::int64_t nanoseconds) {
  const auto found = items_.find(path);
  assert(found != items_.end());
  found->second.facts.modified_ns = nanoseconds;
  found->second.facts.changed_ns = stamp();
}

void MemoryFileTree::set_failing(std::string_view path, std::optional<Error> error) {
  failing_.erase(std::string(path));
  if (error) failing_.emplace(path, *std::move(error));
}

void MemoryFileTree::write_during_next_read(std::string_view path, std::string_view bytes) {
  during_read_[std::string(path)] = bytes;
}

void MemoryFileTree::take_root_away() {
  assert(!away_);
  away_ = std::exchange(items_, Items());
}

void MemoryFileTree::bring_root_back() {
  assert(away_);
  items_ = *std::exchange(away_, std::nullopt);
}

void MemoryFileTree::mount_empty_root() {
  away_.reset();
  items_.clear();
  free_inodes_.clear();
  ++device_;
  journal_ = NameJournal();
  buried_.clear();
  make("", FileKind::directory);
}

void MemoryFileTree::set_interruption(std::function<void(std::string_view)> interruption) {
  interruption_ = std::move(interruption);
}

std::optional<std::string> MemoryFileTree::content(std::string_view path) const {
  const auto found = items_.find(path);
  if (found == items_.end() || found->second.facts.kind != FileKind::regular) return std::nullopt;
  return found->second.bytes;
}

}  // namespace leanspec::fakes
