// links: wire
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "digest/sha256.h"
#include "wire/delta.h"

/// The input is cut into a base and the rest; the rest is taken once as a delta from a stranger and once as a document
/// to make one for, which must come back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = 2 + (std::size_t{data[0]} * 256 + data[1]) % (size - 1);
  const std::string_view base = input.substr(2, cut - 2);
  const std::string_view rest = input.substr(cut);

  static_cast<void>(leanspec::wire::apply_delta(base, rest, size * 4, leanspec::Digest{}));

  const std::string target = std::string(rest) + std::string(base);
  if (const auto delta = leanspec::wire::make_delta(base, target)) {
    const auto again = leanspec::wire::apply_delta(base, *delta, target.size(), leanspec::digest::sha256(target));
    if (!again || *again != target) std::abort();
  }
  return 0;
}
