// The part of MemoryFileTree that knows what a power cut would leave.
#include <algorithm>
#include <utility>

#include "tests/fakes/memory_file_tree.h"

namespace leanspec::fakes {

namespace {

constexpr std::chrono::milliseconds texts_written_back_after{30'000};

}  // namespace

void MemoryFileTree::set_moment(std::chrono::milliseconds now) {
  moment_ = std::max(moment_, now);
  journal_.set_moment(moment_);
  if (journal_.open_steps() == 0) buried_.clear();
}

/// Another text for the file, in the system's memory so far.
void MemoryFileTree::put(Item& item, FileText text) {
  const bool written_back = item.unwritten && item.unwritten->since + texts_written_back_after <= moment_;
  if (!item.unwritten || written_back) item.unwritten = Unwritten{item.facts, item.text, moment_};
  item.text = std::move(text);
  item.facts.size = item.text.bytes().size();
  item.ours = acting_;
}

void MemoryFileTree::bury(Item item) {
  if (item.serial != 0) buried_.insert_or_assign(item.serial, std::move(item));
}

void MemoryFileTree::sync_all_names() {
  journal_.sync_all();
}

bool MemoryFileTree::is_ours_and_uncertain(std::string_view path) const {
  const auto found = items_.find(path);
  if (found == items_.end()) return false;
  const auto& item = found->second;
  return (item.ours && item.unwritten.has_value()) || journal_.is_open_for_ours(found->first);
}

void MemoryFileTree::cut_power(const std::function<std::uint64_t(std::uint64_t)>& below) {
  std::map<NameJournal::Serial, Item> known = std::move(buried_);
  Items root(items_.key_comp());
  for (auto& [path, item] : items_) {
    if (path.empty())
      root.emplace(path, std::move(item));
    else
      known.insert_or_assign(item.serial, std::move(item));
  }
  buried_.clear();
  items_ = std::move(root);
  writers_.clear();
  during_read_.clear();
  std::set<std::uint64_t> used;
  for (const auto& [path, serial] : journal_.cut(below(journal_.open_steps() + 1))) {
    const auto found = known.find(serial);
    if (found == known.end()) continue;
    Item item = found->second;
    used.insert(item.facts.inode);
    const bool lost = item.unwritten && item.unwritten->since + texts_written_back_after > moment_ && below(2) == 0;
    if (lost) {
      const auto fate = below(3);
      if (fate == 0) {
        item.facts = item.unwritten->facts;
        item.text = item.unwritten->text;
      } else {
        const auto& bytes = item.text.bytes();
        item.text = FileText(bytes.substr(0, fate == 1 ? 0 : below(bytes.size() + 1)));
      }
      item.facts.size = item.text.bytes().size();
    }
    item.unwritten.reset();
    items_.insert_or_assign(path, std::move(item));
  }
  std::erase_if(free_inodes_, [&](std::uint64_t inode) { return used.contains(inode); });
}

}  // namespace leanspec::fakes
