#pragma once

#include <string>
#include <string_view>

namespace leanspec::host {

/// Appends `text` as a JSON string with its quotes (RFC 8259): control characters escaped, bytes that are no UTF-8
/// replaced by U+FFFD, so that the result is valid JSON on one line whatever comes in.
void append_json_string(std::string& out, std::string_view text);

}  // namespace leanspec::host
