#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace leanspec::bridge::run {

/// A JSON text that was read, to be asked by name. What is not there, or is of another kind, reads as empty: an answer
/// of a newer hub must not stop an older command. Cheap to copy; keeps the whole text's tree alive.
class JsonValue {
 public:
  /// Deeper nesting is refused, since reading recurses.
  static constexpr std::size_t depth_max = 64;

  /// Error: invalid, with the place.
  [[nodiscard]] static Result<JsonValue> parse(std::string_view json);

  [[nodiscard]] bool is_null() const;
  [[nodiscard]] bool is_object() const;
  /// A member of an object.
  [[nodiscard]] JsonValue at(std::string_view name) const;
  [[nodiscard]] std::vector<JsonValue> items() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::int64_t number() const;
  [[nodiscard]] bool is_true() const;
  /// As JSON again.
  [[nodiscard]] std::string print() const;

 private:
  struct Tree;
  JsonValue(std::shared_ptr<const Tree> tree, const void* node) : tree_(std::move(tree)), node_(node) {}
  std::shared_ptr<const Tree> tree_;
  const void* node_ = nullptr;
};

}  // namespace leanspec::bridge::run
