#pragma once

#include <cstring>

namespace leanspec::spec {

/// Sixteen bytes that are compared at once: what every processor that we build for can do, written so that the compiler
/// finds the instructions. A comparison gives 0xFF for each byte where it holds, else nought.
using Bytes [[gnu::vector_size(16)]] = unsigned char;

inline Bytes bytes_of(char c) {
  return Bytes{} + static_cast<unsigned char>(c);
}

inline Bytes bytes_at(const char* text) {
  Bytes bytes;
  std::memcpy(&bytes, text, sizeof bytes);
  return bytes;
}

}  // namespace leanspec::spec
