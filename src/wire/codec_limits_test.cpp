#include <gtest/gtest.h>
#include <leanspec/sync/v1/sync.pb.h>

#include <functional>
#include <string>

#include "compression/zstd_frame.h"
#include "wire/codec.h"
#include "wire/limits.h"
#include "wire/proto_message.h"
#include "wire/shown_text.h"

namespace leanspec::wire {
namespace {

const std::string uuid_bytes(16, 'u');
const std::string digest_bytes(32, 'd');

proto::ToHub good_hello() {
  proto::ToHub message;
  proto::Hello& hello = *message.mutable_hello();
  hello.set_machine(uuid_bytes);
  hello.set_head_digest(digest_bytes);
  hello.set_boot_nonce(uuid_bytes);
  return message;
}

proto::ToHub good_push() {
  proto::ToHub message;
  proto::Push& push = *message.mutable_push();
  push.set_change(uuid_bytes);
  push.set_document(uuid_bytes);
  push.set_digest(digest_bytes);
  push.set_path("specs/1/README.md");
  push.mutable_content()->set_whole(compression::compress("text"));
  return message;
}

proto::ToHub good_part() {
  proto::ToHub message;
  message.mutable_part()->set_digest(digest_bytes);
  message.mutable_part()->set_size(limits::document_bytes_max);
  return message;
}

proto::Entry good_entry(std::uint64_t seq) {
  proto::Entry entry;
  entry.set_seq(seq);
  entry.set_document(uuid_bytes);
  entry.set_version(uuid_bytes);
  entry.set_digest(digest_bytes);
  return entry;
}

proto::ToBridge good_changes(std::size_t entries) {
  proto::ToBridge message;
  proto::Changes& changes = *message.mutable_changes();
  changes.set_epoch(uuid_bytes);
  changes.set_digest_before(digest_bytes);
  changes.set_digest_through(digest_bytes);
  changes.set_through_seq(entries);
  changes.set_head_seq(entries);
  for (std::size_t i = 1; i <= entries; ++i) *changes.add_entries() = good_entry(i);
  return message;
}

proto::ToBridge good_body(std::size_t size) {
  proto::ToBridge message;
  message.mutable_body()->set_digest(digest_bytes);
  message.mutable_body()->set_size(limits::document_bytes_max);
  message.mutable_body()->set_zstd(compression::compress(std::string(size, 'b')));
  return message;
}

std::optional<ErrorCode> to_hub(const proto::ToHub& message) {
  const Result<ToHub> result = decode_to_hub(message.SerializeAsString());
  if (result) return std::nullopt;
  return result.error().code;
}
std::optional<ErrorCode> to_bridge(const proto::ToBridge& message) {
  const Result<ToBridge> result = decode_to_bridge(message.SerializeAsString());
  if (result) return std::nullopt;
  return result.error().code;
}

struct TextLimit {
  const char* field;
  std::size_t bytes_max;
  std::function<std::optional<ErrorCode>(std::string)> decode_with;
};

std::string path_of_depth(std::size_t folders) {
  std::string path;
  for (std::size_t i = 0; i < folders; ++i) path += "d/";
  return path + "f";
}

TEST(CodecLimits, each_text_is_taken_at_its_limit_and_refused_one_byte_over) {
  const auto hello = [](auto set) {
    return [set](std::string text) {
      auto message = good_hello();
      set(*message.mutable_hello(), text);
      return to_hub(message);
    };
  };
  const auto push = [](auto set) {
    return [set](std::string text) {
      auto message = good_push();
      set(*message.mutable_push(), text);
      return to_hub(message);
    };
  };
  const auto report = [](auto set) {
    return [set](std::string text) {
      proto::ToHub message;
      set(*message.mutable_report(), text);
      return to_hub(message);
    };
  };
  const TextLimit rows[] = {
      {"client_version", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_client_version(t); })},
      {"machine_name", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_machine_name(t); })},
      {"project", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_project(t); })},
      {"branch", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_branch(t); })},
      {"platform", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_platform(t); })},
      {"root_hint", limits::name_bytes_max, hello([](auto& m, auto& t) { m.set_root_hint(t); })},
      {"path", limits::path_bytes_max, push([](auto& m, auto& t) { m.set_path(t); })},
      {"commit", limits::text_bytes_max, push([](auto& m, auto& t) { m.set_commit(t); })},
      {"state", limits::name_bytes_max, report([](auto& m, auto& t) { m.set_state(t); })},
      {"detail", limits::text_bytes_max, report([](auto& m, auto& t) { m.set_detail(t); })},
      {"notice", limits::text_bytes_max,
       [](std::string t) {
         proto::ToBridge m;
         m.mutable_notice()->set_text(t);
         return to_bridge(m);
       }},
      {"why", limits::text_bytes_max,
       [](std::string t) {
         proto::ToBridge m;
         m.mutable_go_away()->set_why(t);
         return to_bridge(m);
       }},
  };
  for (const TextLimit& row : rows) {
    EXPECT_EQ(row.decode_with(std::string(row.bytes_max, 'a')), std::nullopt) << row.field;
    EXPECT_EQ(row.decode_with(std::string(row.bytes_max + 1, 'a')), ErrorCode::too_large) << row.field;
    EXPECT_EQ(row.decode_with("not UTF-8: \xff"), ErrorCode::corrupt) << row.field;
  }
}

