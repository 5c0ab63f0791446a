#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class BodyStoreContract : public StoreContract {
 protected:
  /// Stages one part in a transaction of its own, which commits whatever became of the part.
  [[nodiscard]] std::optional<ErrorCode> stage(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                                               const std::string& bytes) {
    std::optional<ErrorCode> code;
    write([&](Session& session) { code = code_of(session.bodies().stage(digest, size, offset, bytes, now())); });
    return code;
  }
  [[nodiscard]] std::uint64_t staged(const Digest& digest) {
    std::uint64_t count = 0;
    read([&](Session& session) { count = must(session.bodies().staged(digest)); });
    return count;
  }
  [[nodiscard]] std::optional<std::string> get(const Digest& digest) {
    std::optional<std::string> bytes;
    read([&](Session& session) { bytes = must(session.bodies().get(digest)); });
    return bytes;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, BodyStoreContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(BodyStoreContract, bodies_come_back_as_they_were_whatever_they_hold) {
  std::string noise(200'000, '\0');
  for (char& byte : noise) byte = static_cast<char>(entropy_.next());
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string(100'000, 'a'), std::string("\0\xff", 2), noise}) {
    const Digest digest = digest::sha256(bytes);
    write([&](Session& session) {
      EXPECT_FALSE(must(session.bodies().has(digest)));
      must(session.bodies().put(digest, bytes));
      must(session.bodies().put(digest, bytes));
      EXPECT_TRUE(must(session.bodies().has(digest)));
    });
    reopen();
    EXPECT_EQ(get(digest), bytes);
  }
  EXPECT_EQ(get(digest::sha256("never put")), std::nullopt);
}

TEST_P(BodyStoreContract, a_body_sent_in_parts_is_put_with_its_last_part) {
  const std::string body = std::string(10'000, 'a') + std::string(10'000, 'b') + "end";
  const Digest digest = digest::sha256(body);
  EXPECT_EQ(staged(digest), 0U);
  EXPECT_EQ(stage(digest, body.size(), 0, body.substr(0, 10'000)), std::nullopt);
  EXPECT_EQ(staged(digest), 10'000U);
  reopen();
  EXPECT_EQ(stage(digest, body.size(), 10'000, body.substr(10'000, 10'000)), std::nullopt);
  EXPECT_EQ(get(digest), std::nullopt);
  EXPECT_EQ(stage(digest, body.size(), 20'000, "end"), std::nullopt);
  EXPECT_EQ(get(digest), body);
  EXPECT_EQ(staged(digest), 0U);
}

TEST_P(BodyStoreContract, one_part_and_no_bytes_at_all_are_bodies_too) {
  EXPECT_EQ(stage(digest::sha256("all"), 3, 0, "all"), std::nullopt);
  EXPECT_EQ(get(digest::sha256("all")), "all");
  EXPECT_EQ(stage(digest::sha256(""), 0, 0, ""), std::nullopt);
  EXPECT_EQ(get(digest::sha256("")), "");
}

TEST_P(BodyStoreContract, a_part_that_does_not_continue_is_a_conflict_and_changes_nothing) {
  const Digest digest = digest::sha256("abcdef");
  EXPECT_EQ(stage(digest, 6, 2, "cd"), ErrorCode::conflict);
  EXPECT_EQ(stage(digest, 6, 0, "ab"), std::nullopt);
  EXPECT_EQ(stage(digest, 6, 0, "ab"), ErrorCode::conflict);
  EXPECT_EQ(stage(digest, 6, 4, "ef"), ErrorCode::conflict);
  EXPECT_EQ(stage(digest, 7, 2, "cd"), ErrorCode::conflict) << "another size";
  EXPECT_EQ(stage(digest, 6, 2, "cdefg"), ErrorCode::conflict) << "more than the size";
  EXPECT_EQ(staged(digest), 2U);
  EXPECT_EQ(stage(digest, 6, 2, "cdef"), std::nullopt);
  EXPECT_EQ(get(digest), "abcdef");
}

TEST_P(BodyStoreContract, parts_that_do_not_make_the_body_are_corrupt_and_dropped) {
  const Digest digest = digest::sha256("abcdef");
  EXPECT_EQ(stage(digest, 6, 0, "abc"), std::nullopt);
  EXPECT_EQ(stage(digest, 6, 3, "XYZ"), ErrorCode::corrupt);
  EXPECT_EQ(staged(digest), 0U);
  EXPECT_EQ(get(digest), std::nullopt);
  EXPECT_EQ(stage(digest, 6, 0, "abcdef"), std::nullopt);
}

TEST_P(BodyStoreContract, parts_that_nobody_continues_are_dropped) {
  const Digest old = digest::sha256("abcdef");
  const Digest recent = digest::sha256("ghijkl");
  EXPECT_EQ(stage(old, 6, 0, "abc"), std::nullopt);
  clock_.advance(std::chrono::hours(2));
  EXPECT_EQ(stage(recent, 6, 0, "ghi"), std::nullopt);
  write([&](Session& session) { must(session.bodies().drop_stale_parts(now() - std::chrono::hours(1))); });
  EXPECT_EQ(staged(old), 0U);
  EXPECT_EQ(staged(recent), 3U);
}

}  // namespace
}  // namespace leanspec::store
