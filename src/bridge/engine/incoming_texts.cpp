#include "bridge/engine/incoming_texts.h"

#include <algorithm>
#include <utility>

#include "digest/sha256.h"
#include "wire/delta.h"

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
  if (body.base) return received_delta(found, body);
  drop_base(fetching);
  const bool fits = body.offset == fetching.bytes.size() && fetching.bytes.size() + body.bytes.size() <= fetching.size;
  if (body.missing || !fits) return end(found, std::nullopt);
  fetching.bytes += body.bytes;
  if (fetching.bytes.size() < fetching.size && !body.bytes.empty()) {
    send_(wire::Fetch{body.digest, fetching.bytes.size()});
    return true;
  }
  if (digest::sha256(fetching.bytes) != body.digest) return end(found, std::nullopt);
  return end(found, std::move(fetching.bytes));
}

/// Against another base than was named, or in the middle of the text, it is no answer. One that does not give the text
/// is a fault of either side's: the whole text has the last word.
bool IncomingTexts::received_delta(Fetches::iterator found, const wire::Body& body) {
  auto& fetching = found->second;
  if (!fetching.base || *body.base != fetching.base->digest || body.offset != 0 || !fetching.bytes.empty())
    return end(found, std::nullopt);
  auto text = wire::apply_delta(*fetching.base->text, body.bytes, fetching.size, body.digest);
  if (text) return end(found, *std::move(text));
  drop_base(fetching);
  send_(wire::Fetch{body.digest, 0});
  return true;
}

void IncomingTexts::drop_base(Fetching& fetching) {
  fetching_bytes_ -= fetching.credit();
  fetching.base.reset();
  fetching_bytes_ += fetching.credit();
}

/// False: it did not come.
bool IncomingTexts::end(Fetches::iterator found, std::optional<std::string> bytes) {
  const Digest digest = found->first;
  fetching_bytes_ -= found->second.credit();
  fetching_.erase(found);
  if (!bytes) return false;
  keep(digest, std::make_shared<const std::string>(*std::move(bytes)));
  return true;
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

std::shared_ptr<const std::string> IncomingTexts::bytes_of(const Digest& digest, std::uint64_t size,
                                                           const FindBase& find_base) {
  if (const auto found = kept_.find(digest); found != kept_.end()) return found->second;
  if (ledger_.has_body(digest)) {
    if (auto kept = ledger_.body(digest)) return *std::move(kept);
  }
  if (fetching_.contains(digest)) return nullptr;
  if (!has_room_for(size)) {
    starved_ = true;
    return nullptr;
  }
  Fetching fetching;
  fetching.size = size;
  const bool may_be_delta = size >= wire::limits::delta_saving_bytes_min && size <= wire::limits::delta_document_bytes_max;
  if (find_base && may_be_delta) fetching.base = find_base();
  if (fetching.base && fetching.base->text == nullptr) {
    ++being_read_;
    being_read_bytes_ += size;
    return nullptr;
  }
  wire::Fetch fetch;
  fetch.digest = digest;
  if (fetching.base) fetch.base = fetching.base->digest;
  fetching_bytes_ += fetching.credit();
  fetching_.emplace(digest, std::move(fetching));
  send_(fetch);
  return nullptr;
}

bool IncomingTexts::has_room_for(std::uint64_t size) const {
  if (!online_) return false;
  const std::size_t count = fetching_.size() + being_read_;
  return count == 0 ||
         (count < fetches_max && fetching_bytes_ + being_read_bytes_ + size <= wire::limits::credit_bytes);
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
