#include "hub/engine/push_window.h"

#include <string>
#include <utility>
#include <variant>

#include "wire/limits.h"

namespace leanspec::hub::engine {

namespace {

/// Groups that may be incomplete at once; a bridge sends one after the other.
constexpr std::size_t incomplete_groups_max = 4;

std::size_t body_bytes(const wire::Push& push) {
  if (const auto* whole = std::get_if<wire::WholeBody>(&push.content)) return whole->bytes.size();
  if (const auto* delta = std::get_if<wire::DeltaBody>(&push.content)) return delta->zstd.size();
  return 0;
}

}  // namespace

Result<std::vector<wire::Push>> PushWindow::take(wire::Push push) {
  if (body_bytes(push) > wire::limits::whole_body_bytes_max) {
    return Error(ErrorCode::too_large, "a body over 1 MiB must come in parts", push.path);
  }
  if (push.group) return take_member(std::move(push));
  LEANSPEC_TRY(launch(push.change, body_bytes(push)));
  std::vector<wire::Push> job;
  job.push_back(std::move(push));
  return job;
}

Result<std::vector<wire::Push>> PushWindow::take_member(wire::Push push) {
  if (push.group_size == 0 || push.group_size > wire::limits::group_changes_max) {
    return Error(ErrorCode::too_large, "a group has 1 to 5,000 members");
  }
  const GroupId id = *push.group;
  if (!groups_.contains(id) && groups_.size() == incomplete_groups_max) {
    return Error(ErrorCode::exhausted, "too many groups are incomplete at once");
  }
  auto& group = groups_[id];
  if (group.members.empty()) group.size = push.group_size;
  if (group.size != push.group_size) return Error(ErrorCode::invalid, "the members of a group disagree about its size");
  waiting_bytes_ += body_bytes(push);
  if (waiting_bytes_ > wire::limits::group_bytes_max) {
    return Error(ErrorCode::too_large, "the bodies of incomplete groups exceed 16 MiB; send them in parts first");
  }
  group.members.push_back(std::move(push));
  if (group.members.size() < group.size) return std::vector<wire::Push>{};

  auto members = std::move(group.members);
  groups_.erase(id);
  for (const auto& member : members) waiting_bytes_ -= body_bytes(member);
  LEANSPEC_TRY(launch(members.front().change, 0));
  return members;
}

Status PushWindow::launch(const ChangeId& change, std::size_t credited_bytes) {
  if (flying_.size() == wire::limits::pushes_in_flight_max) {
    return Error(ErrorCode::exhausted, "more than " + std::to_string(wire::limits::pushes_in_flight_max) + " pushes are in flight");
  }
  if (bytes_ > 0 && bytes_ + credited_bytes > wire::limits::credit_bytes) {
    return Error(ErrorCode::exhausted, "more than 2 MiB of bodies are in flight");
  }
  flying_.emplace(change, credited_bytes);
  bytes_ += credited_bytes;
  return {};
}

void PushWindow::answered(const PushDone& done) {
  if (done.results.empty()) return;
  const auto flying = flying_.find(done.results.front().change);
  if (flying == flying_.end()) return;
  bytes_ -= flying->second;
  flying_.erase(flying);
}

}  // namespace leanspec::hub::engine
