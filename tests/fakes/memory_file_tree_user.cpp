// What the user and their editor do to a MemoryFileTree, and the bad days of its disk.
#include <cassert>
#include <utility>

#include "tests/fakes/memory_file_tree.h"

namespace leanspec::fakes {

using host::FileKind;

void MemoryFileTree::write(std::string_view path, FileText text) {
  auto found = items_.find(path);
  Item& item = found == items_.end() ? make(path, FileKind::regular) : found->second;
  assert(item.facts.kind == FileKind::regular);
  put(item, std::move(text));
  item.facts.modified_ns = item.facts.changed_ns = stamp();
  if (!has_links_) return;
  for (auto& [name, other] : items_) {
    if (&other != &item && other.facts.inode == item.facts.inode) other = item;
  }
}

void MemoryFileTree::replace(std::string_view path, FileText text) {
  // The new inode is taken while the old one still exists, so the two differ.
  const auto old = items_.find(path);
  const std::uint64_t freed = old == items_.end() ? 0 : old->second.facts.inode;
  Item& item = make(path, FileKind::regular);
  put(item, std::move(text));
  if (freed != 0) free_inode(freed);
}

void MemoryFileTree::add_folder(std::string_view path) {
  if (!items_.contains(path)) make(path, FileKind::directory);
}

void MemoryFileTree::make_symlink(std::string_view path) {
  make(path, FileKind::symlink);
  ++symlinks_;
}

/// What lies beneath the folder.
std::pair<MemoryFileTree::Items::iterator, MemoryFileTree::Items::iterator> MemoryFileTree::inside(
    const std::string& folder) {
  return {items_.lower_bound(folder + "/"), items_.lower_bound(folder + "0")};  // '0' comes after '/'
}

void MemoryFileTree::remove(std::string_view asked) {
  const auto path = spelled(asked);
  NameJournal::Step gone;
  const auto take = [&](Items::iterator item) {
    const auto inode = item->second.facts.inode;
    gone.emplace_back(item->first, std::nullopt);
    bury(std::move(item->second));
    const auto next = items_.erase(item);
    free_inode(inode);
    return next;
  };
  if (const auto item = items_.find(path); item != items_.end()) take(item);
  for (auto [item, end] = inside(path); item != end;) item = take(item);
  journal_.record(std::move(gone), acting_);
  touch_parent(path);
}

void MemoryFileTree::rename(std::string_view asked, std::string_view wanted) {
  const auto from = spelled(asked);
  std::map<std::string, Item> moved;
  NameJournal::Step step;
  const auto take = [&](Items::iterator item) {
    auto node = items_.extract(item);
    step.emplace_back(node.key(), std::nullopt);
    moved.emplace(node.key().substr(from.size()), std::move(node.mapped()));
  };
  if (const auto item = items_.find(from); item != items_.end()) take(item);
  for (auto [item, end] = inside(from); item != end;) take(item++);
  if (moved.empty()) return;
  if (const auto parent = parent_of(wanted); !items_.contains(parent)) make(parent, FileKind::directory);
  const auto to = spelled(wanted);
  for (auto& [rest, item] : moved) {
    const auto path = to + rest;
    if (rest.empty()) item.facts.changed_ns = stamp();  // renaming changes the ctime of what is renamed
    const auto old = items_.find(path);
    const std::uint64_t freed = old == items_.end() ? 0 : old->second.facts.inode;
    if (old != items_.end()) bury(std::move(old->second));
    step.emplace_back(path, item.serial);
    items_.insert_or_assign(path, std::move(item));
    if (freed != 0) free_inode(freed);
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

}  // namespace leanspec::fakes
