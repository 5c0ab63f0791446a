#pragma once

#include <optional>

#include "hub/engine/sequencer.h"
#include "vocabulary/result.h"
#include "wire/message.h"

/// What can be said of a push without looking at the store.
namespace leanspec::hub::engine {

/// Path policy, sizes, and that content, digest and bytes agree. Error: invalid or too_large, in words for people.
[[nodiscard]] Status check_push(const wire::Push& push, const SequencerLimits& limits);

/// What makes two pushes the same: everything but how the body travels and how old the edit has become meanwhile.
[[nodiscard]] Digest request_digest(BranchId branch, const wire::Push& push);

/// Law 14: receipt less age, but not before `not_before` (the later of the base's hub time and the replica's last
/// contact) nor after `now`.
[[nodiscard]] Instant effective_time(Instant received_at, std::chrono::milliseconds age,
                                     std::optional<Instant> not_before, Instant now);

}  // namespace leanspec::hub::engine
