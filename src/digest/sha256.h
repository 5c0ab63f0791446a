#pragma once

#include <memory>
#include <string_view>

#include "vocabulary/digest.h"

namespace leanspec::digest {

/// SHA-256 (FIPS 180-4) of `bytes`.
[[nodiscard]] Digest sha256(std::string_view bytes);

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// The digest of all bytes so far; the object starts afresh.
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace leanspec::digest
