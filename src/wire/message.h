#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/former_version.h"
#include "vocabulary/guard_id.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"

/// The messages between bridge and hub as plain values; `codec.h` turns them to bytes and back. What each field means stands
/// in proto/leanspec/sync/v1/sync.proto. A decoded message has every text and count within limits.h.
namespace leanspec::wire {

using std::chrono::milliseconds;

/// Where a branch comes from, should the hub not have it yet (law 28).
struct Fork {
  std::string of;  ///< a branch of the same project; "": its default branch
  Seq seq;         ///< how far the bridge had read it
  std::string commit;
  friend bool operator==(const Fork&, const Fork&) = default;
};

struct Hello {
  std::uint32_t protocol_min = 1;
  std::uint32_t protocol_max = 1;
  std::string client_version;
  MachineId machine;
  std::string machine_name;
  std::optional<ReplicaId> replica;  ///< nothing: only checking the credentials
  std::string project;
  bool create_project = false;
  std::string branch;
  std::optional<Cursor> cursor;
  Digest head_digest;
  Uuid boot_nonce;
  std::string platform;
  std::string root_hint;
  bool machine_renamed = false;  ///< a person at the machine chose machine_name: it replaces the hub's
  std::optional<Fork> fork = {};  ///< nothing: of none that the bridge knows
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct WholeBody { std::string bytes; friend bool operator==(const WholeBody&, const WholeBody&) = default; };
/// `zstd` is kept compressed here: only who holds the base can open it (see delta.h).
struct DeltaBody { Digest base; std::string zstd; friend bool operator==(const DeltaBody&, const DeltaBody&) = default; };
struct UploadedBody { friend bool operator==(const UploadedBody&, const UploadedBody&) = default; };
struct Deleted { friend bool operator==(const Deleted&, const Deleted&) = default; };
struct UnchangedBody { friend bool operator==(const UnchangedBody&, const UnchangedBody&) = default; };
using Content = std::variant<WholeBody, DeltaBody, UploadedBody, Deleted, UnchangedBody>;

struct Push {
  ChangeId change;
  DocumentId document;
  std::optional<VersionId> base;
  std::optional<Digest> digest;  ///< nothing: deleted
  std::uint64_t size = 0;
  milliseconds age{0};
  std::string path;
  Content content;
  std::optional<GroupId> group;
  std::uint32_t group_size = 0;
  std::string commit;
  std::optional<GuardId> approval;  ///< of a deletion: a person approved it under this guard
  std::optional<FormerVersion> former = {};  ///< law 20; not of a deletion
  friend bool operator==(const Push&, const Push&) = default;
};

struct Part { Digest digest; std::uint64_t size = 0; std::uint64_t offset = 0; std::string bytes; friend bool operator==(const Part&, const Part&) = default; };
struct PartsQuery { Digest digest; std::uint64_t size = 0; friend bool operator==(const PartsQuery&, const PartsQuery&) = default; };
struct Pull { Seq after; friend bool operator==(const Pull&, const Pull&) = default; };
struct Fetch {
  Digest digest;
  std::uint64_t offset = 0;
  std::optional<Digest> base = {};  ///< a text at hand: the answer may be a delta against it
  friend bool operator==(const Fetch&, const Fetch&) = default;
};
struct Ack { Seq seq; friend bool operator==(const Ack&, const Ack&) = default; };
struct Report {
  std::uint32_t documents = 0;
  std::uint32_t pending = 0;
  std::uint32_t held = 0;
  std::string state;
  std::string detail;
  friend bool operator==(const Report&, const Report&) = default;
};
enum class GuardKind { root_missing, root_emptied, root_replaced, mass_delete };
struct GuardState {
  std::optional<GuardId> guard;  ///< nothing: nothing is held, and the rest says nothing
  GuardKind kind = GuardKind::mass_delete;
  std::uint32_t count = 0;
  std::vector<std::string> paths;
  milliseconds age{0};
  bool approvable = false;
  bool revertible = false;
  std::string detail;
  friend bool operator==(const GuardState&, const GuardState&) = default;
};
struct Approval { GuardId guard; std::uint32_t count = 0; friend bool operator==(const Approval&, const Approval&) = default; };
struct Editing { std::vector<DocumentId> documents; friend bool operator==(const Editing&, const Editing&) = default; };
struct Ping { std::uint64_t nonce = 0; friend bool operator==(const Ping&, const Ping&) = default; };
struct Pong { std::uint64_t nonce = 0; friend bool operator==(const Pong&, const Pong&) = default; };

using ToHub = std::variant<Hello, Push, Part, PartsQuery, Pull, Fetch, Ack, Report, Ping, Pong, GuardState, Approval, Editing>;

struct PeerLimits {
  std::uint64_t document_bytes_max = 0;
  std::uint32_t documents_max = 0;
  std::uint32_t pushes_in_flight_max = 0;
  std::uint64_t credit_bytes = 0;
  friend bool operator==(const PeerLimits&, const PeerLimits&) = default;
};

struct Welcome {
  std::uint32_t protocol = 1;
  Uuid session;
  std::string hub_version;
  std::string project;
  std::string project_name;
  std::string machine_name;
  Epoch epoch;
  Seq head;
  Digest head_digest;
  bool resume = false;
  Instant hub_time;
  PeerLimits limits;
  std::string warning;
  std::string branch = {};  ///< the name that the branch has at the hub
  bool opened = false;      ///< this replica opened the branch: what it has is what the branch begins with
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

enum class RefusedReason {
  protocol_too_old, unauthenticated, forbidden, no_such_project, machine_revoked, cloned_identity, rate_limited, bad_message, limit, unavailable,
};
struct Refused { RefusedReason reason = RefusedReason::unavailable; std::string text; milliseconds retry_after{0}; friend bool operator==(const Refused&, const Refused&) = default; };

enum class PushOutcome { accepted, unchanged, known, held, rejected, retry, need_body };
struct PushResult {
  ChangeId change;
  PushOutcome outcome = PushOutcome::rejected;
  DocumentId document;
  std::optional<VersionId> head_version;
  std::optional<VersionId> side_version;
  std::optional<VersionId> known_version;
  Seq seq;
  std::string why;
  milliseconds retry_after{0};
  friend bool operator==(const PushResult&, const PushResult&) = default;
};

struct Entry {
  Seq seq;
  DocumentId document;
  VersionId version;
  std::optional<VersionId> parent;
  std::string path;
  std::optional<Digest> digest;  ///< nothing: deleted
  std::uint64_t size = 0;
  std::optional<ReplicaId> replica;
  std::optional<ChangeId> change;
  std::optional<GroupId> group;
  std::optional<std::string> body;  ///< plain bytes, when small
  Instant accepted_at;
  friend bool operator==(const Entry&, const Entry&) = default;
};

struct Changes {
  Epoch epoch;
  Seq after;
  Digest digest_before;
  std::vector<Entry> entries;
  Seq head;
  Seq through;
  Digest digest_through;
  friend bool operator==(const Changes&, const Changes&) = default;
};

struct Head { Seq seq; friend bool operator==(const Head&, const Head&) = default; };
struct Body {
  Digest digest;
  std::uint64_t size = 0;  ///< of the whole body
  std::uint64_t offset = 0;
  std::string bytes;  ///< from offset on; with a base all of the body as a delta against it, still compressed (delta.h)
  bool missing = false;
  std::optional<Digest> base = {};
  friend bool operator==(const Body&, const Body&) = default;
};
struct PartsState { Digest digest; std::uint64_t received = 0; friend bool operator==(const PartsState&, const PartsState&) = default; };
struct GoAway { milliseconds retry_after{0}; std::string why; friend bool operator==(const GoAway&, const GoAway&) = default; };
struct Notice { std::string text; std::string machine_name; friend bool operator==(const Notice&, const Notice&) = default; };

enum class GuardDecisionKind { approve, revert };
struct GuardDecision { GuardId guard; GuardDecisionKind decision = GuardDecisionKind::revert; std::string by; friend bool operator==(const GuardDecision&, const GuardDecision&) = default; };
struct Editor { DocumentId document; std::string who; friend bool operator==(const Editor&, const Editor&) = default; };
struct Editors { std::vector<Editor> editors; friend bool operator==(const Editors&, const Editors&) = default; };

using ToBridge = std::variant<Welcome, Refused, PushResult, Changes, Head, Body, PartsState, GoAway, Notice, Ping, Pong, GuardDecision, Editors>;

}  // namespace leanspec::wire
