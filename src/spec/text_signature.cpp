#include "spec/text_signature.h"

#include <algorithm>
#include <bit>

namespace leanspec::spec {
namespace {

/// Fibonacci hashing: the upper bits of the product are well spread. The length keeps "a" apart from "\0\0a".
constexpr std::uint32_t spread(std::uint32_t run, std::uint32_t length) {
  return (run | (length << 24)) * 0x9E3779B1u;
}

constexpr std::uint32_t byte(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

SignatureProbe::SignatureProbe(std::string_view term) {
  if (term.size() == 1) hashes_.push_back(spread(byte(term[0]), 1));
  if (term.size() == 2) hashes_.push_back(spread((byte(term[0]) << 8) | byte(term[1]), 2));
  if (term.size() < 3) return;
  const std::size_t runs = term.size() - 2;
  const std::size_t step = (runs + hashes_max - 1) / hashes_max;
  for (std::size_t i = 0; i < runs; i += step) {
    hashes_.push_back(spread((byte(term[i]) << 16) | (byte(term[i + 1]) << 8) | byte(term[i + 2]), 3));
  }
}

TextSignature::TextSignature(std::size_t text_bytes) {
  const std::size_t bits = std::clamp(std::bit_ceil(text_bytes * 2), bits_min, bits_max);
  words_.resize(bits / 64);
  shift_ = 32 - static_cast<unsigned>(std::countr_zero(bits));
}

void TextSignature::add(std::string_view folded) {
  const auto set = [&](std::uint32_t hash) {
    const std::uint32_t bit = hash >> shift_;
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  };
  std::uint32_t window = 0;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    window = ((window << 8) | byte(folded[i])) & 0xFFFFFF;
    set(spread(window & 0xFF, 1));
    if (i >= 1) set(spread(window & 0xFFFF, 2));
    if (i >= 2) set(spread(window, 3));
  }
}

bool TextSignature::may_contain(const SignatureProbe& probe) const {
  if (words_.empty()) return true;
  return std::all_of(probe.hashes().begin(), probe.hashes().end(), [&](std::uint32_t hash) {
    const std::uint32_t bit = hash >> shift_;
    return ((words_[bit / 64] >> (bit % 64)) & 1) != 0;
  });
}

}  // namespace leanspec::spec