TEST(CodecLimits, a_path_may_lie_as_deep_as_the_limit) {
  auto message = good_push();
  message.mutable_push()->set_path(path_of_depth(limits::path_depth_max));
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_push()->set_path(path_of_depth(limits::path_depth_max + 1));
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
}

TEST(CodecLimits, a_document_may_have_the_largest_size_and_no_more) {
  auto message = good_push();
  message.mutable_push()->set_size(limits::document_bytes_max);
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_push()->set_size(limits::document_bytes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);

  message.mutable_push()->mutable_content()->mutable_delta()->set_base_digest(digest_bytes);
  message.mutable_push()->set_size(limits::delta_document_bytes_max);
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_push()->set_size(limits::delta_document_bytes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
}

TEST(CodecLimits, a_whole_body_is_bounded_by_what_it_holds_and_by_what_it_claims) {
  auto message = good_push();
  const auto set = [&](std::size_t size) {
    message.mutable_push()->mutable_content()->set_whole(compression::compress(std::string(size, 'x')));
  };
  set(limits::whole_body_bytes_max);
  EXPECT_EQ(to_hub(message), std::nullopt);
  set(limits::whole_body_bytes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  set(64 * limits::MiB);  // six kilobytes that hold 64 MiB
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
}

TEST(CodecLimits, a_part_is_bounded_and_stays_within_its_body) {
  auto message = good_part();
  message.mutable_part()->set_bytes(std::string(limits::part_bytes_max, 'p'));
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_part()->set_offset(limits::document_bytes_max - limits::part_bytes_max);
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_part()->set_offset(limits::document_bytes_max - limits::part_bytes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::corrupt);
  message.mutable_part()->set_offset(~std::uint64_t{0});
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  message.mutable_part()->set_offset(0);
  message.mutable_part()->set_bytes(std::string(limits::part_bytes_max + 1, 'p'));
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  message.mutable_part()->clear_bytes();
  message.mutable_part()->set_size(limits::document_bytes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
}

TEST(CodecLimits, a_group_has_at_most_so_many_changes) {
  auto message = good_push();
  message.mutable_push()->set_group(uuid_bytes);
  message.mutable_push()->set_group_size(limits::group_changes_max);
  EXPECT_EQ(to_hub(message), std::nullopt);
  message.mutable_push()->set_group_size(limits::group_changes_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  message.mutable_push()->set_group_size(0);
  EXPECT_EQ(to_hub(message), ErrorCode::corrupt);
}

TEST(CodecLimits, a_guard_names_at_most_so_many_paths_and_documents) {
  proto::ToHub message;
  auto& state = *message.mutable_guard_state();
  state.set_guard(uuid_bytes);
  state.set_kind(proto::GuardState::MASS_DELETE);
  state.set_count(limits::documents_max);
  for (std::size_t i = 0; i < limits::guard_paths_max; ++i) state.add_paths("1/README.md");
  EXPECT_EQ(to_hub(message), std::nullopt);
  state.add_paths("1/README.md");
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  state.clear_paths();
  state.set_count(limits::documents_max + 1);
  EXPECT_EQ(to_hub(message), ErrorCode::too_large);
  state.set_count(1);
  state.set_kind(proto::GuardState::KIND_UNSPECIFIED);
  EXPECT_EQ(to_hub(message), ErrorCode::unsupported);
  state.clear_guard();
  EXPECT_EQ(to_hub(message), std::nullopt) << "nothing is held";
}

TEST(CodecLimits, an_approval_is_of_deletions_only) {
  auto message = good_push();
  message.mutable_push()->set_approval(uuid_bytes);
  EXPECT_EQ(to_hub(message), ErrorCode::corrupt);
  message.mutable_push()->clear_digest();
  message.mutable_push()->mutable_content()->set_deleted(true);
  EXPECT_EQ(to_hub(message), std::nullopt);
}

TEST(CodecLimits, presence_names_at_most_so_many_documents) {
  proto::ToHub editing;
  for (std::size_t i = 0; i < limits::editing_documents_max; ++i) editing.mutable_editing()->add_documents(uuid_bytes);
  EXPECT_EQ(to_hub(editing), std::nullopt);
  editing.mutable_editing()->add_documents(uuid_bytes);
  EXPECT_EQ(to_hub(editing), ErrorCode::too_large);

  proto::ToBridge editors;
  for (std::size_t i = 0; i < limits::editors_max; ++i)
    editors.mutable_editors()->add_editors()->set_document(uuid_bytes);
  EXPECT_EQ(to_bridge(editors), std::nullopt);
  editors.mutable_editors()->add_editors()->set_document(uuid_bytes);
  EXPECT_EQ(to_bridge(editors), ErrorCode::too_large);
}

TEST(CodecLimits, a_page_has_at_most_so_many_entries_and_is_judged_before_they_are_built) {
  EXPECT_EQ(to_bridge(good_changes(limits::page_entries_max)), std::nullopt);
  EXPECT_EQ(to_bridge(good_changes(limits::page_entries_max + 1)), ErrorCode::too_large);

  proto::ToBridge flood;
  for (int i = 0; i < 1'000'000; ++i) flood.mutable_changes()->add_entries();
  EXPECT_EQ(to_bridge(flood), ErrorCode::too_large);
}

TEST(CodecLimits, bodies_in_a_page_are_bounded_each_and_together) {
  const auto with_bodies = [](std::size_t entries, std::size_t size) {
    auto message = good_changes(entries);
    for (proto::Entry& entry : *message.mutable_changes()->mutable_entries()) {
      entry.set_has_body(true);
      entry.set_body(compression::compress(std::string(size, 'x')));
    }
    return message;
  };
  constexpr std::size_t full = limits::page_bytes_max / limits::inline_body_bytes_max;
  EXPECT_EQ(to_bridge(with_bodies(full, limits::inline_body_bytes_max)), std::nullopt);
  EXPECT_EQ(to_bridge(with_bodies(full + 1, limits::inline_body_bytes_max)), ErrorCode::too_large);
  EXPECT_EQ(to_bridge(with_bodies(1, limits::inline_body_bytes_max + 1)), ErrorCode::too_large);
}

TEST(CodecLimits, a_fetched_body_is_bounded) {
  EXPECT_EQ(to_bridge(good_body(limits::whole_body_bytes_max)), std::nullopt);
  EXPECT_EQ(to_bridge(good_body(limits::whole_body_bytes_max + 1)), ErrorCode::too_large);
}

TEST(CodecLimits, a_fetched_delta_is_bounded_and_is_all_of_its_body) {
  const auto delta = [](std::uint64_t size, std::size_t bytes, std::uint64_t offset = 0, bool missing = false) {
    proto::ToBridge message;
    message.mutable_body()->set_digest(digest_bytes);
    message.mutable_body()->set_base_digest(digest_bytes);
    message.mutable_body()->set_size(size);
    message.mutable_body()->set_offset(offset);
    message.mutable_body()->set_missing(missing);
    message.mutable_body()->set_zstd(std::string(bytes, 'z'));
    return to_bridge(message);
  };
  EXPECT_EQ(delta(limits::delta_document_bytes_max, limits::whole_body_bytes_max), std::nullopt);
  EXPECT_EQ(delta(limits::delta_document_bytes_max + 1, 10), ErrorCode::too_large);
  EXPECT_EQ(delta(limits::delta_document_bytes_max, limits::whole_body_bytes_max + 1), ErrorCode::too_large);
  EXPECT_EQ(delta(1'000, 10, 1), ErrorCode::corrupt);
  EXPECT_EQ(delta(1'000, 10, 0, true), ErrorCode::corrupt);
}

TEST(CodecLimits, a_frame_over_the_limit_is_refused_unread) {
  EXPECT_EQ(decode_to_hub(std::string(limits::frame_bytes_max + 1, '\0')).error().code, ErrorCode::too_large);
  EXPECT_EQ(decode_to_bridge(std::string(limits::frame_bytes_max + 1, '\0')).error().code, ErrorCode::too_large);
  EXPECT_EQ(decode_to_hub(std::string(limits::frame_bytes_max, '\0')).error().code, ErrorCode::corrupt);
}

TEST(CodecLimits, the_largest_messages_fit_into_a_frame) {
  std::string noise(limits::whole_body_bytes_max, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (char& byte : noise) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state);
  }
  Push push;
  push.digest = Digest{};
  push.content = WholeBody{noise};
  push.path = std::string(limits::path_bytes_max, 'p');
  push.commit = std::string(limits::text_bytes_max, 'c');
  EXPECT_TRUE(decode_to_hub(encode(ToHub(push))).has_value());
}

TEST(CodecLimits, shown_texts_are_made_to_fit_whatever_they_quote) {
  const auto detail_after = [](const std::string& detail) {
    Report report;
    report.detail = detail;
    const Result<ToHub> back = decode_to_hub(encode(ToHub(report)));
    return back ? std::get<Report>(*back).detail : "does not decode";
  };
  EXPECT_EQ(detail_after("specs/\xff\xfe/README.md"), "specs/?\?/README.md");
  EXPECT_EQ(detail_after("\xc0\xaf \xed\xa0\x80 \xf5 \xe4\xbb"), "?\? ?\?\? ? ?\?")
      << "overlong, surrogate, out of range, cut";
  EXPECT_EQ(detail_after("仕様 ä 🙂"), "仕様 ä 🙂");
  std::string long_text(limits::text_bytes_max - 1, 'a');
  EXPECT_EQ(detail_after(long_text + "ä"), long_text) << "cut at a character";
  EXPECT_EQ(shown_text(std::string(limits::text_bytes_max + 9, 'a')).size(), limits::text_bytes_max);
}

}  // namespace
}  // namespace leanspec::wire
