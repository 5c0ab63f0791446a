#include "wire/codec.h"
#include "wire/field_reader.h"
#include "wire/parse.h"

namespace leanspec::wire {
namespace {

static_assert(static_cast<int>(GuardKind::root_missing) + 1 == proto::GuardState::ROOT_MISSING);
static_assert(static_cast<int>(GuardKind::mass_delete) + 1 == proto::GuardState::MASS_DELETE);

[[nodiscard]] Hello read(const proto::Hello& from, FieldReader& fields) {
  Hello hello;
  hello.protocol_min = from.protocol_min();
  hello.protocol_max = from.protocol_max();
  hello.client_version = fields.text(from.client_version(), "hello.client_version", limits::name_bytes_max);
  hello.machine = fields.id<MachineId>(from.machine(), "hello.machine");
  hello.machine_name = fields.text(from.machine_name(), "hello.machine_name", limits::name_bytes_max);
  hello.replica = fields.optional_id<ReplicaId>(from.replica(), "hello.replica");
  hello.project = fields.text(from.project(), "hello.project", limits::name_bytes_max);
  hello.create_project = from.create_project();
  hello.branch = fields.text(from.branch(), "hello.branch", limits::name_bytes_max);
  if (from.has_cursor()) {
    hello.cursor = Cursor{fields.id<Epoch>(from.cursor().epoch(), "hello.cursor.epoch"),
                          fields.seq(from.cursor().seq(), "hello.cursor.seq")};
  }
  hello.head_digest = fields.digest(from.head_digest(), "hello.head_digest");
  hello.boot_nonce = fields.uuid(from.boot_nonce(), "hello.boot_nonce");
  hello.platform = fields.text(from.platform(), "hello.platform", limits::name_bytes_max);
  hello.root_hint = fields.text(from.root_hint(), "hello.root_hint", limits::name_bytes_max);
  hello.machine_renamed = from.machine_renamed();
  if (from.has_fork()) {
    hello.fork = Fork{fields.text(from.fork().of(), "hello.fork.of", limits::name_bytes_max),
                      fields.seq(from.fork().seq(), "hello.fork.seq"),
                      fields.text(from.fork().commit(), "hello.fork.commit", limits::name_bytes_max)};
  }
  return hello;
}

[[nodiscard]] Content read(const proto::Content& from, FieldReader& fields) {
  switch (from.form_case()) {
    case proto::Content::kWhole:
      return WholeBody{fields.body(from.whole(), "push.content.whole", limits::whole_body_bytes_max)};
    case proto::Content::kDelta:
      return DeltaBody{fields.digest(from.delta().base_digest(), "push.content.delta.base_digest"),
                       from.delta().zstd()};
    case proto::Content::kUploaded:
      return UploadedBody{};
    case proto::Content::kDeleted:
      return Deleted{};
    case proto::Content::kUnchanged:
      return UnchangedBody{};
    case proto::Content::FORM_NOT_SET:
      break;
  }
  fields.require(false, "push.content", "is missing or of a form that this version does not know");
  return Deleted{};
}

[[nodiscard]] Push read(const proto::Push& from, FieldReader& fields) {
  Push push;
  push.change = fields.id<ChangeId>(from.change(), "push.change");
  push.document = fields.id<DocumentId>(from.document(), "push.document");
  push.base = fields.optional_id<VersionId>(from.base_version(), "push.base_version");
  push.digest = fields.optional_digest(from.digest(), "push.digest");
  push.size = fields.at_most(from.size(), "push.size", limits::document_bytes_max);
  push.age = fields.delay(from.age_ms(), "push.age_ms");
  push.path = fields.path(from.path(), "push.path");
  push.content = read(from.content(), fields);
  push.group = fields.optional_id<GroupId>(from.group(), "push.group");
  push.group_size =
      static_cast<std::uint32_t>(fields.at_most(from.group_size(), "push.group_size", limits::group_changes_max));
  push.commit = fields.text(from.commit(), "push.commit", limits::text_bytes_max);
  push.approval = fields.optional_id<GuardId>(from.approval(), "push.approval");
  if (from.has_former()) {
    push.former = FormerVersion{fields.id<Epoch>(from.former().epoch(), "push.former.epoch"),
                                fields.id<VersionId>(from.former().version(), "push.former.version"),
                                from.former().edited()};
  }

  fields.require(push.digest.has_value() != std::holds_alternative<Deleted>(push.content), "push.digest",
                 "must be there exactly when the document is not deleted");
  fields.require(push.group.has_value() == (push.group_size > 0), "push.group_size",
                 "must be there exactly when there is a group");
  fields.require(!push.approval || !push.digest, "push.approval", "is for deletions only");
  fields.require(!push.former || push.digest, "push.former", "is for texts only");
  if (std::holds_alternative<DeltaBody>(push.content)) {
    static_cast<void>(fields.at_most(push.size, "push.size of a delta", limits::delta_document_bytes_max));
  }
  return push;
}

[[nodiscard]] Part read(const proto::Part& from, FieldReader& fields) {
  Part part;
  part.digest = fields.digest(from.digest(), "part.digest");
  part.size = fields.at_most(from.size(), "part.size", limits::document_bytes_max);
  part.offset = fields.at_most(from.offset(), "part.offset", limits::document_bytes_max);
  part.bytes = fields.text(from.bytes(), "part.bytes", limits::part_bytes_max);
  fields.require(part.offset + part.bytes.size() <= part.size, "part.bytes", "reach beyond the body's size");
  return part;
}

[[nodiscard]] PartsQuery read(const proto::PartsQuery& from, FieldReader& fields) {
  return PartsQuery{fields.digest(from.digest(), "parts_query.digest"),
                    fields.at_most(from.size(), "parts_query.size", limits::document_bytes_max)};
}

[[nodiscard]] Fetch read(const proto::Fetch& from, FieldReader& fields) {
  Fetch fetch;
  fetch.digest = fields.digest(from.digest(), "fetch.digest");
  fetch.offset = fields.at_most(from.offset(), "fetch.offset", limits::document_bytes_max);
  fetch.base = fields.optional_digest(from.base_digest(), "fetch.base_digest");
  return fetch;
}

[[nodiscard]] Report read(const proto::Report& from, FieldReader& fields) {
  return Report{from.documents(), from.pending(), from.held(),
                fields.text(from.state(), "report.state", limits::name_bytes_max),
                fields.text(from.detail(), "report.detail", limits::text_bytes_max)};
}

[[nodiscard]] Result<GuardState> read_guard(const proto::GuardState& from, FieldReader& fields) {
  GuardState state;
  state.guard = fields.optional_id<GuardId>(from.guard(), "guard_state.guard");
  if (!state.guard) return state;
  if (from.kind() < proto::GuardState::ROOT_MISSING || from.kind() > proto::GuardState::MASS_DELETE)
    return Error(ErrorCode::unsupported, "is of a later protocol", "guard_state.kind", "Update the hub.");
  state.kind = static_cast<GuardKind>(from.kind() - 1);
  state.count = static_cast<std::uint32_t>(fields.at_most(from.count(), "guard_state.count", limits::documents_max));
  static_cast<void>(
      fields.at_most(static_cast<std::size_t>(from.paths_size()), "guard_state.paths", limits::guard_paths_max));
  if (!fields.status()) return state;
  for (const std::string& path : from.paths()) state.paths.push_back(fields.path(path, "guard_state.paths"));
  state.age = fields.delay(from.age_ms(), "guard_state.age_ms");
  state.approvable = from.approvable();
  state.revertible = from.revertible();
  state.detail = fields.text(from.detail(), "guard_state.detail", limits::text_bytes_max);
  return state;
}

[[nodiscard]] Approval read(const proto::Approval& from, FieldReader& fields) {
  return Approval{fields.id<GuardId>(from.guard(), "approval.guard"),
                  static_cast<std::uint32_t>(fields.at_most(from.count(), "approval.count", limits::documents_max))};
}

[[nodiscard]] Editing read(const proto::Editing& from, FieldReader& fields) {
  Editing editing;
  static_cast<void>(fields.at_most(static_cast<std::size_t>(from.documents_size()), "editing.documents",
                                   limits::editing_documents_max));
  if (!fields.status()) return editing;
  for (const std::string& document : from.documents())
    editing.documents.push_back(fields.id<DocumentId>(document, "editing.documents"));
  return editing;
}

}  // namespace

Result<ToHub> decode_to_hub(std::string_view frame) {
  for (const int field : {proto::ToHub::kGuardStateFieldNumber, proto::ToHub::kEditingFieldNumber}) {
    if (has_field_over(frame, field, limits::list_bytes_max))
      return Error(ErrorCode::too_large, "is longer than " + std::to_string(limits::list_bytes_max) + " bytes", "list");
  }
  proto::ToHub message;
  LEANSPEC_TRY(parse(message, frame));
  FieldReader fields;
  ToHub decoded;
  switch (message.message_case()) {
    case proto::ToHub::kHello:
      decoded = read(message.hello(), fields);
      break;
    case proto::ToHub::kPush:
      decoded = read(message.push(), fields);
      break;
    case proto::ToHub::kPart:
      decoded = read(message.part(), fields);
      break;
    case proto::ToHub::kPartsQuery:
      decoded = read(message.parts_query(), fields);
      break;
    case proto::ToHub::kPull:
      decoded = Pull{fields.seq(message.pull().after_seq(), "pull.after_seq")};
      break;
    case proto::ToHub::kFetch:
      decoded = read(message.fetch(), fields);
      break;
    case proto::ToHub::kAck:
      decoded = Ack{fields.seq(message.ack().seq(), "ack.seq")};
      break;
    case proto::ToHub::kReport:
      decoded = read(message.report(), fields);
      break;
    case proto::ToHub::kPing:
      decoded = Ping{message.ping().nonce()};
      break;
    case proto::ToHub::kPong:
      decoded = Pong{message.pong().nonce()};
      break;
    case proto::ToHub::kGuardState: {
      LEANSPEC_ASSIGN(decoded, read_guard(message.guard_state(), fields));
      break;
    }
    case proto::ToHub::kApproval:
      decoded = read(message.approval(), fields);
      break;
    case proto::ToHub::kEditing:
      decoded = read(message.editing(), fields);
      break;
    case proto::ToHub::MESSAGE_NOT_SET:
      return not_known(frame);
  }
  LEANSPEC_TRY(fields.status());
  return decoded;
}

}  // namespace leanspec::wire
