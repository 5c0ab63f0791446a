#include "hub/engine/presence.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace leanspec::hub::engine {

void Presence::edits(const Uuid& source, BranchId branch, std::string_view who, std::optional<MachineId> machine,
                     const std::vector<DocumentId>& documents, Instant now) {
  {
    const std::scoped_lock lock(mutex_);
    auto found = sources_.find(source);
    if (found == sources_.end()) {
      if (documents.empty()) return;
      const auto others = std::count_if(sources_.begin(), sources_.end(),
                                        [&](const auto& other) { return other.second.branch == branch; });
      if (static_cast<std::size_t>(others) >= sources_max) return;
      found = sources_.emplace(source, Source{branch, std::string(who), machine, {}, now}).first;
    }
    auto& [id, known] = *found;
    known.until = now + lapse_after;
    std::map<DocumentId, Instant> edited;
    for (const auto& document : documents) {
      const auto before = known.documents.find(document);
      edited.emplace(document, before == known.documents.end() ? now : before->second);
    }
    const bool same = edited == known.documents && known.who == who;
    known.who = who;
    known.documents = std::move(edited);
    if (known.documents.empty()) sources_.erase(found);
    if (same) return;
    ++versions_[branch];
  }
  listeners_.publish(branch);
}

void Presence::leave(const Uuid& source) {
  BranchId branch;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sources_.find(source);
    if (found == sources_.end()) return;
    branch = found->second.branch;
    sources_.erase(found);
    ++versions_[branch];
  }
  listeners_.publish(branch);
}

void Presence::lapse(Instant now) {
  std::set<BranchId> lapsed;
  {
    const std::scoped_lock lock(mutex_);
    for (auto source = sources_.begin(); source != sources_.end();) {
      if (now < source->second.until) {
        ++source;
        continue;
      }
      lapsed.insert(source->second.branch);
      source = sources_.erase(source);
    }
    for (const auto& branch : lapsed) ++versions_[branch];
  }
  for (const auto& branch : lapsed) listeners_.publish(branch);
}

std::vector<PresentEditor> Presence::of(BranchId branch, std::optional<Uuid> apart_from) const {
  struct Place {
    const Source* source;
    const std::pair<const DocumentId, Instant>* edited;
  };
  const std::scoped_lock lock(mutex_);
  std::vector<Place> places;
  for (const auto& [id, source] : sources_) {
    if (source.branch != branch || id == apart_from) continue;
    for (const auto& edited : source.documents) places.push_back({&source, &edited});
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& one, const Place& other) {
    return std::tie(one.edited->first, one.source->who) < std::tie(other.edited->first, other.source->who);
  });
  std::vector<PresentEditor> all;
  all.reserve(places.size());
  for (const auto& [source, edited] : places)
    all.push_back(PresentEditor{edited->first, source->who, source->machine, edited->second});
  return all;
}

std::uint64_t Presence::version(BranchId branch) const {
  const std::scoped_lock lock(mutex_);
  const auto found = versions_.find(branch);
  return found == versions_.end() ? 0 : found->second;
}

Subscription Presence::subscribe(std::function<void(const BranchId&)> listener) {
  return listeners_.subscribe(std::move(listener));
}

}  // namespace leanspec::hub::engine
