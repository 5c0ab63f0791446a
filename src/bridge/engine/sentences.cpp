#include "bridge/engine/sentences.h"

#include "bridge/engine/git_watch.h"

namespace leanspec::bridge::engine {
namespace {

constexpr const char* carried_remedy = "`leanspec-bridge accept` on the file, if it belongs on this branch too";

}  // namespace

std::string remedy_for(wire::RefusedReason reason) {
  switch (reason) {
    case wire::RefusedReason::unauthenticated:
      return "make a new key at the hub and run `leanspec-bridge login` with it; local work is kept and sent then";
    case wire::RefusedReason::forbidden:
      return "ask an owner of the project for access; local work is kept and sent then";
    case wire::RefusedReason::no_such_project:
      return "check the name; `leanspec-bridge remove` and `leanspec-bridge add --project NAME` name another one";
    case wire::RefusedReason::machine_revoked:
      return "to join again as a new machine, use another state folder (--state-dir): log in and add the folder there; "
             "the files stay as they are";
    case wire::RefusedReason::cloned_identity:
      return "the state folder was copied: give one of the two machines a new one (--state-dir), log in and add the "
             "folder there";
    case wire::RefusedReason::protocol_too_old:
      return "bring leanspec-bridge and the hub to the same version; local work is kept and sent then";
    case wire::RefusedReason::limit:
      return "ask who runs the hub; local work is kept";
    case wire::RefusedReason::bad_message:
      return "bring leanspec-bridge and the hub to the same version; local work is kept";
    case wire::RefusedReason::rate_limited:
    case wire::RefusedReason::unavailable:
      return {};
  }
  return {};
}

std::string remedy_for_held(const ReplicaConfig& config, const sync::Hold* hold) {
  if (hold != nullptr && GitWatch::is_carried(*hold)) return carried_remedy;
  const bool at_hub = hold != nullptr;
  if (!sends(config.mode)) return "take it elsewhere; what the hub has comes when nothing else stands in its place";
  return at_hub ? "decide it in the web app or with `leanspec-bridge conflicts` and `resolve`, or edit it again"
                : "edit it again, or take over the hub's version";
}

std::string undo_or_approve(const ReplicaConfig& config) {
  return writes_here(config.mode) ? "run `leanspec-bridge revert` to bring the files back from the hub, or "
                                    "`leanspec-bridge approve` to delete them for everybody"
                                  : "put the files back, or run `leanspec-bridge approve` to delete them for everybody";
}

std::string what_changed(const sync::PushOperation& push) {
  if (!push.digest) return "deleted here";
  if (push.moved_only) return "renamed here";
  return push.base ? "edited here" : "new here";
}

std::string what_comes(const sync::ApplyOperation& apply, const ReplicaConfig& config, const std::string& why_not_yet) {
  std::string what = "the hub has a newer version";
  if (!apply.to)
    what = "the hub deleted it";
  else if (!apply.from)
    what = "the hub has it and this folder does not";
  else if (apply.from != apply.to && apply.expected == apply.digest)
    what = "the hub renamed it to " + *apply.to;
  if (!writes_here(config.mode)) return what + "; this folder is only sent, nothing is written here";
  return what + "; " + (why_not_yet.empty() ? "it comes next" : why_not_yet);
}

std::string seconds_from(BootTime from, BootTime until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - from).count();
  if (left <= 0) return "now";
  return "in " + std::to_string(left / 1000) + "." + std::to_string(left % 1000 / 100) + " s";
}

}  // namespace leanspec::bridge::engine
