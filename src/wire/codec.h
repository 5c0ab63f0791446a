#pragma once

#include <string>
#include <string_view>

#include "vocabulary/result.h"
#include "wire/message.h"

namespace leanspec::wire {

/// The protocol versions that this build speaks.
constexpr std::uint32_t protocol_min = 1;
constexpr std::uint32_t protocol_max = 1;

/// "mass-delete": as people and scripts are told of it.
[[nodiscard]] std::string_view to_string(GuardKind kind);

/// One message as the bytes of one frame. Bodies are compressed here.
[[nodiscard]] std::string encode(const ToHub& message);
[[nodiscard]] std::string encode(const ToBridge& message);

/// One frame as a message. Errors: corrupt (not a message, or a field of the wrong length), too_large (a bound of
/// limits.h, also for what a compressed body claims or turns out to hold), unsupported (a message of a later protocol).
/// Allocates in proportion to the frame, never to what it claims.
[[nodiscard]] Result<ToHub> decode_to_hub(std::string_view frame);
[[nodiscard]] Result<ToBridge> decode_to_bridge(std::string_view frame);

}  // namespace leanspec::wire
