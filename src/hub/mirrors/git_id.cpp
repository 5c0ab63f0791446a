#include <algorithm>
#include <utility>

#include "hub/mirrors/provider.h"
#include "text/hex.h"

namespace leanspec::hub::mirrors {

std::optional<GitId> parse_git_id(std::string_view text) {
  const bool hex =
      std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hex || (text.size() != 40 && text.size() != 64)) return std::nullopt;
  return GitId{std::string(text)};
}

GitId git_id_of_bytes(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) text::append_hex(hex, static_cast<std::uint8_t>(c));
  return GitId{std::move(hex)};
}

}  // namespace leanspec::hub::mirrors
