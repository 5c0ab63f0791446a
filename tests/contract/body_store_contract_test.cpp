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

/// Versions of one document, each made from the one before, an hour apart; words that no compressor makes much smaller.
class ChainContract : public BodyStoreContract {
 protected:
  void SetUp() override {
    branch_ = make_branch();
    document_ = new_document();
    for (int line = 0; line < 200; ++line) text_ += std::to_string(entropy_.next()) + "\n";
  }
  VersionId append(const std::string& text, std::optional<VersionId> parent) {
    VersionId id{};
    clock_.advance(std::chrono::hours(1));
    write([&](Session& session) {
      auto version = text_version(session, branch_, document_, "001-a/README.md", text);
      version.parent = parent;
      version.accepted_at = now();
      id = must(session.versions().append(version)).id;
    });
    texts_.push_back(text);
    return id;
  }
  void edit_often(int times) {
    std::optional<VersionId> last;
    for (int edit = 0; edit < times; ++edit) {
      text_.insert(static_cast<std::size_t>(edit) * 7, "edit " + std::to_string(edit) + "\n");
      last = append(text_, last);
    }
  }
  std::size_t chain(std::size_t limit = 1'000) {
    std::size_t looked_at = 0;
    write([&](Session& session) { looked_at = must(session.bodies().chain_old(now(), limit)); });
    return looked_at;
  }
  void expect_all_as_they_were() {
    for (const auto& text : texts_) EXPECT_EQ(get(digest::sha256(text)), text);
  }

  BranchId branch_{};
  DocumentId document_{};
  std::string text_;
  std::vector<std::string> texts_;
};
INSTANTIATE_TEST_SUITE_P(Stores, ChainContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(ChainContract, old_texts_read_as_they_were_however_they_are_kept) {
  edit_often(100);
  clock_.advance(std::chrono::hours(1));
  chain();
  expect_all_as_they_were();
  reopen();
  expect_all_as_they_were();
  edit_often(3);
  chain();
  EXPECT_EQ(chain(), 0U) << "an end comes";
  expect_all_as_they_were();
}

TEST_P(ChainContract, texts_that_come_back_are_never_their_own_bases) {
  std::optional<VersionId> last;
  const std::string other = text_ + "another line\n", third = "a first line\n" + text_;
  for (const std::string& text : {text_, other, text_, third, other, text_, other, third}) {
    last = append(text, last);
    clock_.advance(std::chrono::hours(1));
    chain();
    expect_all_as_they_were();
  }
}

TEST_P(ChainContract, a_step_ends_where_it_was_told_and_the_next_goes_on) {
  edit_often(10);
  clock_.advance(std::chrono::hours(1));
  std::size_t steps = 0;
  while (chain(3) > 0 && ++steps < 10) expect_all_as_they_were();
  EXPECT_LE(steps, 4U);
}

}  // namespace
}  // namespace leanspec::store
