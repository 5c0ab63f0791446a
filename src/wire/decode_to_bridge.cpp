#include <google/protobuf/io/coded_stream.h>

#include "wire/codec.h"
#include "wire/field_reader.h"
#include "wire/parse.h"

namespace leanspec::wire {
namespace {

static_assert(static_cast<int>(RefusedReason::protocol_too_old) + 1 == proto::Refused::PROTOCOL_TOO_OLD);
static_assert(static_cast<int>(RefusedReason::unavailable) + 1 == proto::Refused::UNAVAILABLE);
static_assert(static_cast<int>(GuardDecisionKind::revert) + 1 == proto::GuardDecision::REVERT);
static_assert(static_cast<int>(PushOutcome::accepted) + 1 == proto::PushResult::ACCEPTED);
static_assert(static_cast<int>(PushOutcome::need_body) + 1 == proto::PushResult::NEED_BODY);

/// How many entries a frame of changes holds, without building them: an empty entry takes two bytes in a frame and two
/// hundred in memory, so the count is judged before protobuf allocates anything.
[[nodiscard]] std::size_t count_entries(std::string_view frame) {
  using google::protobuf::internal::WireFormatLite;
  std::size_t entries = 0;
  google::protobuf::io::CodedInputStream outer(reinterpret_cast<const std::uint8_t*>(frame.data()),
                                               static_cast<int>(frame.size()));
  while (const std::uint32_t outer_tag = outer.ReadTag()) {
    if (outer_tag !=
        WireFormatLite::MakeTag(proto::ToBridge::kChangesFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&outer, outer_tag)) break;
      continue;
    }
    std::uint32_t length = 0;
    if (!outer.ReadVarint32(&length)) break;
    const auto limit =
        outer.PushLimit(static_cast<int>(length));  // a length beyond the frame leaves the frame's own end
    while (const std::uint32_t tag = outer.ReadTag()) {
      if (tag ==
          WireFormatLite::MakeTag(proto::Changes::kEntriesFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED))
        ++entries;
      if (!WireFormatLite::SkipField(&outer, tag)) return entries;
    }
    outer.PopLimit(limit);
  }
  return entries;
}

[[nodiscard]] Welcome read(const proto::Welcome& from, FieldReader& fields) {
  Welcome welcome;
  welcome.protocol = from.protocol();
  welcome.session = fields.uuid(from.session(), "welcome.session");
  welcome.hub_version = fields.text(from.hub_version(), "welcome.hub_version", limits::name_bytes_max);
  welcome.project = fields.text(from.project(), "welcome.project", limits::name_bytes_max);
  welcome.project_name = fields.text(from.project_name(), "welcome.project_name", limits::name_bytes_max);
  welcome.machine_name = fields.text(from.machine_name(), "welcome.machine_name", limits::name_bytes_max);
  welcome.epoch = fields.id<Epoch>(from.epoch(), "welcome.epoch");
  welcome.head = fields.seq(from.head_seq(), "welcome.head_seq");
  welcome.head_digest = fields.digest(from.head_digest(), "welcome.head_digest");
  welcome.resume = from.resume();
  welcome.hub_time = fields.time(from.hub_time_ms(), "welcome.hub_time_ms");
  welcome.limits = PeerLimits{from.limits().document_bytes_max(), from.limits().documents_max(),
                              from.limits().pushes_in_flight_max(), from.limits().credit_bytes()};
  welcome.warning = fields.text(from.warning(), "welcome.warning", limits::text_bytes_max);
  welcome.branch = fields.text(from.branch(), "welcome.branch", limits::name_bytes_max);
  welcome.opened = from.opened();
  return welcome;
}

[[nodiscard]] Result<Refused> read_refused(const proto::Refused& from, FieldReader& fields) {
  if (from.reason() == proto::Refused::REASON_UNSPECIFIED)
    return Error(ErrorCode::corrupt, "gives no reason", "refused.reason");
  Refused refused;
  // A reason of a later protocol still has its text for people, and what to do about it is to try again later.
  const bool known = from.reason() >= proto::Refused::PROTOCOL_TOO_OLD && from.reason() <= proto::Refused::UNAVAILABLE;
  refused.reason = known ? static_cast<RefusedReason>(from.reason() - 1) : RefusedReason::unavailable;
  refused.text = fields.text(from.text(), "refused.text", limits::text_bytes_max);
  refused.retry_after = fields.delay(from.retry_after_ms(), "refused.retry_after_ms");
  return refused;
}

[[nodiscard]] Result<PushResult> read_push_result(const proto::PushResult& from, FieldReader& fields) {
  if (from.outcome() == proto::PushResult::OUTCOME_UNSPECIFIED) {
    return Error(ErrorCode::corrupt, "gives no outcome", "push_result.outcome");
  }
  if (from.outcome() < proto::PushResult::ACCEPTED || from.outcome() > proto::PushResult::NEED_BODY) {
    return Error(ErrorCode::unsupported, "is of a later protocol", "push_result.outcome", "Update this program.");
  }
  PushResult result;
  result.change = fields.id<ChangeId>(from.change(), "push_result.change");
  result.outcome = static_cast<PushOutcome>(from.outcome() - 1);
  result.document = fields.id<DocumentId>(from.document(), "push_result.document");
  result.head_version = fields.optional_id<VersionId>(from.head_version(), "push_result.head_version");
  result.side_version = fields.optional_id<VersionId>(from.side_version(), "push_result.side_version");
  result.known_version = fields.optional_id<VersionId>(from.known_version(), "push_result.known_version");
  result.seq = fields.seq(from.seq(), "push_result.seq");
  result.why = fields.text(from.why(), "push_result.why", limits::text_bytes_max);
  result.retry_after = fields.delay(from.retry_after_ms(), "push_result.retry_after_ms");
  return result;
}

[[nodiscard]] Entry read(const proto::Entry& from, FieldReader& fields) {
  Entry entry;
  entry.seq = fields.seq(from.seq(), "entry.seq");
  entry.document = fields.id<DocumentId>(from.document(), "entry.document");
  entry.version = fields.id<VersionId>(from.version(), "entry.version");
  entry.parent = fields.optional_id<VersionId>(from.parent(), "entry.parent");
  entry.path = fields.path(from.path(), "entry.path");
  entry.digest = fields.optional_digest(from.digest(), "entry.digest");
  entry.size = fields.at_most(from.size(), "entry.size", limits::document_bytes_max);
  entry.replica = fields.optional_id<ReplicaId>(from.replica(), "entry.replica");
  entry.change = fields.optional_id<ChangeId>(from.change(), "entry.change");
  entry.group = fields.optional_id<GroupId>(from.group(), "entry.group");
  if (from.has_body()) entry.body = fields.body(from.body(), "entry.body", limits::inline_body_bytes_max);
  entry.accepted_at = fields.time(from.accepted_at_ms(), "entry.accepted_at_ms");
  fields.require(entry.digest.has_value() != from.deleted(), "entry.digest",
                 "must be there exactly when the document is not deleted");
  fields.require(!(from.deleted() && from.has_body()), "entry.body", "cannot belong to a deleted document");
  return entry;
}

[[nodiscard]] Changes read(const proto::Changes& from, FieldReader& fields) {
  Changes changes;
  changes.epoch = fields.id<Epoch>(from.epoch(), "changes.epoch");
  changes.after = fields.seq(from.after_seq(), "changes.after_seq");
  changes.digest_before = fields.digest(from.digest_before(), "changes.digest_before");
  changes.head = fields.seq(from.head_seq(), "changes.head_seq");
  changes.through = fields.seq(from.through_seq(), "changes.through_seq");
  changes.digest_through = fields.digest(from.digest_through(), "changes.digest_through");
  std::size_t body_bytes = 0;
  Seq last = changes.after;
  for (const proto::Entry& entry : from.entries()) {
    changes.entries.push_back(read(entry, fields));
    const Entry& added = changes.entries.back();
    fields.require(added.seq > last, "entry.seq", "must rise from entry to entry");
    last = added.seq;
    if (added.body) body_bytes += added.body->size();
    static_cast<void>(fields.at_most(body_bytes, "bodies of changes", limits::page_bytes_max));
    if (!fields.status()) break;
  }
  fields.require(last <= changes.through && changes.through <= changes.head, "changes.through_seq",
                 "must lie between the last entry and the head");
  return changes;
}

[[nodiscard]] Body read(const proto::Body& from, FieldReader& fields) {
  Body body;
  body.digest = fields.digest(from.digest(), "body.digest");
  body.size = fields.at_most(from.size(), "body.size", limits::document_bytes_max);
  body.offset = fields.at_most(from.offset(), "body.offset", limits::document_bytes_max);
  body.missing = from.missing();
  body.base = fields.optional_digest(from.base_digest(), "body.base_digest");
  if (body.base) {
    fields.require(!body.missing && body.offset == 0, "body.base_digest", "belongs to a whole body");
    static_cast<void>(fields.at_most(body.size, "body.size", limits::delta_document_bytes_max));
    static_cast<void>(fields.at_most(from.zstd().size(), "body.zstd", limits::whole_body_bytes_max));
    if (fields.status()) body.bytes = from.zstd();
    return body;
  }
  if (!body.missing) body.bytes = fields.body(from.zstd(), "body.zstd", limits::whole_body_bytes_max);
  fields.require(body.missing || body.offset + body.bytes.size() <= body.size, "body.zstd",
                 "reaches beyond the body's size");
  return body;
}

[[nodiscard]] PartsState read(const proto::PartsState& from, FieldReader& fields) {
  return PartsState{fields.digest(from.digest(), "parts_state.digest"),
                    fields.at_most(from.received(), "parts_state.received", limits::document_bytes_max)};
}

[[nodiscard]] GoAway read(const proto::GoAway& from, FieldReader& fields) {
  return GoAway{fields.delay(from.retry_after_ms(), "go_away.retry_after_ms"),
                fields.text(from.why(), "go_away.why", limits::text_bytes_max)};
}

[[nodiscard]] Notice read(const proto::Notice& from, FieldReader& fields) {
  return Notice{fields.text(from.text(), "notice.text", limits::text_bytes_max),
                fields.text(from.machine_name(), "notice.machine_name", limits::name_bytes_max)};
}

[[nodiscard]] Result<GuardDecision> read_decision(const proto::GuardDecision& from, FieldReader& fields) {
  if (from.decision() != proto::GuardDecision::APPROVE && from.decision() != proto::GuardDecision::REVERT)
    return Error(ErrorCode::unsupported, "is of a later protocol", "guard_decision.decision", "Update this program.");
  return GuardDecision{fields.id<GuardId>(from.guard(), "guard_decision.guard"),
                       static_cast<GuardDecisionKind>(from.decision() - 1),
                       fields.text(from.by(), "guard_decision.by", limits::text_bytes_max)};
}

[[nodiscard]] Editors read(const proto::Editors& from, FieldReader& fields) {
  Editors editors;
  static_cast<void>(
      fields.at_most(static_cast<std::size_t>(from.editors_size()), "editors.editors", limits::editors_max));
  if (!fields.status()) return editors;
  for (const proto::Editors::Editor& one : from.editors()) {
    editors.editors.push_back(Editor{fields.id<DocumentId>(one.document(), "editors.document"),
                                     fields.text(one.who(), "editors.who", limits::text_bytes_max)});
  }
  return editors;
}

}  // namespace

