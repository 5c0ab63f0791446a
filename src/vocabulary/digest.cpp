#include "vocabulary/digest.h"

#include "text/hex.h"

namespace leanspec {

std::string to_hex(const Digest& digest) {
  return text::to_hex(digest.bytes);
}

std::optional<Digest> parse_digest(std::string_view text) {
  Digest digest;
  if (!text::read_hex(text, digest.bytes)) return std::nullopt;
  return digest;
}

}  // namespace leanspec
