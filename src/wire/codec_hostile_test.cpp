#include <gtest/gtest.h>
#include <leanspec/sync/v1/sync.pb.h>

#include <functional>

#include "compression/zstd_frame.h"
#include "wire/codec.h"
#include "wire/proto_message.h"

namespace leanspec::wire {
namespace {

const std::string uuid_bytes(16, 'u');
const std::string digest_bytes(32, 'd');

struct Row {
  const char* what;
  std::function<void(proto::Push&)> spoil;
};

TEST(CodecHostile, a_push_with_one_bad_field_is_corrupt_and_the_field_is_named) {
  const Row rows[] = {
      {"push.change", [](auto& push) { push.set_change(std::string(15, 'u')); }},
      {"push.change", [](auto& push) { push.clear_change(); }},
      {"push.document", [](auto& push) { push.set_document(std::string(17, 'u')); }},
      {"push.base_version", [](auto& push) { push.set_base_version("x"); }},
      {"push.digest", [](auto& push) { push.set_digest(std::string(31, 'd')); }},
      {"push.digest", [](auto& push) { push.clear_digest(); }},
      {"push.digest", [](auto& push) { push.mutable_content()->set_deleted(true); }},
      {"push.content", [](auto& push) { push.clear_content(); }},
      {"push.content.whole", [](auto& push) { push.mutable_content()->set_whole("no zstd"); }},
      {"push.content.whole",
       [](auto& push) { push.mutable_content()->set_whole(compression::compress("text").substr(0, 9)); }},
      {"push.content.whole",
       [](auto& push) { push.mutable_content()->set_whole(compression::compress("text") + "tail"); }},
      {"push.content.delta.base_digest",
       [](auto& push) { push.mutable_content()->mutable_delta()->set_base_digest("d"); }},
      {"push.group", [](auto& push) { push.set_group("g"); }},
      {"push.group_size", [](auto& push) { push.set_group_size(1); }},
      {"push.group_size", [](auto& push) { push.set_group(uuid_bytes); }},
      {"push.age_ms", [](auto& push) { push.set_age_ms(~std::uint64_t{0}); }},
  };
  for (const Row& row : rows) {
    proto::ToHub message;
    proto::Push& push = *message.mutable_push();
    push.set_change(uuid_bytes);
    push.set_document(uuid_bytes);
    push.set_digest(digest_bytes);
    push.mutable_content()->set_whole(compression::compress("text"));
    ASSERT_TRUE(decode_to_hub(message.SerializeAsString()).has_value());
    row.spoil(push);
    const Result<ToHub> result = decode_to_hub(message.SerializeAsString());
    ASSERT_FALSE(result.has_value()) << row.what;
    EXPECT_EQ(result.error().code, ErrorCode::corrupt) << row.what;
    EXPECT_EQ(result.error().subject, row.what);
  }
}

TEST(CodecHostile, a_base_that_is_no_digest_is_corrupt) {
  proto::ToHub fetch;
  fetch.mutable_fetch()->set_digest(std::string(32, 'd'));
  EXPECT_TRUE(decode_to_hub(fetch.SerializeAsString()).has_value());
  fetch.mutable_fetch()->set_base_digest("short");
  EXPECT_EQ(decode_to_hub(fetch.SerializeAsString()).error().subject, "fetch.base_digest");
  proto::ToBridge body;
  body.mutable_body()->set_digest(std::string(32, 'd'));
  body.mutable_body()->set_base_digest(std::string(33, 'd'));
  EXPECT_EQ(decode_to_bridge(body.SerializeAsString()).error().subject, "body.base_digest");
}

TEST(CodecHostile, a_page_whose_entries_do_not_rise_or_pass_its_end_is_corrupt) {
  const auto page = [](const std::vector<std::uint64_t>& seqs, std::uint64_t after, std::uint64_t through,
                       std::uint64_t head) {
    proto::ToBridge message;
    proto::Changes& changes = *message.mutable_changes();
    changes.set_epoch(uuid_bytes);
    changes.set_digest_before(digest_bytes);
    changes.set_digest_through(digest_bytes);
    changes.set_after_seq(after);
    changes.set_through_seq(through);
    changes.set_head_seq(head);
    for (const std::uint64_t seq : seqs) {
      proto::Entry& entry = *changes.add_entries();
      entry.set_seq(seq);
      entry.set_document(uuid_bytes);
      entry.set_version(uuid_bytes);
      entry.set_deleted(true);
    }
    return decode_to_bridge(message.SerializeAsString());
  };
  EXPECT_TRUE(page({5, 7}, 4, 8, 9).has_value());
  EXPECT_TRUE(page({}, 4, 4, 4).has_value());
  EXPECT_FALSE(page({5, 5}, 4, 8, 9).has_value());
  EXPECT_FALSE(page({7, 5}, 4, 8, 9).has_value());
  EXPECT_FALSE(page({4}, 4, 8, 9).has_value());
  EXPECT_FALSE(page({5, 9}, 4, 8, 9).has_value());
  EXPECT_FALSE(page({5}, 4, 9, 8).has_value());
  EXPECT_FALSE(page({~std::uint64_t{0}}, 4, ~std::uint64_t{0}, ~std::uint64_t{0}).has_value());
}

TEST(CodecHostile, an_empty_frame_is_corrupt_and_a_later_message_is_unsupported) {
  EXPECT_EQ(decode_to_hub("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_to_bridge("").error().code, ErrorCode::corrupt);
  const std::string field_99 = "\x9a\x06\x02hi";  // length-delimited, number 99
  EXPECT_EQ(decode_to_hub(field_99).error().code, ErrorCode::unsupported);
  EXPECT_EQ(decode_to_bridge(field_99).error().code, ErrorCode::unsupported);
}

TEST(CodecHostile, unknown_fields_of_a_known_message_are_ignored) {
  proto::ToHub message;
  message.mutable_ping()->set_nonce(7);
  EXPECT_EQ(*decode_to_hub(message.SerializeAsString() + "\x9a\x06\x02hi"), ToHub(Ping{7}));
}

TEST(CodecHostile, reasons_and_outcomes_of_a_later_protocol_are_not_taken_for_others) {
  proto::ToBridge refused;
  refused.mutable_refused()->set_text("words");
  EXPECT_EQ(decode_to_bridge(refused.SerializeAsString()).error().code, ErrorCode::corrupt);
  refused.mutable_refused()->set_reason(static_cast<proto::Refused::Reason>(77));
  EXPECT_EQ(std::get<Refused>(*decode_to_bridge(refused.SerializeAsString())).reason, RefusedReason::unavailable);

  proto::ToBridge result;
  result.mutable_push_result()->set_change(uuid_bytes);
  result.mutable_push_result()->set_document(uuid_bytes);
  EXPECT_EQ(decode_to_bridge(result.SerializeAsString()).error().code, ErrorCode::corrupt);
  result.mutable_push_result()->set_outcome(static_cast<proto::PushResult::Outcome>(77));
  EXPECT_EQ(decode_to_bridge(result.SerializeAsString()).error().code, ErrorCode::unsupported);
}

TEST(CodecHostile, every_truncation_of_a_frame_fails_or_means_something_whole) {
  Hello hello;
  hello.machine_name = "laptop";
  const std::string frame = encode(ToHub(hello));
  for (std::size_t size = 1; size < frame.size(); ++size)
    EXPECT_FALSE(decode_to_hub(frame.substr(0, size)).has_value()) << size;
}

}  // namespace
}  // namespace leanspec::wire
