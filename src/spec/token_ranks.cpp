#include "spec/token_ranks.h"

#include <bit>
#include <cassert>

static_assert(std::endian::native == std::endian::little, "the table is written little endian");

// The assembler takes the file into the object: neither compiler could parse two megabytes of initialiser in useful
// time.
asm(".section .rodata\n"
    ".balign 8\n"
    "leanspec_token_ranks:\n"
    ".incbin \"" LEANSPEC_TOKEN_RANKS
    "\"\n"
    ".balign 8\n"
    ".globl leanspec_token_ranks\n"
    ".previous\n");

extern "C" const std::uint32_t leanspec_token_ranks[];

namespace leanspec::spec {
namespace {

constexpr std::uint32_t magic = 0x4b303031;
constexpr std::uint32_t no_token = 0xffffffff;
constexpr std::uint32_t rank_mask = (1u << 17) - 1;
constexpr std::size_t header_words = 4;

/// Views into the table; tools/token-ranks/build.mjs describes its layout.
struct Table {
  std::uint32_t tokens = leanspec_token_ranks[1];
  std::uint32_t slot_mask = leanspec_token_ranks[2] - 1;
  const std::uint32_t* slots = leanspec_token_ranks + header_words;
  const std::uint32_t* starts = slots + leanspec_token_ranks[2];
  const char* bytes =
      reinterpret_cast<const char*>(starts + tokens + 1);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)

  [[nodiscard]] std::string_view token(std::uint32_t rank) const {
    return {bytes + starts[rank], starts[rank + 1] - starts[rank]};
  }
};

std::uint32_t hash(std::string_view token) {
  std::uint32_t value = 0x811c9dc5;  // FNV-1a, as in build.mjs
  for (const char c : token) value = (value ^ static_cast<unsigned char>(c)) * 0x01000193;
  return value ^ (value >> 15);
}

}  // namespace

std::optional<std::uint32_t> token_rank(std::string_view token) {
  assert(leanspec_token_ranks[0] == magic);
  if (token.empty() || token.size() > token_bytes_max) return std::nullopt;
  const Table table;
  const std::uint32_t value = hash(token);
  for (std::uint32_t slot = value & table.slot_mask;; slot = (slot + 1) & table.slot_mask) {
    const std::uint32_t entry = table.slots[slot];
    if (entry == no_token) return std::nullopt;
    const std::uint32_t rank = entry & rank_mask;
    if ((entry >> 17) == (value >> 17) && table.token(rank) == token) return rank;
  }
}

std::string_view token_bytes(std::uint32_t rank) {
  const Table table;
  return rank < table.tokens ? table.token(rank) : std::string_view{};
}

std::uint32_t token_count() {
  return Table{}.tokens;
}

}  // namespace leanspec::spec
