#include "sync/rolling_digest.h"

#include <string>

#include "digest/sha256.h"

namespace leanspec::sync {
namespace {

template <typename Bytes>
void append(std::string& text, const Bytes& bytes) {
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append_big_endian(std::string& text, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
}

}  // namespace

Digest roll(const Digest& previous, const RolledEntry& entry) {
  std::string canonical;
  canonical.reserve(110 + entry.path.size());
  append(canonical, previous.bytes);
  append_big_endian(canonical, entry.seq.value(), 8);
  append(canonical, entry.document.value().bytes);
  append(canonical, entry.version.value().bytes);
  append_big_endian(canonical, entry.path.size(), 4);
  canonical += entry.path;
  canonical += entry.digest ? '\1' : '\0';
  if (entry.digest) append(canonical, entry.digest->bytes);
  return digest::sha256(canonical);
}

}  // namespace leanspec::sync
