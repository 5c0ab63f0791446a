#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/codec.h"
#include "wire/limits.h"

namespace leanspec::wire {
namespace {

Uuid any_uuid() {
  Uuid uuid;
  for (std::uint8_t& byte : uuid.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return uuid;
}
Digest any_digest() {
  Digest digest;
  for (std::uint8_t& byte : digest.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return digest;
}
bool coin() {
  return *rc::gen::arbitrary<bool>();
}
std::uint64_t below(std::uint64_t end) {
  return *rc::gen::inRange<std::uint64_t>(0, end);
}
template <typename Id>
std::optional<Id> maybe_id() {
  if (coin()) return std::nullopt;
  return Id{any_uuid()};
}
std::string any_text() {
  const auto words = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("spec", "ä", "仕様", "/", " ", "\n", "🙂"));
  std::string text;
  for (const std::string& word : words) text += word;
  return text.size() <= limits::name_bytes_max ? text : "long";
}
std::string any_path() {
  return coin() ? "specs/" + std::to_string(below(1000)) + "-ä/README.md" : "README.md";
}
std::string any_bytes(std::size_t most) {
  auto bytes = *rc::gen::arbitrary<std::string>();
  if (coin()) bytes.append(below(most - bytes.size()), 'x');
  return bytes;
}
milliseconds any_delay() {
  return milliseconds(static_cast<std::int64_t>(below(1'000'000'000)));
}
Instant any_time() {
  return Instant(milliseconds(static_cast<std::int64_t>(below(4'000'000'000'000))));
}
Seq any_seq() {
  return Seq{below(1ULL << 40U)};
}

Hello any_hello() {
  Hello hello;
  hello.protocol_min = *rc::gen::arbitrary<std::uint32_t>();
  hello.protocol_max = *rc::gen::arbitrary<std::uint32_t>();
  hello.client_version = any_text();
  hello.machine = MachineId{any_uuid()};
  hello.machine_name = any_text();
  hello.replica = maybe_id<ReplicaId>();
  hello.project = any_text();
  hello.create_project = coin();
  hello.branch = any_text();
  if (coin()) hello.cursor = Cursor{Epoch{any_uuid()}, any_seq()};
  hello.head_digest = any_digest();
  hello.boot_nonce = any_uuid();
  hello.platform = any_text();
  hello.root_hint = any_text();
  hello.machine_renamed = coin();
  if (coin()) hello.fork = Fork{any_text(), any_seq(), any_text()};
  return hello;
}

Push any_push() {
  Push push;
  push.change = ChangeId{any_uuid()};
  push.document = DocumentId{any_uuid()};
  push.base = maybe_id<VersionId>();
  push.size = below(limits::delta_document_bytes_max);
  push.age = any_delay();
  push.path = any_path();
  switch (below(5)) {
    case 0:
      push.content = WholeBody{any_bytes(30'000)};
      break;
    case 1:
      push.content = DeltaBody{any_digest(), any_bytes(5'000)};
      break;
    case 2:
      push.content = UploadedBody{};
      break;
    case 3:
      push.content = UnchangedBody{};
      break;
    default:
      push.content = Deleted{};
      break;
  }
  if (!std::holds_alternative<Deleted>(push.content)) push.digest = any_digest();
  push.group = maybe_id<GroupId>();
  if (push.group) push.group_size = 1 + static_cast<std::uint32_t>(below(limits::group_changes_max));
  push.commit = any_text();
  if (!push.digest) push.approval = maybe_id<GuardId>();
  if (push.digest && coin()) push.former = FormerVersion{Epoch{any_uuid()}, VersionId{any_uuid()}, coin()};
  return push;
}

Part any_part() {
  Part part;
  part.digest = any_digest();
  part.bytes = any_bytes(limits::part_bytes_max);
  part.offset = below(1'000'000);
  part.size = part.offset + part.bytes.size() + below(1'000'000);
  return part;
}

GuardState any_guard_state() {
  GuardState state;
  state.guard = maybe_id<GuardId>();
  if (!state.guard) return state;
  state.kind = static_cast<GuardKind>(below(4));
  state.count = static_cast<std::uint32_t>(below(limits::documents_max + 1));
  for (std::uint64_t left = below(limits::guard_paths_max + 1); left > 0; --left) state.paths.push_back(any_path());
  state.age = any_delay();
  state.approvable = coin();
  state.revertible = coin();
  state.detail = any_text();
  return state;
}

Editing any_editing() {
  Editing editing;
  for (std::uint64_t left = below(limits::editing_documents_max + 1); left > 0; --left)
    editing.documents.push_back(DocumentId{any_uuid()});
  return editing;
}

Editors any_editors() {
  Editors editors;
  for (std::uint64_t left = below(20); left > 0; --left)
    editors.editors.push_back(Editor{DocumentId{any_uuid()}, any_text()});
  return editors;
}

Fetch any_fetch() {
  Fetch fetch;
  fetch.digest = any_digest();
  fetch.offset = below(limits::document_bytes_max);
  if (coin()) fetch.base = any_digest();
  return fetch;
}

ToHub any_to_hub() {
  switch (below(13)) {
    case 0:
      return any_hello();
    case 1:
      return any_push();
    case 2:
      return any_part();
    case 3:
      return PartsQuery{any_digest(), below(limits::document_bytes_max + 1)};
    case 4:
      return Pull{any_seq()};
    case 5:
      return any_fetch();
    case 6:
      return Ack{any_seq()};
    case 7:
      return Report{1, 2, *rc::gen::arbitrary<std::uint32_t>(), any_text(), any_text()};
    case 8:
      return Ping{*rc::gen::arbitrary<std::uint64_t>()};
    case 9:
      return any_guard_state();
    case 10:
      return Approval{GuardId{any_uuid()}, static_cast<std::uint32_t>(below(limits::documents_max + 1))};
    case 11:
      return any_editing();
    default:
      return Pong{*rc::gen::arbitrary<std::uint64_t>()};
  }
}

Welcome any_welcome() {
  Welcome welcome;
  welcome.protocol = *rc::gen::arbitrary<std::uint32_t>();
  welcome.session = any_uuid();
  welcome.hub_version = any_text();
  welcome.project = any_text();
  welcome.project_name = any_text();
  welcome.machine_name = any_text();
  welcome.epoch = Epoch{any_uuid()};
  welcome.head = any_seq();
  welcome.head_digest = any_digest();
  welcome.resume = coin();
  welcome.hub_time = any_time();
  welcome.limits = PeerLimits{below(1U << 30U), 3, 4, below(1U << 30U)};
  welcome.warning = any_text();
  welcome.branch = any_text();
  welcome.opened = coin();
  return welcome;
}

PushResult any_push_result() {
  PushResult result;
  result.change = ChangeId{any_uuid()};
  result.outcome = static_cast<PushOutcome>(below(7));
  result.document = DocumentId{any_uuid()};
  result.head_version = maybe_id<VersionId>();
  result.side_version = maybe_id<VersionId>();
  result.known_version = maybe_id<VersionId>();
  result.seq = any_seq();
  result.why = any_text();
  result.retry_after = any_delay();
  return result;
}

Changes any_changes() {
  Changes changes;
  changes.epoch = Epoch{any_uuid()};
  changes.after = any_seq();
  changes.digest_before = any_digest();
  Seq last = changes.after;
  const std::uint64_t entries = below(12);
  for (std::uint64_t i = 0; i < entries; ++i) {
    Entry entry;
    last = Seq{last.value() + 1 + below(3)};
    entry.seq = last;
    entry.document = DocumentId{any_uuid()};
    entry.version = VersionId{any_uuid()};
    entry.parent = maybe_id<VersionId>();
    entry.path = any_path();
    if (coin()) {
      entry.digest = any_digest();
      entry.size = below(limits::document_bytes_max + 1);
      if (coin()) entry.body = any_bytes(limits::inline_body_bytes_max);
    }
    entry.replica = maybe_id<ReplicaId>();
    entry.change = maybe_id<ChangeId>();
    entry.group = maybe_id<GroupId>();
    entry.accepted_at = any_time();
    changes.entries.push_back(std::move(entry));
  }
  changes.through = Seq{last.value() + below(3)};
  changes.head = Seq{changes.through.value() + below(3)};
  changes.digest_through = any_digest();
  return changes;
}

Body any_body() {
  Body body;
  body.digest = any_digest();
  if (coin()) {
    body.base = any_digest();
    body.size = below(limits::delta_document_bytes_max + 1);
    body.bytes = any_bytes(5'000);
    return body;
  }
  body.missing = coin();
  if (!body.missing) body.bytes = any_bytes(300'000);
  body.offset = below(1'000);
  body.size = body.offset + body.bytes.size() + below(1'000);
  return body;
}

ToBridge any_to_bridge() {
  switch (below(13)) {
    case 0:
      return any_welcome();
    case 1:
      return Refused{static_cast<RefusedReason>(below(10)), any_text(), any_delay()};
    case 2:
      return any_push_result();
    case 3:
      return any_changes();
    case 4:
      return Head{any_seq()};
    case 5:
      return any_body();
    case 6:
      return PartsState{any_digest(), below(limits::document_bytes_max + 1)};
    case 7:
      return GoAway{any_delay(), any_text()};
    case 8:
      return Notice{any_text(), any_text()};
    case 9:
      return Ping{*rc::gen::arbitrary<std::uint64_t>()};
    case 10:
      return GuardDecision{GuardId{any_uuid()}, coin() ? GuardDecisionKind::approve : GuardDecisionKind::revert,
                           any_text()};
    case 11:
      return any_editors();
    default:
      return Pong{*rc::gen::arbitrary<std::uint64_t>()};
  }
}

RC_GTEST_PROP(CodecProperty, every_message_to_the_hub_comes_back_as_it_was, ()) {
  const ToHub message = any_to_hub();
  const Result<ToHub> back = decode_to_hub(encode(message));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

RC_GTEST_PROP(CodecProperty, every_message_to_the_bridge_comes_back_as_it_was, ()) {
  const ToBridge message = any_to_bridge();
  const Result<ToBridge> back = decode_to_bridge(encode(message));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

RC_GTEST_PROP(CodecProperty, a_frame_cut_or_changed_anywhere_never_does_more_than_fail, ()) {
  std::string frame = coin() ? encode(any_to_hub()) : encode(any_to_bridge());
  if (coin()) frame.resize(below(frame.size() + 1));
  if (!frame.empty()) frame[below(frame.size())] = static_cast<char>(*rc::gen::arbitrary<std::uint8_t>());
  static_cast<void>(decode_to_hub(frame));
  static_cast<void>(decode_to_bridge(frame));
}

}  // namespace
}  // namespace leanspec::wire
