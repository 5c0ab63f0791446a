#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/disk_file.h"
#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace leanspec::bridge::engine {

/// Beneath the root. What comes is made here before it takes its place, and what comes out of its place goes here.
inline constexpr std::string_view staging_folder = ".leanspec-sync";

/// Bring one document to the state that the hub has. What the planner saw on the disk is the precondition.
struct Application {
  DocumentId document;
  std::optional<std::string> from;  ///< where it is; nothing: not on the disk
  std::optional<Digest> expected;   ///< what stands there; with `from`
  std::optional<std::string> to;    ///< where it belongs; nothing: deleted at the hub
  std::optional<Digest> digest;     ///< what belongs there; with `to`
  /// The bytes of `digest`; may be null where they are those of `expected` (a rename).
  std::shared_ptr<const std::string> bytes;
  /// A program has had it open for writing for too long to wait: what it writes later is found in what came out (law
  /// 8).
  bool despite_writer = false;
  std::optional<VersionId> version;  ///< of what comes, for the copy that is kept of what goes
  /// No hub has confirmed that it has `expected`: a text that must not go without a copy.
  bool only_here = false;
  /// A person asked for it on this machine.
  bool by_hand = false;
};

/// A text that stood on the disk and is not the one that the planner saw: somebody saved in between. It is theirs, and
/// is pushed with the plan's base; it is never put back in place of what came (law 9).
struct Displaced {
  Digest digest;
  std::shared_ptr<const std::string> bytes;
  std::int64_t modified_ns = 0;  ///< of the file, which its new name left as it was; 0: not known
};

enum class ApplyOutcome {
  applied,      ///< the disk has it; it survives a power cut once make_durable() succeeded
  writer_open,  ///< a program has the file open for writing; nothing was done (law 8)
  moved_on,     ///< the disk is not what the plan says (changed, gone, or its place taken): look again, plan again
  failed,       ///< `error` says why; the disk is as it was
};

struct Applied {
  ApplyOutcome outcome = ApplyOutcome::failed;
  std::optional<Error> error;
  std::optional<Displaced> displaced;
  sync::FileFacts facts;  ///< of the file as it stands now; with `applied` and a `to`
  /// What was taken from its place still lies here: a program that had it open may yet write into it (law 8).
  std::optional<std::string> left_over;
};

enum class ApplyStep {
  apply,
  recover,    ///< what a crash left of it
  look_back,  ///< at what came out: it goes if it is `expected` still, and nobody has it open for writing
  swap,       ///< the files at `from` and `to` change places
};

struct ApplyItem {
  ApplyStep step = ApplyStep::apply;
  Application wanted;
  std::string name;  ///< of the file in the staging folder, unique
  /// The earlier item that makes room for this one: without that this one is not carried out, but has moved_on. A place
  /// that is free because somebody took its file away is that document's until it is known to be gone.
  std::string after = {};
};

/// Hands on the disk. The answer is one ApplyResult with the same id, and no look is under way meanwhile.
struct ApplyRequest {
  std::uint64_t id = 0;
  std::vector<ApplyItem> items;  ///< in this order
};

struct ApplyResult {
  std::uint64_t id = 0;
  std::vector<Applied> results;  ///< one for each item
  /// What was done may not survive a power cut yet: it is not to be counted as done.
  std::optional<Error> not_durable;
  /// The root itself, after all that; nothing: it is not there, or cannot be looked at.
  std::optional<sync::FileFacts> root;
};

}  // namespace leanspec::bridge::engine
