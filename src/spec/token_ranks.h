#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leanspec::spec {

/// The longest token of cl100k_base: a run of 128 spaces.
inline constexpr std::size_t token_bytes_max = 128;

/// The rank of `token` in cl100k_base, which is its number and its priority in merging; nothing when it is no token.
/// Searches the table that tools/token-ranks makes at build time where it lies in the binary: no start-up, no
/// allocation.
[[nodiscard]] std::optional<std::uint32_t> token_rank(std::string_view token);

/// The bytes of the token of this rank; empty when there is none.
[[nodiscard]] std::string_view token_bytes(std::uint32_t rank);

/// How many tokens there are, special ones not counted.
[[nodiscard]] std::uint32_t token_count();

}  // namespace leanspec::spec
