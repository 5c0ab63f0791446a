#include "digest/git_object.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>

#include "text/hex.h"

namespace leanspec::digest {

std::string git_object_id(GitHash hash, std::string_view kind, std::string_view bytes) {
  const std::string head = std::string(kind) + " " + std::to_string(bytes.size()) + '\0';
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned length = 0;
  EVP_DigestInit_ex(context.get(), hash == GitHash::sha1 ? EVP_sha1() : EVP_sha256(), nullptr);
  EVP_DigestUpdate(context.get(), head.data(), head.size());
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context.get(), result.data(), &length);
  return text::to_hex(std::span(result).first(length));
}

std::string git_blob_id(GitHash hash, std::string_view bytes) {
  return git_object_id(hash, "blob", bytes);
}

}  // namespace leanspec::digest
