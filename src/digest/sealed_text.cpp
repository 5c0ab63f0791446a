#include "digest/sealed_text.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "text/hex.h"

namespace leanspec::digest {
namespace {

constexpr std::string_view mark = "v1.";
constexpr std::size_t nonce_bytes = std::tuple_size_v<SealNonce>;
constexpr std::size_t tag_bytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string seal(const SealKey& key, const SealNonce& nonce, std::string_view text, std::string_view context) {
  const Context cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::vector<std::uint8_t> sealed(nonce_bytes + text.size() + tag_bytes);
  std::uint8_t* const hidden = std::copy(nonce.begin(), nonce.end(), sealed.data());
  std::uint8_t* const tag = hidden + text.size();
  int length = 0;
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data());
  EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(context), static_cast<int>(context.size()));
  EVP_EncryptUpdate(cipher.get(), hidden, &length, bytes_of(text), static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(cipher.get(), hidden + length, &length);
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes), tag);
  return std::string(mark) + text::to_hex(sealed);
}

std::optional<std::string> unseal(const SealKey& key, std::string_view sealed, std::string_view context) {
  if (!sealed.starts_with(mark)) return std::nullopt;
  const std::string_view digits = sealed.substr(mark.size());
  std::vector<std::uint8_t> bytes(digits.size() / 2);
  if (!text::read_hex(digits, bytes) || bytes.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string text(bytes.size() - nonce_bytes - tag_bytes, '\0');
  const std::uint8_t* const hidden = bytes.data() + nonce_bytes;
  std::uint8_t* const tag = bytes.data() + nonce_bytes + text.size();
  auto* const out = reinterpret_cast<unsigned char*>(text.data());
  int length = 0;
  const Context cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes.data());
  EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(context), static_cast<int>(context.size()));
  EVP_DecryptUpdate(cipher.get(), out, &length, hidden, static_cast<int>(text.size()));
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes), tag);
  if (EVP_DecryptFinal_ex(cipher.get(), out + length, &length) != 1) return std::nullopt;
  return text;
}

}  // namespace leanspec::digest
