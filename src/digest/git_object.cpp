#include "digest/git_object.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace leanspec::digest {

std::string git_blob_id(GitHash hash, std::string_view bytes) {
  const std::string head = "blob " + std::to_string(bytes.size()) + '\0';
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned length = 0;
  EVP_DigestInit_ex(context.get(), hash == GitHash::sha1 ? EVP_sha1() : EVP_sha256(), nullptr);
  EVP_DigestUpdate(context.get(), head.data(), head.size());
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context.get(), result.data(), &length);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex.push_back(digits[result[i] >> 4U]);
    hex.push_back(digits[result[i] & 0xFU]);
  }
  return hex;
}

}  // namespace leanspec::digest
