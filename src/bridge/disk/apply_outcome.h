#pragma once

#include <string>

#include "bridge/engine/apply.h"
#include "vocabulary/result.h"

/// What one step of the applier means for the whole.
namespace leanspec::bridge::disk {

[[nodiscard]] inline engine::Applied outcome(engine::ApplyOutcome what) {
  engine::Applied applied;
  applied.outcome = what;
  return applied;
}

/// What an error of one step means for the plan.
[[nodiscard]] inline engine::Applied stopped_by(const Error& error) {
  // Somebody was quicker: the name is taken, or what was to be moved is gone.
  if (error.code == ErrorCode::already_exists || error.code == ErrorCode::not_found)
    return outcome(engine::ApplyOutcome::moved_on);
  engine::Applied applied = outcome(engine::ApplyOutcome::failed);
  applied.error = error;
  return applied;
}

/// The disk has no such step.
[[nodiscard]] inline bool lacks(const Status& step) {
  return !step && step.error().code == ErrorCode::unsupported;
}

/// Above `path`; "" is the root.
[[nodiscard]] inline std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace leanspec::bridge::disk
