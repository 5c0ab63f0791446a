// Texts on a bridge's connection: fetched in slices, as deltas, and sent up in parts.
#include "hub/engine/bridge_session.h"
#include "hub/engine/bridge_session_for_test.h"
#include "wire/delta.h"

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;
namespace limits = wire::limits;

/// Text that no compressor makes much smaller.
std::string numbers(std::size_t size, unsigned first) {
  std::string text;
  for (unsigned number = first; text.size() < size; number = number * 1'664'525U + 1'013'904'223U)
    text += std::to_string(number) + "\n";
  return text;
}

TEST_F(BridgeSessionTest, large_bodies_are_fetched_in_slices_and_unknown_ones_are_missing) {
  const std::string large(limits::whole_body_bytes_max + 5, 'x');
  const auto digest = digest::sha256(large);
  ASSERT_TRUE(store_->write([&](store::Session& session) { return session.bodies().put(digest, large); }));
  auto b = welcomed(1);
  say(*b, wire::Fetch{digest, 0});
  EXPECT_EQ(b->output.last<wire::Body>()->bytes.size(), limits::whole_body_bytes_max);
  EXPECT_EQ(b->output.last<wire::Body>()->size, large.size());
  say(*b, wire::Fetch{digest, limits::whole_body_bytes_max});
  EXPECT_EQ(b->output.last<wire::Body>()->bytes, "xxxxx");
  say(*b, wire::Fetch{digest, large.size() + 1});
  EXPECT_TRUE(b->output.last<wire::Body>()->missing);
  say(*b, wire::Fetch{digest::sha256("unknown"), 0});
  EXPECT_TRUE(b->output.last<wire::Body>()->missing);
}

TEST_F(BridgeSessionTest, who_names_a_base_gets_what_is_new_against_it) {
  const std::string before = numbers(60'000, 1);
  const std::string after = before + "an edit\n";
  const auto from = digest::sha256(before), to = digest::sha256(after);
  ASSERT_TRUE(store_->write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(session.bodies().put(from, before));
    return session.bodies().put(to, after);
  }));
  auto b = welcomed(1);
  say(*b, wire::Fetch{to, 0, from});
  const auto body = *b->output.last<wire::Body>();
  EXPECT_EQ(body.base, from);
  EXPECT_EQ(body.size, after.size());
  EXPECT_LT(body.bytes.size(), 100U);
  EXPECT_EQ(wire::apply_delta(before, body.bytes, body.size, to).value(), after);

  struct Row {
    const char* what;
    wire::Fetch fetch;
  };
  const auto small = digest::sha256("small");
  ASSERT_TRUE(store_->write([&](store::Session& session) { return session.bodies().put(small, "small"); }));
  const Row rows[] = {{"an unknown base", {to, 0, digest::sha256("unknown")}},
                      {"a base that does not help", {small, 0, from}},
                      {"itself", {to, 0, to}},
                      {"the rest of a text", {to, 10, from}},
                      {"no base", {to, 0, {}}}};
  for (const auto& [what, fetch] : rows) {
    say(*b, fetch);
    EXPECT_EQ(b->output.last<wire::Body>()->base, std::nullopt) << what;
    EXPECT_FALSE(b->output.last<wire::Body>()->missing) << what;
  }
  say(*b, wire::Fetch{digest::sha256("unknown"), 0, from});
  EXPECT_TRUE(b->output.last<wire::Body>()->missing);
}

TEST_F(BridgeSessionTest, what_a_writer_sent_is_handed_on_to_readers_without_being_made_again) {
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id(), SequencerLimits{}, &deltas_);
  const std::string before = numbers(60'000, 1);
  const std::string after = before + "an edit\n";
  auto b = welcomed(1);
  say(*b, text_push(doc(1), {}, "a.md", before));
  run_sequencer(*b);
  const auto base = b->output.last<wire::PushResult>()->head_version;
  auto push = text_push(doc(1), base, "a.md", after);
  const auto sent = wire::make_delta(before, after).value();
  push.content = wire::DeltaBody{digest::sha256(before), sent};
  say(*b, push);
  run_sequencer(*b);
  ASSERT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
  store_->outage = Error(ErrorCode::unavailable, "nobody reads the store for it");
  auto known = deltas_.find(digest::sha256(before), digest::sha256(after));
  ASSERT_TRUE(known.has_value() && *known != nullptr);
  EXPECT_EQ((*known)->zstd, sent);
  store_->outage.reset();
  for (std::uint32_t reader = 2; reader < 22; ++reader) {
    auto r = welcomed(reader);
    say(*r, wire::Fetch{digest::sha256(after), 0, digest::sha256(before)});
    EXPECT_EQ(r->output.last<wire::Body>()->bytes, sent);
  }
}

TEST_F(BridgeSessionTest, a_delta_that_was_not_opened_is_handed_on_to_nobody) {
  sequencer_ = std::make_unique<Sequencer>(*store_, new_id(), SequencerLimits{}, &deltas_);
  const std::string before = numbers(5'000, 1);
  auto b = welcomed(1);
  say(*b, text_push(doc(1), {}, "a.md", before));
  run_sequencer(*b);
  auto push = text_push(doc(1), b->output.last<wire::PushResult>()->head_version, "a.md", before + "x");
  push.content = wire::DeltaBody{digest::sha256(before), "garbage"};
  say(*b, push);
  run_sequencer(*b);
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::need_body);
  auto known = push;
  known.content = wire::WholeBody{before + "x"};
  say(*b, known);
  run_sequencer(*b);
  say(*b, push);  // once more, as after a lost answer: the answer is known, and nobody looks at the bytes
  run_sequencer(*b);
  EXPECT_EQ(b->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
  EXPECT_EQ(deltas_.find(digest::sha256(before), digest::sha256(before + "x")), std::nullopt);
}

TEST_F(BridgeSessionTest, an_upload_in_parts_survives_a_reconnect) {
  const std::string large(limits::part_bytes_max + 100, 'y');
  const auto digest = digest::sha256(large);
  auto b = welcomed(1);
  say(*b, wire::Part{digest, large.size(), 0, large.substr(0, limits::part_bytes_max)});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  b->session->on_closed(clock_.now());
  auto again = welcomed(1);
  say(*again, wire::PartsQuery{digest, large.size()});
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  say(*again,
      wire::Part{digest, large.size(), 0, large.substr(0, limits::part_bytes_max)});  // once more: told where to go on
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, limits::part_bytes_max);
  say(*again, wire::Part{digest, large.size(), limits::part_bytes_max, large.substr(limits::part_bytes_max)});
  EXPECT_EQ(again->output.last<wire::PartsState>()->received, large.size());
  auto push = text_push(doc(1), {}, "large.bin", large);
  push.content = wire::UploadedBody{};
  say(*again, push);
  run_sequencer(*again);
  EXPECT_EQ(again->output.last<wire::PushResult>()->outcome, wire::PushOutcome::accepted);
}

TEST_F(BridgeSessionTest, parts_that_do_not_make_the_body_are_dropped_for_good_and_can_be_sent_afresh) {
  const auto digest = digest::sha256("abcdef");
  auto b = welcomed(1);
  say(*b, wire::Part{digest, 6, 0, "abc"});
  say(*b, wire::Part{digest, 6, 3, "XYZ"});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 0U);
  say(*b, wire::PartsQuery{digest, 6});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 0U);
  say(*b, wire::Part{digest, 6, 0, "abcdef"});
  EXPECT_EQ(b->output.last<wire::PartsState>()->received, 6U);
}

}  // namespace
}  // namespace leanspec::hub::engine
