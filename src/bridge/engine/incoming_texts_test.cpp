#include "bridge/engine/incoming_texts.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/memory_state_store.h"

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

TEST_F(IncomingTextsTest, a_text_that_is_kept_here_already_is_not_asked_for) {
  ledger.keep_body(digest::sha256("text"), std::make_shared<const std::string>("text"));
  EXPECT_TRUE(is_here("text"));
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace leanspec::bridge::engine
