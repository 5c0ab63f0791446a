#pragma once

#include <string_view>

#include "vocabulary/result.h"
#include "wire/limits.h"
#include "wire/proto_message.h"

namespace leanspec::wire {

/// One frame as a generated message, within limits::frame_bytes_max. protobuf's own complaints on standard error are
/// switched off: a peer's garbage is answered to the peer and must not fill our log.
[[nodiscard]] Status parse(google::protobuf::MessageLite& message, std::string_view frame);

/// Whether the frame has this field at its top with more bytes than that: asked before lists of small things are built,
/// which take twenty times their bytes in memory.
[[nodiscard]] bool has_field_over(std::string_view frame, int field, std::size_t bytes_max);

/// What a frame without a known message is: of a later protocol if it holds anything at all, else nothing.
[[nodiscard]] Error not_known(std::string_view frame);

}  // namespace leanspec::wire
