// The part of MemoryFileTree that does not keep all names apart.
#include <cassert>
#include <utility>

#include "sync/normal_form.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec::fakes {

bool PathLess::folded(std::string_view one, std::string_view other) const {
  return folding.key(one) < folding.key(other);
}

void MemoryFileTree::set_folding(DiskFolding folding) {
  assert(items_.size() == 1);
  const PathLess less{folding};
  Items folded(less);
  folded.insert(items_.extract(items_.begin()));
  items_ = std::move(folded);
  writers_ = decltype(writers_)(less);
  failing_ = decltype(failing_)(less);
  during_read_ = decltype(during_read_)(less);
}

std::string MemoryFileTree::spelled(std::string_view path) const {
  if (!folding().any() || path.empty()) return std::string(path);
  if (const auto found = items_.find(path); found != items_.end()) return found->first;
  const auto slash = path.rfind('/');
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const auto own = folding().takes_apart ? sync::taken_apart(name) : std::string(name);
  return slash == std::string_view::npos ? own : spelled(path.substr(0, slash)) + "/" + own;
}

}  // namespace leanspec::fakes
