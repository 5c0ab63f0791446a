#include "hub/engine/body_deltas.h"

#include "wire/delta.h"
#include "wire/limits.h"

namespace leanspec::hub::engine {

namespace {

[[nodiscard]] std::size_t weight(const BodyDeltas::Known& delta) {
  return BodyDeltas::entry_bytes + (delta ? delta->zstd.capacity() : 0);
}

/// Without the room of the whole text, in which a delta is made.
[[nodiscard]] BodyDeltas::Known fitted(std::uint64_t size, std::string zstd) {
  zstd.shrink_to_fit();
  return std::make_shared<const BodyDeltas::Delta>(BodyDeltas::Delta{size, std::move(zstd)});
}

[[nodiscard]] Result<std::optional<std::string>> read_body(store::Store& store, const Digest& digest) {
  std::optional<std::string> bytes;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(bytes, session.bodies().get(digest));
    return {};
  }));
  return bytes;
}

}  // namespace

void BodyDeltas::remember(const Digest& base, const Digest& target, std::uint64_t size, std::string zstd) {
  const std::lock_guard lock(mutex_);
  keep({base, target}, fitted(size, std::move(zstd)));
}

std::optional<BodyDeltas::Known> BodyDeltas::find(const Digest& base, const Digest& target) {
  const std::lock_guard lock(mutex_);
  return find_locked({base, target});
}

Result<BodyDeltas::Made> BodyDeltas::make(store::Store& store, const Digest& base, const Digest& target) {
  const Key key{base, target};
  std::shared_ptr<std::mutex> making;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = find_locked(key)) return Made{*known, 0};
    auto& place = being_made_[key];
    if (place == nullptr) place = std::make_shared<std::mutex>();
    making = place;
  }
  const std::lock_guard turn(*making);
  if (const auto known = find(base, target)) return Made{*known, 0};

  Made made;
  const auto work = [&]() -> Status {
    LEANSPEC_ASSIGN(const auto old_text, read_body(store, base));
    if (!old_text) return {};
    made.work += old_text->size();
    LEANSPEC_ASSIGN(const auto new_text, read_body(store, target));
    if (!new_text) return {};
    made.work += new_text->size();
    auto zstd = wire::make_delta(*old_text, *new_text);
    if (zstd && zstd->size() <= wire::limits::whole_body_bytes_max)
      made.delta = fitted(new_text->size(), *std::move(zstd));
    const std::lock_guard lock(mutex_);
    keep(key, made.delta);
    return {};
  };
  const Status status = work();
  {
    const std::lock_guard lock(mutex_);
    being_made_.erase(key);
  }
  LEANSPEC_TRY(status);
  return made;
}

std::size_t BodyDeltas::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::optional<BodyDeltas::Known> BodyDeltas::find_locked(const Key& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void BodyDeltas::keep(const Key& key, Known delta) {
  const std::size_t added = weight(delta);
  if (!known_.emplace(key, std::move(delta)).second) return;
  bytes_ += added;
  order_.push_back(key);
  while (bytes_ > bytes_max) {
    const auto oldest = known_.find(order_.front());
    bytes_ -= weight(oldest->second);
    known_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace leanspec::hub::engine
