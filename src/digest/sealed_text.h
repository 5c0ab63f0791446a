#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leanspec::digest {

/// Seals what other people's servers must be told one day (tokens), so that a copy of the database alone does not tell
/// it: AES-256-GCM.
using SealKey = std::array<std::uint8_t, 32>;
using SealNonce = std::array<std::uint8_t, 12>;  ///< of chance, fresh for each text

/// `context` says what the text belongs to; sealed for one place, it does not open in another.
[[nodiscard]] std::string seal(const SealKey& key, const SealNonce& nonce, std::string_view text,
                               std::string_view context);
/// Nothing: it was sealed with another key or for another place, or it was changed.
[[nodiscard]] std::optional<std::string> unseal(const SealKey& key, std::string_view sealed, std::string_view context);

}  // namespace leanspec::digest
