#pragma once

#include <string>
#include <string_view>

#include "bridge/engine/apply.h"
#include "vocabulary/uuid.h"
#include "wire/message.h"

namespace leanspec::simulation {

/// What a bridge does and hears, in the words of the event log.
[[nodiscard]] std::string_view word_of(wire::PushOutcome outcome);
[[nodiscard]] std::string_view word_of(bridge::engine::ApplyStep step);
[[nodiscard]] std::string_view word_of(bridge::engine::ApplyOutcome outcome);
/// The end of it, which differs most.
[[nodiscard]] std::string short_of(const Uuid& id);

}  // namespace leanspec::simulation
