#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "vocabulary/digest.h"
#include "vocabulary/strong.h"
#include "vocabulary/time.h"
#include "vocabulary/uuid.h"

namespace leanspec::store::sqlite {

/// Bytes, as against text.
struct Blob {
  std::string_view bytes;
};

/// One value for a `$n` of a statement. Views what it was made from, so it lives no longer than the call it is an
/// argument of.
class Parameter {
 public:
  using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

  Parameter(std::nullptr_t) : value_(nullptr) {}                                             // NOLINT
  Parameter(std::integral auto number) : value_(static_cast<std::int64_t>(number)) {}        // NOLINT
  Parameter(std::string_view text) : value_(text) {}                                         // NOLINT
  Parameter(const std::string& text) : value_(std::string_view(text)) {}                     // NOLINT
  Parameter(Blob blob) : value_(blob) {}                                                     // NOLINT
  Parameter(const Digest& digest) : value_(view(digest.bytes)) {}                            // NOLINT
  Parameter(const Uuid& uuid) : value_(view(uuid.bytes)) {}                                  // NOLINT
  Parameter(const Instant& time) : value_(std::int64_t{time.time_since_epoch().count()}) {}  // NOLINT
  template <typename Rep, typename Tag>
  Parameter(const Strong<Rep, Tag>& strong) : Parameter(strong.value()) {}  // NOLINT
  template <typename T>
  Parameter(const std::optional<T>& optional)  // NOLINT
      : value_(optional ? Parameter(*optional).value_ : Value(nullptr)) {}

  [[nodiscard]] const Value& value() const { return value_; }

 private:
  template <typename Bytes>
  [[nodiscard]] static Value view(const Bytes& bytes) {
    return Blob{std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
  }

  Value value_;
};

}  // namespace leanspec::store::sqlite
