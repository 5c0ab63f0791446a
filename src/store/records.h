#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/former_version.h"
#include "vocabulary/ids.h"
#include "vocabulary/time.h"

/// What the hub remembers, as plain values in domain words.
namespace leanspec::store {

struct Project {
  ProjectId id;
  std::string name;
  std::string source = "bridge";  ///< "bridge" | "github" | "git"
  std::string color;              ///< "" none
  bool favorite = false;
  std::string default_branch;
  Instant created_at;
  Instant changed_at;
  friend bool operator==(const Project&, const Project&) = default;
};

/// Where a branch came from, as the replica said that opened it (law 28). The first one to name a branch opens it.
struct Fork {
  std::optional<BranchId> of;  ///< nothing: of none
  Seq seq;                     ///< of that branch
  std::string commit;          ///< that was checked out; "" unknown
  std::optional<ReplicaId> opened_by;
  friend bool operator==(const Fork&, const Fork&) = default;
};

struct Branch {
  BranchId id;
  ProjectId project;
  std::string name;
  Seq head;             ///< 0: nothing yet
  Digest head_digest;   ///< rolling: SHA-256(previous rolling || canonical bytes of the entry); all zero before the first
  Fork fork = {};
  Seq copied = {};  ///< the feed up to here repeats the heads of the fork point; 0: the branch began empty
  friend bool operator==(const Branch&, const Branch&) = default;
};

enum class VersionKind {
  head,  ///< was a document's head when it was made; has a seq
  side,  ///< kept text that never was the head (law 3); has none
};

/// One immutable state of one document. Never changed, never removed.
struct Version {
  VersionId id;
  BranchId branch;
  DocumentId document;
  VersionKind kind = VersionKind::head;
  std::optional<VersionId> parent;
  std::optional<VersionId> second_parent;  ///< of a merge: the side version
  std::string path;
  std::optional<Digest> digest;  ///< nothing: deleted
  std::uint64_t size = 0;
  std::optional<MachineId> machine;
  std::optional<ReplicaId> replica;
  std::optional<UserId> user;
  std::optional<ChangeId> change;
  std::optional<GroupId> group;
  std::string commit;
  Instant accepted_at;
  Instant effective_at;  ///< accepted_at less the age of the edit, clamped (law 14)
  Seq seq;               ///< 0 for a side version
  friend bool operator==(const Version&, const Version&) = default;
};

/// A version that a bridge offered again after a restore, and what it was before that.
struct OfferedAgain {
  VersionId version;
  FormerVersion former;
  friend bool operator==(const OfferedAgain&, const OfferedAgain&) = default;
};

/// A side version that nobody has dealt with yet: shown as held, with its reason.
struct HeldVersion {
  Version version;
  std::string why;
  friend bool operator==(const HeldVersion&, const HeldVersion&) = default;
};

/// What became of a change id, so that its second arrival gets the first answer (law 2).
struct ChangeOutcome {
  ReplicaId replica;
  ChangeId change;
  Digest request;      ///< of what was asked: the same id with another request is refused
  std::string result;  ///< the encoded wire::PushResult
  Instant at;
  friend bool operator==(const ChangeOutcome&, const ChangeOutcome&) = default;
};

struct Machine {
  MachineId id;
  std::string name;
  std::string platform;
  std::string client_version;
  std::optional<KeyId> key;  ///< the key that it last came with
  Instant first_seen;
  Instant last_seen;
  std::optional<Instant> revoked_at;
  friend bool operator==(const Machine&, const Machine&) = default;
};

/// A machine's folder of one project, as the hub last heard of it; the cursor is for display only, the bridge's own decides.
struct Replica {
  ReplicaId id;
  MachineId machine;
  ProjectId project;
  std::string branch;
  std::string root_hint;
  Seq acknowledged;
  std::uint32_t documents = 0;
  std::uint32_t pending = 0;
  std::uint32_t held = 0;
  std::string state;
  std::string detail;
  Instant last_seen;
  friend bool operator==(const Replica&, const Replica&) = default;
};

enum class Role { viewer, editor, owner };

struct User {
  UserId id;
  std::string name;           ///< sign-in name, unique without case
  std::string password_hash;  ///< argon2id, encoded form; "" none
  bool administrator = false;
  std::uint64_t generation = 0;  ///< raised to end every session at once
  Instant created_at;
  friend bool operator==(const User&, const User&) = default;
};

struct Membership {
  UserId user;
  ProjectId project;
  Role role = Role::viewer;
  friend bool operator==(const Membership&, const Membership&) = default;
};

struct WebSession {
  Digest token;  ///< SHA-256 of the cookie
  UserId user;
  std::uint64_t generation = 0;
  Instant created_at;
  Instant last_used_at;
  Instant expires_at;
  std::string user_agent;
  friend bool operator==(const WebSession&, const WebSession&) = default;
};

struct ApiKey {
  KeyId id;
  Digest token;        ///< SHA-256 of the whole key
  std::string prefix;  ///< its first characters, to recognise it by
  std::string name;
  std::vector<std::string> scopes;
  std::optional<ProjectId> project;  ///< nothing: every project of its maker
  std::optional<UserId> created_by;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_used_at;
  std::string last_used_address;
  std::optional<Instant> revoked_at;
  std::optional<KeyId> rotated_from;
  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// A one-time link: "setup" (first owner) or "signin" (a person at the hub's own machine).
struct OneTimeLink {
  Digest token;
  std::string purpose;
  std::optional<UserId> user;
  Instant expires_at;
  friend bool operator==(const OneTimeLink&, const OneTimeLink&) = default;
};

struct AuditEntry {
  Instant at;
  std::string actor;    ///< "user:ada", "key:lsk_abcd…", "machine:…", "system"
  std::string action;   ///< the route's action or the command
  std::string subject;
  std::string outcome;
  std::string address;
  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

}  // namespace leanspec::store
