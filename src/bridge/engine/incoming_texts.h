#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/ledger.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// The texts that the hub has newer: those that came with the feed, those that were asked for, and those on the way.
/// What is not at hand is fetched by its digest, as a delta against what stands here or in parts, a few at a time and
/// within a credit of bytes; each is checked against its digest before it counts. A delta that does not give the text is
/// followed by one question for the whole. In memory only: what is lost is asked for again.
class IncomingTexts {
 public:
  using Send = std::function<void(wire::ToHub)>;
  /// What a text may come as a delta against.
  struct Base {
    Digest digest;
    std::shared_ptr<const std::string> text;  ///< null: it is being read, ask again
  };
  /// Asked only when there is room to ask for the text itself. Nothing: there is none.
  using FindBase = std::function<std::optional<Base>()>;

  IncomingTexts(Ledger& ledger, Send send) : ledger_(ledger), send_(std::move(send)) {}

  void connected();
  void disconnected();
  /// Small texts come with the feed.
  void seen_in_feed(const wire::Entry& entry);
  /// False: the hub does not have it, or not as it said.
  [[nodiscard]] bool received(const wire::Body& body);

  /// The text, or nothing: it is on its way, or there is no room to ask for it now (`is_starved`).
  [[nodiscard]] std::shared_ptr<const std::string> bytes_of(const Digest& digest, std::uint64_t size,
                                                            const FindBase& find_base = {});
  /// A text was wanted that could not be asked for since allow_all().
  [[nodiscard]] bool is_starved() const { return starved_; }
  /// Some were asked for and have not come yet.
  [[nodiscard]] bool is_fetching() const { return !fetching_.empty(); }
  [[nodiscard]] std::size_t at_hand() const { return kept_.size(); }
  void allow_all() {
    starved_ = false;
    being_read_ = 0;
    being_read_bytes_ = 0;
  }

  /// It stands on the disk.
  void used(const Digest& digest);
  /// Nobody waits for any.
  void forget_all();

  [[nodiscard]] std::uint64_t kept_bytes() const { return kept_bytes_; }

  /// Kept beside the newest one; the oldest go first, and are asked for again if they are wanted after all.
  static constexpr std::uint64_t kept_bytes_max = 4ULL * 1024 * 1024;
  /// Asked for at once, by number; by bytes it is the connection's credit, and a larger one travels alone.
  static constexpr std::size_t fetches_max = 64;

 private:
  struct Fetching {
    std::uint64_t size = 0;
    std::string bytes;
    std::optional<Base> base;
    [[nodiscard]] std::uint64_t credit() const { return base ? size + base->text->size() : size; }
  };
  using Fetches = std::map<Digest, Fetching>;

  [[nodiscard]] bool received_delta(Fetches::iterator found, const wire::Body& body);
  void drop_base(Fetching& fetching);
  [[nodiscard]] bool has_room_for(std::uint64_t size) const;
  [[nodiscard]] bool end(Fetches::iterator found, std::optional<std::string> bytes);
  void keep(const Digest& digest, std::shared_ptr<const std::string> bytes);

  Ledger& ledger_;
  Send send_;
  bool online_ = false;
  bool starved_ = false;
  Fetches fetching_;
  std::uint64_t fetching_bytes_ = 0;
  std::size_t being_read_ = 0;  ///< texts that are asked for when their bases are at hand, since allow_all()
  std::uint64_t being_read_bytes_ = 0;
  std::map<Digest, std::shared_ptr<const std::string>> kept_;
  std::deque<Digest> order_;  ///< of kept_, oldest first
  std::uint64_t kept_bytes_ = 0;
};

}  // namespace leanspec::bridge::engine
