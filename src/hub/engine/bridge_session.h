#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/engine/body_deltas.h"
#include "hub/engine/bridge_roster.h"
#include "hub/engine/sequencer.h"
#include "store/store.h"
#include "wire/message.h"

namespace leanspec::hub::engine {

/// Why the hub closes a bridge's WebSocket. 4000 and above are ours (RFC 6455 7.4.2); docs/protocol.md says what a
/// bridge does on each.
enum class CloseCode : std::uint16_t {
  going_away = 1001,
  restarting = 1012,
  try_later = 1013,
  bad_message = 4400,
  unauthenticated = 4401,
  forbidden = 4403,
  no_such_project = 4404,
  protocol_too_old = 4406,
  silent = 4408,
  cloned_identity = 4409,
  superseded = 4410,
  start_again = 4412,
  too_large = 4413,
  rate_limited = 4429,
};

/// What one bridge may do now. The hub's access layer stands behind it, so that the engine knows no keys.
/// May be called from the session's thread at any time.
class BridgeRights {
 public:
  virtual ~BridgeRights() = default;
  /// Raised whenever an answer below may have changed; cheap, asked before every write.
  [[nodiscard]] virtual std::uint64_t version() const = 0;
  /// Errors: unauthenticated (key gone or expired), not_found (a project that it cannot see), forbidden.
  [[nodiscard]] virtual Status may_read(const ProjectId& project) = 0;
  [[nodiscard]] virtual Status may_push(const ProjectId& project) = 0;
  [[nodiscard]] virtual Status may_create_project() = 0;
  /// Valid credentials at all.
  [[nodiscard]] virtual Status may_connect() = 0;
  [[nodiscard]] virtual std::optional<KeyId> key() const = 0;
  [[nodiscard]] virtual std::optional<UserId> user() const = 0;
  /// For people, e.g. "the key expires in 6 days"; "" none.
  [[nodiscard]] virtual std::string warning(Instant now) const = 0;
};

/// Where a session's decisions go. Calls come only from within a call into the session.
class BridgeOutput {
 public:
  virtual ~BridgeOutput() = default;
  virtual void send(wire::ToBridge message) = 0;
  /// To the sequencer; answered by exactly one on_committed.
  virtual void submit(PushJob job) = 0;
  /// After what was sent. Called once.
  virtual void close(CloseCode code, std::string_view reason) = 0;
  /// Sent and not yet taken by the socket.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
};

struct BridgeServices {
  store::Store& store;
  BridgeRoster& roster;
  BodyDeltas& deltas;
  NewId new_id;
  std::string hub_version;
};

/// The hub's end of one bridge connection, without sockets: messages and time in, messages out. One thread at a time.
/// Reads and small writes (registration, parts) go straight to the store, so a call may take one commit; pushes
/// go to the sequencer. Every bound that a peer could stretch is enforced here as well, whatever the codec did.
class BridgeSession {
 public:
  BridgeSession(BridgeServices services, BridgeRights& rights, BridgeOutput& output, Instant now);
  ~BridgeSession();
  BridgeSession(const BridgeSession&) = delete;
  BridgeSession& operator=(const BridgeSession&) = delete;

  void on_message(wire::ToHub message, Instant now);
  /// A frame that was no message (wire::decode_to_hub said why).
  void on_bad_frame(const Error& error, Instant now);
  void on_committed(PushDone done, Instant now);
  /// The branch is at `head` (from the feed); told to the bridge once, coalesced while it reads slowly.
  void on_head(Seq head, Instant now);
  /// The send queue has shrunk: what waited for room goes on.
  void on_drained(Instant now);
  /// At least once a second.
  void tick(Instant now);
  /// The hub stops: tells the bridge when to come back, answers what is in flight, then closes.
  void drain(std::chrono::milliseconds retry_after, std::string_view why, Instant now);
  /// The socket is gone. Nothing is sent after this.
  void on_closed(Instant now);

  /// Set once the bridge is welcome on a branch: subscribe it to the feed.
  [[nodiscard]] std::optional<BranchId> branch() const;
  [[nodiscard]] bool closed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace leanspec::hub::engine
