#pragma once

#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

#include "vocabulary/error.h"

namespace leanspec {

/// A value or the Error that explains its absence; shaped like C++23's std::expected<T, Error>.
/// Reading the side that is not there is a bug and asserts. Exceptions never cross a Result boundary.
/// What is read of a Result about to end is handed over by value, so that `for (auto& entry : *list())` keeps it alive.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] T& value() & { assert(has_value()); return *std::get_if<0>(&held_); }
  [[nodiscard]] const T& value() const& { assert(has_value()); return *std::get_if<0>(&held_); }
  [[nodiscard]] T value() && { assert(has_value()); return std::move(*std::get_if<0>(&held_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& { assert(!has_value()); return *std::get_if<1>(&held_); }
  [[nodiscard]] Error error() && { assert(!has_value()); return std::move(*std::get_if<1>(&held_)); }

  template <typename U>
  [[nodiscard]] T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  std::variant<T, Error> held_;
};

/// Success, or the Error that explains the failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : held_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const& { assert(!has_value()); return *std::get_if<1>(&held_); }
  [[nodiscard]] Error error() && { assert(!has_value()); return std::move(*std::get_if<1>(&held_)); }

 private:
  std::variant<std::monostate, Error> held_;
};

using Status = Result<void>;

}  // namespace leanspec

/// Leaves the enclosing function with the error of `expression`, a Result, if it failed. Each use has a name of its own (by __COUNTER__:
/// a use inside a lambda of `expression` stands on the same __LINE__), so that none shadows another.
#define LEANSPEC_TRY(expression) LEANSPEC_TRY_NAMED(LEANSPEC_JOIN(leanspec_tried_, __COUNTER__), expression)
#define LEANSPEC_TRY_NAMED(tried, expression)                               \
  do {                                                                      \
    if (auto tried = (expression); !tried) return std::move(tried).error(); \
  } while (false)

/// Binds the value of `expression`, a Result, to `declaration`, or leaves the enclosing function with its error.
#define LEANSPEC_ASSIGN(declaration, expression) \
  LEANSPEC_ASSIGN_NAMED(LEANSPEC_JOIN(leanspec_result_, __COUNTER__), declaration, expression)
#define LEANSPEC_ASSIGN_NAMED(result, declaration, expression) \
  auto result = (expression);                                  \
  if (!result) return std::move(result).error();               \
  declaration = std::move(result).value()
#define LEANSPEC_JOIN(a, b) LEANSPEC_JOIN_EXPANDED(a, b)
#define LEANSPEC_JOIN_EXPANDED(a, b) a##b
