// links: spec
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "spec/bpe.h"
#include "spec/pieces.h"
#include "spec/token_ranks.h"
#include "spec/tokens.h"

using namespace leanspec::spec;

/// The pieces cover the text, the tokens of a piece put together are the piece, and counting agrees with encoding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  BytePairEncoder encoder;
  Pieces pieces(text);
  std::size_t covered = 0;
  while (const auto piece = pieces.next()) {
    if (piece->empty()) std::abort();
    covered += piece->size();
    std::vector<std::uint32_t> ranks;
    encoder.encode(*piece, ranks);
    if (encoder.count(*piece) != ranks.size()) std::abort();
    std::string back;
    for (const std::uint32_t rank : ranks) back += token_bytes(rank);
    if (back != *piece) std::abort();
  }
  if (covered != size) std::abort();
  (void)count_spec_tokens(text, text);
  return 0;
}
