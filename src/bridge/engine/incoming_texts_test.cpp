#include "bridge/engine/incoming_texts.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/memory_state_store.h"
#include "wire/delta.h"

namespace leanspec::bridge::engine {
namespace {

struct IncomingTextsTest : testing::Test {
  IncomingTextsTest() { texts.connected(); }

  bool is_here(const std::string& text) { return texts.bytes_of(digest::sha256(text), text.size()) != nullptr; }
  wire::Body part(const std::string& text, std::size_t offset, std::size_t size) {
    wire::Body body;
    body.digest = digest::sha256(text);
    body.size = text.size();
    body.offset = offset;
    body.bytes = text.substr(offset, size);
    return body;
  }
  wire::Body delta(const std::string& base, const std::string& text) {
    wire::Body body;
    body.digest = digest::sha256(text);
    body.base = digest::sha256(base);
    body.size = text.size();
    body.bytes = wire::make_delta(base, text).value();
    return body;
  }
  bool is_here(const std::string& text, const std::optional<std::string>& base) {
    return texts.bytes_of(digest::sha256(text), text.size(), [&]() -> std::optional<IncomingTexts::Base> {
      if (!base) return std::nullopt;
      return IncomingTexts::Base{digest::sha256(*base), std::make_shared<const std::string>(*base)};
    }) != nullptr;
  }
  wire::Body whole(const std::string& text) { return part(text, 0, text.size()); }
  wire::Entry entry(const std::string& text, const std::string& body) {
    wire::Entry entry;
    entry.digest = digest::sha256(text);
    entry.body = body;
    return entry;
  }

