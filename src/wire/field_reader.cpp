#include "wire/field_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "compression/zstd_frame.h"
#include "wire/limits.h"

namespace leanspec::wire {
namespace {

/// 9999-12-31: later times are garbage, and sums of two such values cannot overflow.
constexpr std::uint64_t milliseconds_max = 253'402'300'799'999ULL;
/// Databases count in signed 64 bits.
constexpr auto seq_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

}  // namespace

Uuid FieldReader::uuid(std::string_view bytes, std::string_view name) {
  Uuid uuid;
  if (bytes.size() != uuid.bytes.size()) {
    fail(ErrorCode::corrupt, name, "is not an identifier of 16 bytes");
    return uuid;
  }
  std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
  return uuid;
}

Digest FieldReader::digest(std::string_view bytes, std::string_view name) {
  Digest digest;
  if (bytes.size() != digest.bytes.size()) {
    fail(ErrorCode::corrupt, name, "is not a digest of 32 bytes");
    return digest;
  }
  std::memcpy(digest.bytes.data(), bytes.data(), bytes.size());
  return digest;
}

std::optional<Digest> FieldReader::optional_digest(std::string_view bytes, std::string_view name) {
  if (bytes.empty()) return std::nullopt;
  return digest(bytes, name);
}

std::string FieldReader::text(std::string_view text, std::string_view name, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    fail(ErrorCode::too_large, name, "is longer than " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return std::string(text);
}

std::string FieldReader::path(std::string_view path, std::string_view name) {
  const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (depth > limits::path_depth_max) {
    fail(ErrorCode::too_large, name, "lies deeper than " + std::to_string(limits::path_depth_max) + " folders");
    return {};
  }
  return text(path, name, limits::path_bytes_max);
}

std::string FieldReader::body(std::string_view zstd, std::string_view name, std::size_t bytes_max) {
  if (error_) return {};
  Result<std::string> content = compression::decompress(zstd, bytes_max);
  if (content) return *std::move(content);
  fail(content.error().code, name, content.error().what);
  return {};
}

Seq FieldReader::seq(std::uint64_t seq, std::string_view name) {
  if (seq > seq_max) fail(ErrorCode::corrupt, name, "is no position in a feed");
  return Seq{std::min(seq, seq_max)};
}

std::uint64_t FieldReader::at_most(std::uint64_t number, std::string_view name, std::uint64_t most) {
  if (number > most) fail(ErrorCode::too_large, name, "is more than " + std::to_string(most));
  return std::min(number, most);
}

std::chrono::milliseconds FieldReader::delay(std::uint64_t milliseconds, std::string_view name) {
  if (milliseconds > milliseconds_max) fail(ErrorCode::corrupt, name, "is no sensible time");
  return std::chrono::milliseconds(std::min(milliseconds, milliseconds_max));
}

Instant FieldReader::time(std::uint64_t unix_milliseconds, std::string_view name) {
  return Instant(delay(unix_milliseconds, name));
}

void FieldReader::require(bool holds, std::string_view name, std::string_view rule) {
  if (!holds) fail(ErrorCode::corrupt, name, rule);
}

Status FieldReader::status() const {
  if (error_) return *error_;
  return {};
}

void FieldReader::fail(ErrorCode code, std::string_view name, std::string_view rule) {
  if (!error_) error_.emplace(code, std::string(rule), std::string(name));
}

}  // namespace leanspec::wire
