#include "bridge/engine/incoming_texts.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::bridge::engine {

void IncomingTexts::connected() {
  disconnected();
  online_ = true;
}

void IncomingTexts::disconnected() {
  online_ = false;
  fetching_.clear();
  fetching_bytes_ = 0;
}

void IncomingTexts::seen_in_feed(const wire::Entry& entry) {
  if (!entry.body || !entry.digest) return;
  // The feed may be long: what is not needed soon is not worth pushing out what is.
  if (kept_bytes_ + entry.body->size() > kept_bytes_max || digest::sha256(*entry.body) != *entry.digest) return;
  keep(*entry.digest, std::make_shared<const std::string>(*entry.body));
}

bool IncomingTexts::received(const wire::Body& body) {
  const auto found = fetching_.find(body.digest);
  if (found == fetching_.end()) return true;  // of a question that nobody asks any more
  auto& fetching = found->second;
  const bool fits = body.offset == fetching.bytes.size() && fetching.bytes.size() + body.bytes.size() <= fetching.size;
  if (!body.missing && fits) {
    fetching.bytes += body.bytes;
    if (fetching.bytes.size() < fetching.size && !body.bytes.empty()) {
      send_(wire::Fetch{body.digest, fetching.bytes.size()});
      return true;
    }
  }
  const bool whole = !body.missing && fits && digest::sha256(fetching.bytes) == body.digest;
  fetching_bytes_ -= fetching.size;
  auto bytes = std::make_shared<const std::string>(std::move(fetching.bytes));
  fetching_.erase(found);
  if (whole) keep(body.digest, std::move(bytes));
  return whole;
}

void IncomingTexts::keep(const Digest& digest, std::shared_ptr<const std::string> bytes) {
  const auto size = bytes->size();
  if (!kept_.emplace(digest, std::move(bytes)).second) return;
  kept_bytes_ += size;
  order_.push_back(digest);
  while (kept_bytes_ > kept_bytes_max && order_.size() > 1) {
    const Digest oldest = order_.front();
    used(oldest);
  }
}

std::shared_ptr<const std::string> IncomingTexts::bytes_of(const Digest& digest, std::uint64_t size) {
  if (const auto found = kept_.find(digest); found != kept_.end()) return found->second;
  if (ledger_.has_body(digest)) {
    if (auto kept = ledger_.body(digest)) return *std::move(kept);
  }
  if (fetching_.contains(digest)) return nullptr;
  const bool room =
      online_ &&
      (fetching_.empty() || (fetching_.size() < fetches_max && fetching_bytes_ + size <= wire::limits::credit_bytes));
  if (!room) {
    starved_ = true;
    return nullptr;
  }
  fetching_.emplace(digest, Fetching{size, {}});
  fetching_bytes_ += size;
  send_(wire::Fetch{digest, 0});
  return nullptr;
}

void IncomingTexts::used(const Digest& digest) {
  const auto found = kept_.find(digest);
  if (found == kept_.end()) return;
  kept_bytes_ -= found->second->size();
  kept_.erase(found);
  order_.erase(std::find(order_.begin(), order_.end(), digest));
}

void IncomingTexts::forget_all() {
  if (!fetching_.empty()) return;  // what comes is looked at when it is there
  kept_.clear();
  order_.clear();
  kept_bytes_ = 0;
}

}  // namespace leanspec::bridge::engine
