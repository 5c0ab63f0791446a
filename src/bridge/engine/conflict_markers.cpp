#include "bridge/engine/conflict_markers.h"

namespace leanspec::bridge::engine {

namespace {

constexpr std::size_t marker_length = 7;  // git's default, and nobody sets another

bool is_marker(std::string_view line, char sign) {
  return line.size() >= marker_length &&
         line.find_first_not_of(sign) == (line.size() == marker_length ? line.npos : 7) &&
         (line.size() == marker_length || line[marker_length] == ' ');
}

}  // namespace

std::size_t conflict_marker_lines(std::string_view text) {
  std::size_t sides = 0;
  std::size_t middles = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < marker_length) continue;
    if (is_marker(line, '<') || is_marker(line, '>') || is_marker(line, '|'))
      ++sides;
    else if (is_marker(line, '='))
      ++middles;
  }
  return sides == 0 ? 0 : sides + middles;
}

}  // namespace leanspec::bridge::engine
