#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "bridge/engine/ledger.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// The texts that the hub has newer: those that came with the feed, those that were asked for, and those on the way.
/// What is not at hand is fetched by its digest, in parts, a few at a time and within a credit of bytes; each is
/// checked against its digest before it counts. In memory only: what is lost is asked for again.
class IncomingTexts {
 public:
  using Send = std::function<void(wire::ToHub)>;

  IncomingTexts(Ledger& ledger, Send send) : ledger_(ledger), send_(std::move(send)) {}

  void connected();
  void disconnected();
  /// Small texts come with the feed.
  void seen_in_feed(const wire::Entry& entry);
  /// False: the hub does not have it, or not as it said.
  [[nodiscard]] bool received(const wire::Body& body);

  /// The text, or nothing: it is on its way, or there is no room to ask for it now (`is_starved`).
  [[nodiscard]] std::shared_ptr<const std::string> bytes_of(const Digest& digest, std::uint64_t size);
  /// A text was wanted that could not be asked for since allow_all().
  [[nodiscard]] bool is_starved() const { return starved_; }
  void allow_all() { starved_ = false; }

  /// It stands on the disk.
  void used(const Digest& digest);
  /// Nobody waits for any.
  void forget_all();

  [[nodiscard]] std::uint64_t kept_bytes() const { return kept_bytes_; }

  /// Kept beside the newest one; the oldest go first, and are asked for again if they are wanted after all.
  static constexpr std::uint64_t kept_bytes_max = 4ULL * 1024 * 1024;
  /// Asked for at once, by number; by bytes it is the connection's credit, and a larger one travels alone.
  static constexpr std::size_t fetches_max = 16;

 private:
  struct Fetching {
    std::uint64_t size = 0;
    std::string bytes;
  };

  void keep(const Digest& digest, std::shared_ptr<const std::string> bytes);

  Ledger& ledger_;
  Send send_;
  bool online_ = false;
  bool starved_ = false;
  std::map<Digest, Fetching> fetching_;
  std::uint64_t fetching_bytes_ = 0;
  std::map<Digest, std::shared_ptr<const std::string>> kept_;
  std::deque<Digest> order_;  ///< of kept_, oldest first
  std::uint64_t kept_bytes_ = 0;
};

}  // namespace leanspec::bridge::engine
