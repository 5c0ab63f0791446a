#include "digest/hmac.h"

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <string>

#include "digest/sha256.h"

namespace leanspec::digest {

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t block = 64;
  std::array<unsigned char, block> padded{};
  if (key.size() > block) {
    const Digest shorter = sha256(key);
    for (std::size_t i = 0; i < shorter.bytes.size(); ++i) padded[i] = shorter.bytes[i];
  } else {
    for (std::size_t i = 0; i < key.size(); ++i) padded[i] = static_cast<unsigned char>(key[i]);
  }
  std::string inner;
  std::string outer;
  for (const unsigned char byte : padded) {
    inner.push_back(static_cast<char>(byte ^ 0x36U));
    outer.push_back(static_cast<char>(byte ^ 0x5CU));
  }
  Sha256 first;
  first.update(inner);
  first.update(bytes);
  const Digest digest = first.finish();
  outer.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  return sha256(outer);
}

bool equal_in_constant_time(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

}  // namespace leanspec::digest
