#include "hub/engine/body_deltas.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "digest/sha256.h"
#include "hub/engine/engine_test.h"
#include "wire/delta.h"

namespace leanspec::hub::engine {
namespace {

class BodyDeltasTest : public EngineFixture {
 protected:
  Digest put(const std::string& text) {
    const auto digest = digest::sha256(text);
    EXPECT_TRUE(store_->write([&](store::Session& session) { return session.bodies().put(digest, text); }));
    return digest;
  }
  static std::string numbers(std::size_t size) {
    std::string text;
    for (unsigned number = 7; text.size() < size; number = number * 1'664'525U + 1'013'904'223U)
      text += std::to_string(number) + "\n";
    return text;
  }

  const std::string before_ = numbers(10'000);
  const std::string after_ = before_ + "an edit\n";
  BodyDeltas deltas_;
};

TEST_F(BodyDeltasTest, a_delta_is_made_once) {
  const auto from = put(before_), to = put(after_);
  EXPECT_EQ(deltas_.find(from, to), std::nullopt);
  const auto made = deltas_.make(*store_, from, to);
  ASSERT_TRUE(made.has_value() && made->delta != nullptr);
  EXPECT_EQ(made->work, before_.size() + after_.size());
  EXPECT_EQ(made->delta->size, after_.size());
  EXPECT_EQ(wire::apply_delta(before_, made->delta->zstd, after_.size(), to).value(), after_);
  const auto again = deltas_.make(*store_, from, to);
  EXPECT_EQ(again->delta, made->delta);
  EXPECT_EQ(again->work, 0U);
  EXPECT_EQ(deltas_.find(from, to).value(), made->delta);
}

TEST_F(BodyDeltasTest, a_delta_is_kept_without_the_room_of_the_text_that_it_was_made_in) {
  const auto from = put(before_), to = put(after_);
  const auto made = deltas_.make(*store_, from, to);
  ASSERT_TRUE(made.has_value() && made->delta != nullptr);
  EXPECT_LT(made->delta->zstd.capacity(), 200U) << "the text has " << after_.size();
  EXPECT_EQ(deltas_.bytes(), BodyDeltas::entry_bytes + made->delta->zstd.capacity());
}

TEST_F(BodyDeltasTest, twenty_readers_of_one_edit_cost_one_delta) {
  const auto from = put(before_), to = put(after_);
  std::atomic<std::uint64_t> work = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 20; ++reader)
    readers.emplace_back([&] { work += deltas_.make(*store_, from, to).value().work; });
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(work, before_.size() + after_.size());
}

TEST_F(BodyDeltasTest, where_it_saves_nothing_that_is_remembered_and_where_a_text_is_missing_it_is_not) {
  const auto from = put(before_), small = put("small");
  const auto made = deltas_.make(*store_, from, small);
  EXPECT_EQ(made->delta, nullptr);
  EXPECT_EQ(deltas_.find(from, small).value(), nullptr);
  const auto later = digest::sha256(after_);
  EXPECT_EQ(deltas_.make(*store_, from, later)->delta, nullptr);
  EXPECT_EQ(deltas_.make(*store_, later, from)->delta, nullptr);
  EXPECT_EQ(deltas_.find(from, later), std::nullopt);
  put(after_);
  EXPECT_NE(deltas_.make(*store_, from, later)->delta, nullptr);
}

TEST_F(BodyDeltasTest, trouble_of_the_store_is_told_and_the_next_one_tries_again) {
  const auto from = put(before_), to = put(after_);
  store_->outage = Error(ErrorCode::unavailable, "busy");
  EXPECT_EQ(deltas_.make(*store_, from, to).error().code, ErrorCode::unavailable);
  store_->outage.reset();
  EXPECT_NE(deltas_.make(*store_, from, to)->delta, nullptr);
}

TEST_F(BodyDeltasTest, the_oldest_make_room_and_the_bound_holds) {
  const std::string large(BodyDeltas::bytes_max / 4, 'z');
  const auto name = [](int number) { return digest::sha256(std::to_string(number)); };
  for (int number = 0; number < 10; ++number) {
    deltas_.remember(name(0), name(number + 1), 1, large);
    EXPECT_LE(deltas_.bytes(), BodyDeltas::bytes_max);
  }
  EXPECT_EQ(deltas_.find(name(0), name(1)), std::nullopt);
  EXPECT_NE(deltas_.find(name(0), name(10)), std::nullopt);
  for (int number = 0; number < 50'000; ++number) deltas_.remember(name(number), name(0), 1, "");
  EXPECT_LE(deltas_.bytes(), BodyDeltas::bytes_max);
}

}  // namespace
}  // namespace leanspec::hub::engine
