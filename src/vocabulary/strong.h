#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace leanspec {

/// A value of type Rep that the compiler cannot mistake for another of the same representation.
/// No arithmetic and no implicit conversion either way: a sequence number is not a version is not a count.
template <typename Rep, typename Tag>
class Strong {
 public:
  using rep = Rep;

  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(std::move(value)) {}

  [[nodiscard]] constexpr const Rep& value() const { return value_; }

  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
  friend constexpr bool operator==(const Strong&, const Strong&) = default;

 private:
  Rep value_{};
};

}  // namespace leanspec

template <typename Rep, typename Tag>
struct std::hash<leanspec::Strong<Rep, Tag>> {
  std::size_t operator()(const leanspec::Strong<Rep, Tag>& strong) const noexcept {
    return std::hash<Rep>{}(strong.value());
  }
};
