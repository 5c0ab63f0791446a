#include <algorithm>

#include "hub/mirrors/provider.h"

namespace leanspec::hub::mirrors {

std::optional<GitId> parse_git_id(std::string_view text) {
  const bool hex =
      std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hex || (text.size() != 40 && text.size() != 64)) return std::nullopt;
  return GitId{std::string(text)};
}

}  // namespace leanspec::hub::mirrors