Result<ToBridge> decode_to_bridge(std::string_view frame) {
  if (frame.size() <= limits::frame_bytes_max && count_entries(frame) > limits::page_entries_max) {
    return Error(ErrorCode::too_large, "holds more than " + std::to_string(limits::page_entries_max) + " entries",
                 "changes.entries");
  }
  if (has_field_over(frame, proto::ToBridge::kEditorsFieldNumber, limits::list_bytes_max))
    return Error(ErrorCode::too_large, "is longer than " + std::to_string(limits::list_bytes_max) + " bytes",
                 "editors");
  proto::ToBridge message;
  LEANSPEC_TRY(parse(message, frame));
  FieldReader fields;
  ToBridge decoded;
  switch (message.message_case()) {
    case proto::ToBridge::kWelcome:
      decoded = read(message.welcome(), fields);
      break;
    case proto::ToBridge::kRefused: {
      LEANSPEC_ASSIGN(decoded, read_refused(message.refused(), fields));
      break;
    }
    case proto::ToBridge::kPushResult: {
      LEANSPEC_ASSIGN(decoded, read_push_result(message.push_result(), fields));
      break;
    }
    case proto::ToBridge::kChanges:
      decoded = read(message.changes(), fields);
      break;
    case proto::ToBridge::kHead:
      decoded = Head{fields.seq(message.head().seq(), "head.seq")};
      break;
    case proto::ToBridge::kBody:
      decoded = read(message.body(), fields);
      break;
    case proto::ToBridge::kPartsState:
      decoded = read(message.parts_state(), fields);
      break;
    case proto::ToBridge::kGoAway:
      decoded = read(message.go_away(), fields);
      break;
    case proto::ToBridge::kNotice:
      decoded = read(message.notice(), fields);
      break;
    case proto::ToBridge::kPing:
      decoded = Ping{message.ping().nonce()};
      break;
    case proto::ToBridge::kPong:
      decoded = Pong{message.pong().nonce()};
      break;
    case proto::ToBridge::kGuardDecision: {
      LEANSPEC_ASSIGN(decoded, read_decision(message.guard_decision(), fields));
      break;
    }
    case proto::ToBridge::kEditors:
      decoded = read(message.editors(), fields);
      break;
    case proto::ToBridge::MESSAGE_NOT_SET:
      return not_known(frame);
  }
  LEANSPEC_TRY(fields.status());
  return decoded;
}

}  // namespace leanspec::wire
