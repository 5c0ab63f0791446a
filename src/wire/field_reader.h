#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"

namespace leanspec::wire {

/// Reads the fields of one decoded protobuf message into plain values under the bounds of limits.h. The first field
/// that breaks its rule is remembered by name and everything after it reads as a default, so that a message is read as
/// one plain list of fields and judged once, by status().
class FieldReader {
 public:
  /// 16 raw bytes.
  template <typename Id>
  [[nodiscard]] Id id(std::string_view bytes, std::string_view name) {
    return Id{uuid(bytes, name)};
  }
  /// 16 raw bytes, or none for nothing.
  template <typename Id>
  [[nodiscard]] std::optional<Id> optional_id(std::string_view bytes, std::string_view name) {
    if (bytes.empty()) return std::nullopt;
    return Id{uuid(bytes, name)};
  }
  [[nodiscard]] Uuid uuid(std::string_view bytes, std::string_view name);
  /// 32 raw bytes.
  [[nodiscard]] Digest digest(std::string_view bytes, std::string_view name);
  [[nodiscard]] std::optional<Digest> optional_digest(std::string_view bytes, std::string_view name);

  /// At most `bytes_max` bytes; protobuf has checked that they are UTF-8.
  [[nodiscard]] std::string text(std::string_view text, std::string_view name, std::size_t bytes_max);
  /// Bounded in length and depth; whether the path is allowed is for the path policy to say, with a reason for people.
  [[nodiscard]] std::string path(std::string_view path, std::string_view name);
  /// A zstd frame that holds at most `bytes_max` bytes.
  [[nodiscard]] std::string body(std::string_view zstd, std::string_view name, std::size_t bytes_max);

  [[nodiscard]] Seq seq(std::uint64_t seq, std::string_view name);
  /// At most `most`: too_large beyond.
  [[nodiscard]] std::uint64_t at_most(std::uint64_t number, std::string_view name, std::uint64_t most);
  [[nodiscard]] std::chrono::milliseconds delay(std::uint64_t milliseconds, std::string_view name);
  [[nodiscard]] Instant time(std::uint64_t unix_milliseconds, std::string_view name);

  /// Notes that `name` breaks a rule that the reader does not know.
  void require(bool holds, std::string_view name, std::string_view rule);
  [[nodiscard]] Status status() const;

 private:
  void fail(ErrorCode code, std::string_view name, std::string_view rule);

  std::optional<Error> error_;
};

}  // namespace leanspec::wire
