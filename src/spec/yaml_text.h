#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "spec/yaml_value.h"

namespace leanspec::spec {

enum class ScalarStyle { plain, single_quoted, double_quoted };

/// `text` as a YAML scalar on one line that reads back as this text and as nothing else: in the wanted style where that
/// is possible, else in the next stricter one. Plain texts that a YAML reader takes for a number, a truth value, a null
/// or a time are quoted, unless `plain_times` allows times. Valid in blocks and between brackets.
enum class PlainTimes { quoted, allowed };
[[nodiscard]] std::string to_yaml_scalar(std::string_view text, ScalarStyle wanted, PlainTimes times);

/// A value as block or flow text whose further lines are indented by `indent`: a scalar, a list (dashes at `indent`) or
/// a map. Ends without a line end.
[[nodiscard]] std::string to_yaml(const YamlValue& value, std::size_t indent);

/// Whether two values say the same, however they are written.
[[nodiscard]] bool same_yaml(const YamlValue& a, const YamlValue& b);

}  // namespace leanspec::spec