  std::vector<wire::Fetch> asked;
  fakes::MemoryStateStore store;
  Ledger ledger{store, ReplicaState{}};
  IncomingTexts texts{ledger, [this](const wire::ToHub& message) { asked.push_back(std::get<wire::Fetch>(message)); }};
};

TEST_F(IncomingTextsTest, what_came_with_the_feed_is_not_asked_for) {
  texts.seen_in_feed(entry("text", "text"));
  EXPECT_TRUE(is_here("text"));
  EXPECT_TRUE(asked.empty());
}

TEST_F(IncomingTextsTest, a_text_that_is_not_what_its_digest_says_does_not_count) {
  texts.seen_in_feed(entry("text", "other"));
  EXPECT_FALSE(is_here("text"));
  auto wrong = whole("text");
  wrong.bytes = "tixt";
  EXPECT_FALSE(texts.received(wrong));
  EXPECT_FALSE(is_here("text")) << "it is asked for again";
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(IncomingTextsTest, parts_are_asked_for_one_after_the_other) {
  EXPECT_FALSE(is_here("one and two"));
  EXPECT_TRUE(texts.received(part("one and two", 0, 4)));
  EXPECT_FALSE(is_here("one and two")) << "and it is not asked for twice";
  EXPECT_TRUE(texts.received(part("one and two", 4, 7)));
  EXPECT_TRUE(is_here("one and two"));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1].offset, 4U);
}

TEST_F(IncomingTextsTest, a_part_at_the_wrong_place_or_beyond_the_end_is_refused) {
  EXPECT_FALSE(is_here("one and two"));
  EXPECT_FALSE(texts.received(part("one and two", 4, 7)));
  EXPECT_FALSE(is_here("one and two"));
  auto longer = whole("one and two");
  longer.bytes += "!";
  EXPECT_FALSE(texts.received(longer));
}

TEST_F(IncomingTextsTest, what_the_hub_does_not_have_is_told_and_what_nobody_asked_for_is_passed_over) {
  EXPECT_FALSE(is_here("text"));
  auto missing = whole("text");
  missing.missing = true;
  EXPECT_FALSE(texts.received(missing));
  EXPECT_TRUE(texts.received(whole("never asked for")));
  EXPECT_EQ(texts.kept_bytes(), 0U);
}

TEST_F(IncomingTextsTest, so_many_are_asked_for_at_once_and_the_next_when_one_has_come) {
  for (std::size_t i = 0; i < IncomingTexts::fetches_max; ++i) EXPECT_FALSE(is_here("text " + std::to_string(i)));
  EXPECT_FALSE(texts.is_starved());
  EXPECT_FALSE(is_here("one more"));
  EXPECT_TRUE(texts.is_starved());
  EXPECT_EQ(asked.size(), IncomingTexts::fetches_max);
  EXPECT_TRUE(texts.received(whole("text 0")));
  texts.allow_all();
  EXPECT_FALSE(is_here("one more"));
  EXPECT_FALSE(texts.is_starved());
}

TEST_F(IncomingTextsTest, a_text_larger_than_the_credit_travels_alone) {
  EXPECT_EQ(texts.bytes_of(digest::sha256("large"), wire::limits::credit_bytes + 1), nullptr);
  EXPECT_FALSE(texts.is_starved());
  EXPECT_FALSE(is_here("small"));
  EXPECT_TRUE(texts.is_starved());
}

TEST_F(IncomingTextsTest, offline_nothing_is_asked_for_and_after_that_everything_anew) {
  EXPECT_FALSE(is_here("text"));
  texts.disconnected();
  EXPECT_FALSE(is_here("text"));
  EXPECT_TRUE(texts.is_starved());
  EXPECT_TRUE(texts.received(whole("text"))) << "of the connection that is gone";
  texts.connected();
  texts.allow_all();
  EXPECT_FALSE(is_here("text"));
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(IncomingTextsTest, what_waits_and_is_never_used_does_not_grow_without_a_bound) {
  const std::size_t size = IncomingTexts::kept_bytes_max / 4;
  for (char letter = 'a'; letter < 'k'; ++letter) {
    const std::string text(size, letter);
    EXPECT_FALSE(is_here(text));
    EXPECT_TRUE(texts.received(whole(text)));
    EXPECT_TRUE(is_here(text)) << "the newest one stays";
    EXPECT_LE(texts.kept_bytes(), IncomingTexts::kept_bytes_max);
  }
  const std::string large(IncomingTexts::kept_bytes_max + 1, 'x');
  EXPECT_FALSE(is_here(large));
  EXPECT_TRUE(texts.received(whole(large)));
  EXPECT_TRUE(is_here(large));
  EXPECT_EQ(texts.kept_bytes(), large.size());
  texts.used(digest::sha256(large));
  EXPECT_EQ(texts.kept_bytes(), 0U);
}

/// Text that no compressor makes much smaller, and its edit.
std::string numbers(unsigned first) {
  std::string text;
  for (unsigned number = first; text.size() < 3'000; number = number * 1'664'525U + 1'013'904'223U)
    text += std::to_string(number) + "\n";
  return text;
}
const std::string before = numbers(1);
const std::string after = before.substr(0, 1'500) + "an edit" + before.substr(1'500);

TEST_F(IncomingTextsTest, what_is_new_against_a_text_at_hand_is_all_that_travels) {
  EXPECT_FALSE(is_here(after, before));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].base, digest::sha256(before));
  EXPECT_TRUE(texts.received(delta(before, after)));
  EXPECT_TRUE(is_here(after, before));
  EXPECT_EQ(*texts.bytes_of(digest::sha256(after), after.size()), after);
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(IncomingTextsTest, a_hub_that_knows_no_deltas_sends_it_whole) {
  EXPECT_FALSE(is_here(after, before));
  EXPECT_TRUE(texts.received(part(after, 0, 1'000)));
  EXPECT_TRUE(texts.received(part(after, 1'000, 9'000)));
  EXPECT_TRUE(is_here(after, before));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1].base, std::nullopt);
}

TEST_F(IncomingTextsTest, after_a_delta_that_does_not_give_the_text_the_whole_is_asked_for_once) {
  auto garbage = delta(before, after);
  garbage.bytes = "garbage";
  auto another = delta(before, after);
  another.bytes = wire::make_delta(before, after + "!").value();
  for (const auto& wrong : {garbage, another}) {
    asked.clear();
    EXPECT_FALSE(is_here(after, before));
    EXPECT_TRUE(texts.received(wrong));
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[1].base, std::nullopt);
    EXPECT_FALSE(texts.received(wrong)) << "the base was not named again";
    EXPECT_FALSE(is_here(after, std::nullopt));
    EXPECT_TRUE(texts.received(whole(after)));
    EXPECT_TRUE(is_here(after, before));
    texts.used(digest::sha256(after));
  }
}

TEST_F(IncomingTextsTest, a_delta_against_something_else_or_of_another_length_is_no_answer) {
  EXPECT_FALSE(is_here(after, std::nullopt));
  EXPECT_FALSE(texts.received(delta(before, after))) << "no base was named";
  const std::string other = numbers(2);
  EXPECT_FALSE(is_here(after, other));
  EXPECT_FALSE(texts.received(delta(before, after)));
  // A hub that says less than the feed did: what comes out is held against the feed.
  EXPECT_EQ(
      texts.bytes_of(digest::sha256(after), 500,
                     [] {
                       return IncomingTexts::Base{digest::sha256(before), std::make_shared<const std::string>(before)};
                     }),
      nullptr);
  EXPECT_TRUE(texts.received(delta(before, after)));
  EXPECT_EQ(asked.back().base, std::nullopt);
}

TEST_F(IncomingTextsTest, while_the_base_is_being_read_nothing_is_asked_for_and_room_is_kept) {
  const auto reading = [] { return IncomingTexts::Base{digest::sha256(before), nullptr}; };
  for (std::size_t i = 0; i < IncomingTexts::fetches_max; ++i)
    EXPECT_EQ(texts.bytes_of(digest::sha256(after + std::to_string(i)), 3'000, reading), nullptr);
  EXPECT_TRUE(asked.empty());
  EXPECT_FALSE(texts.is_starved());
  EXPECT_EQ(texts.bytes_of(digest::sha256(after), 3'000, reading), nullptr);
  EXPECT_TRUE(texts.is_starved());
  texts.allow_all();
  EXPECT_FALSE(is_here(after, before));
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(IncomingTextsTest, no_base_is_asked_for_where_no_delta_can_be) {
  const auto never = []() -> std::optional<IncomingTexts::Base> {
    ADD_FAILURE() << "too small, or too large";
    return std::nullopt;
  };
  EXPECT_EQ(texts.bytes_of(digest::sha256("small"), wire::limits::delta_saving_bytes_min - 1, never), nullptr);
  texts.disconnected();
  texts.connected();
  EXPECT_EQ(texts.bytes_of(digest::sha256("large"), wire::limits::delta_document_bytes_max + 1, never), nullptr);
}

TEST_F(IncomingTextsTest, a_text_that_is_kept_here_already_is_not_asked_for) {
  ledger.keep_body(digest::sha256("text"), std::make_shared<const std::string>("text"));
  EXPECT_TRUE(is_here("text"));
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace leanspec::bridge::engine
