#pragma once

#include <chrono>
#include <string>

#include "hub/engine/bridge_session.h"

namespace leanspec::hub::engine {

/// `retry_after`: when trying again may help; zero: it does not before a person acts.
[[nodiscard]] wire::Refused refused(wire::RefusedReason reason, std::string text,
                                    std::chrono::milliseconds retry_after = std::chrono::milliseconds(0));
/// What an error of the store or of access means to a bridge that asks to come in.
[[nodiscard]] wire::Refused refusal_of(const Error& error);
/// With what the connection ends after a refusal.
[[nodiscard]] CloseCode close_code(wire::RefusedReason reason);

}  // namespace leanspec::hub::engine
