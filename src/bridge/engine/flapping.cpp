#include "bridge/engine/flapping.h"

#include <algorithm>

namespace leanspec::bridge::engine {

void Flapping::replaced(const DocumentId& document, const Digest& before, BootTime now) {
  while (!replaced_.empty() && (replaced_.size() >= remembered_max || now - replaced_.front().when > comes_back_within))
    replaced_.pop_front();
  replaced_.push_back({document, before, now});
}

void Flapping::saved(const DocumentId& document, const std::string& path, const Digest& digest, BootTime now) {
  const auto found = std::find_if(replaced_.begin(), replaced_.end(), [&](const Replaced& one) {
    return one.document == document && one.before == digest && now - one.when <= comes_back_within;
  });
  if (found == replaced_.end()) return;
  replaced_.erase(found);
  came_back_.emplace_back(now, path);
  if (came_back_.size() > times_min) came_back_.pop_front();
}

std::string Flapping::warning(BootTime now) const {
  if (came_back_.size() < times_min || now - came_back_.front().first > window) return {};
  return "something else seems to sync this folder as well: texts that were brought here from the hub were put back " +
         std::to_string(times_min) + " times within minutes, the last time " + came_back_.back().second +
         "; let only one program sync it";
}

}  // namespace leanspec::bridge::engine
