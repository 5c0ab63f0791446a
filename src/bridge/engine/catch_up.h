#pragma once

#include <map>
#include <optional>
#include <string>

#include "bridge/engine/ledger.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace leanspec::bridge::engine {

/// Reads the hub's feed into a staging area until it is complete up to the head, then moves it into the remote tree
/// with the cursor in one step (law 6: plans are made on whole states only). Where the hub is not the one that we knew
/// (another epoch, a head digest that differs: law 20) the whole tree is read anew and joined without deletes.
class CatchUp {
 public:
  explicit CatchUp(Ledger& ledger) : ledger_(ledger) {}

  /// What the caller must send or know after each step.
  struct Step {
    std::optional<wire::Pull> pull;
    bool complete = false;  ///< the remote tree is whole, up to a head that the hub named
    std::string broken;     ///< not empty: this peer does not keep the protocol; disconnect and say so
  };

  [[nodiscard]] Step welcome(const wire::Welcome& welcome);
  [[nodiscard]] Step head(Seq head);
  [[nodiscard]] Step page(const wire::Changes& page);
  void disconnected();

  /// Our own push stands at `seq` as `node` (nothing: deleted): earlier entries of that document must not take its
  /// place. If it is the next entry of the feed, the cursor goes over it: all that the entry would say is known here.
  void pushed(const DocumentId& document, const std::optional<sync::Node>& node, Seq seq);

  /// The remote tree has been whole once on this connection.
  [[nodiscard]] bool caught_up() const { return caught_up_; }
  /// And it is whole now, up to the last head that the hub named.
  [[nodiscard]] bool is_level() const { return caught_up_ && !pulling_; }
  [[nodiscard]] std::optional<Seq> hub_head() const { return hub_head_; }

 private:
  /// Own entries that may wait for those before them; more are read like everybody's.
  static constexpr std::size_t ahead_max = 2 * wire::limits::pushes_in_flight_max;

  void go_over_own();
  [[nodiscard]] Step start(bool whole);
  [[nodiscard]] Step finish();
  void begin_from_fork();
  void join_without_deletes(const sync::Tree& told_before);
  [[nodiscard]] std::optional<FormerState> former_state(const DocumentId& document, const sync::Node* head) const;
  [[nodiscard]] bool goes_on_from(const sync::Node& remote, Seq seq, const sync::Node& synced) const;
  [[nodiscard]] static bool adds_up(const wire::Changes& page);

  Ledger& ledger_;
  Epoch epoch_;
  std::optional<Seq> hub_head_;
  bool caught_up_ = false;
  bool pulling_ = false;
  bool whole_ = false;  ///< the staging area is a tree of its own, not a difference
  Seq at_;              ///< staged up to here
  Digest digest_at_;
  std::map<DocumentId, std::pair<Seq, std::optional<sync::Node>>> staged_;
  std::map<DocumentId, Seq> own_;
  std::map<Seq, std::pair<DocumentId, sync::Node>> ahead_;  ///< own entries beyond the cursor
};

}  // namespace leanspec::bridge::engine
