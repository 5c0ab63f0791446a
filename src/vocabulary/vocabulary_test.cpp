#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"
#include "vocabulary/time.h"
#include "vocabulary/uuid.h"

namespace leanspec {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error(ErrorCode::invalid, "is odd", std::to_string(number), "Give an even number.");
  return number / 2;
}

Result<int> quarter(int number) {
  LEANSPEC_ASSIGN(const int halved, half(number));
  return half(halved);
}

Status check(int number) {
  LEANSPEC_TRY(quarter(number));
  return {};
}

TEST(Uuid, is_ordered_byte_by_byte) {
  const Uuid middle{{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}};
  for (std::size_t at = 0; at < 16; ++at) {
    for (const std::uint8_t value : std::initializer_list<std::uint8_t>{0, 6, 8, 255}) {
      for (const std::uint8_t rest : std::initializer_list<std::uint8_t>{0, 255}) {
        Uuid other = middle;
        other.bytes[at] = value;
        for (std::size_t later = at + 1; later < 16; ++later) other.bytes[later] = rest;
        EXPECT_EQ(other < middle, value < 7) << "byte " << at << " is " << int{value};
        EXPECT_EQ(middle<other, value> 7) << "byte " << at << " is " << int{value};
        EXPECT_NE(other, middle);
      }
    }
  }
  EXPECT_EQ(middle <=> middle, std::strong_ordering::equal);
}

TEST(Result, carries_the_value_or_the_error_through_the_macros) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().subject, "3");
  EXPECT_TRUE(check(8).has_value());
  EXPECT_EQ(check(2).error().code, ErrorCode::invalid);
}

TEST(Result, moves_out_values_that_cannot_be_copied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  EXPECT_EQ(*std::move(result).value(), 3);
}

using Entries = std::vector<std::shared_ptr<int>>;

Result<Entries> entries(std::weak_ptr<int>& watched) {
  const auto entry = std::make_shared<int>(7);
  watched = entry;
  return Entries{entry};
}

TEST(Result, what_a_loop_walks_over_lives_as_long_as_the_loop) {
  std::weak_ptr<int> watched;
  for (auto& entry : *entries(watched)) {
    ASSERT_FALSE(watched.expired());
    EXPECT_EQ(*entry, 7);
  }
  for (const auto& entry : entries(watched).value()) {
    ASSERT_FALSE(watched.expired());
    EXPECT_EQ(*entry, 7);
  }
  EXPECT_TRUE(watched.expired());
}

TEST(Result, an_error_that_is_looked_at_outlives_its_result) {
  const Error& error = quarter(6).error();
  EXPECT_EQ(error.subject, "3");
}

/// A use within a use, on one line and on several: builds only if no name shadows another (an error with g++).
Result<int> nested(int number) {
  LEANSPEC_TRY([&]() -> Status {
    LEANSPEC_TRY(half(number));
    LEANSPEC_TRY(quarter(number));
    return {};
  }());
  LEANSPEC_ASSIGN(const int sum, [&]() -> Result<int> {
    LEANSPEC_ASSIGN(const int first, half(number));
    LEANSPEC_ASSIGN(const int second, [&]() -> Result<int> {
      LEANSPEC_ASSIGN(const int halved, half(first));
      return halved;
    }());
    return first + second;
  }());
  return sum;
}

TEST(Result, macros_nest_in_lambdas) {
  EXPECT_EQ(*nested(8), 6);
  EXPECT_EQ(nested(6).error().subject, "3");
  EXPECT_EQ(nested(3).error().subject, "3");
}

TEST(Error, sentence_says_subject_what_and_remedy) {
  EXPECT_EQ(half(3).error().sentence(), "3: is odd. Give an even number.");
  EXPECT_EQ(Error(ErrorCode::io, "disk full").sentence(), "disk full");
}

TEST(Uuid, version_7_sorts_by_time_and_survives_text) {
  const Uuid earlier = make_uuid7(std::chrono::milliseconds(1'000), {255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
  const Uuid later = make_uuid7(std::chrono::milliseconds(1'001), {});
  EXPECT_LT(earlier, later);
  EXPECT_EQ(to_string(later), "00000000-03e9-7000-8000-000000000000");
  EXPECT_EQ(parse_uuid(to_string(earlier)), earlier);
}

TEST(Uuid, refuses_what_is_not_one) {
  for (const char* text : {"", "0", "00000000-03e9-7000-8000-00000000000g", "0000000003e9-7000-8000-0000000000000"}) {
    EXPECT_FALSE(parse_uuid(text).has_value()) << text;
  }
}

TEST(Digest, hex_goes_there_and_back_and_nothing_else_parses) {
  Digest digest;
  digest.bytes[0] = 0xAB;
  EXPECT_EQ(parse_digest(to_hex(digest)), digest);
  EXPECT_FALSE(parse_digest("ab").has_value());
  EXPECT_FALSE(parse_digest(std::string(64, 'x')).has_value());
}

TEST(Time, is_written_in_utc_with_milliseconds) {
  EXPECT_EQ(to_rfc3339(Instant(std::chrono::milliseconds(0))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(Instant(std::chrono::milliseconds(1'763'804'655'125))), "2025-11-22T09:44:15.125Z");
}

}  // namespace
}  // namespace leanspec
