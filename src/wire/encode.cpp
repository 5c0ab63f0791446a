#include <variant>

#include "compression/zstd_frame.h"
#include "wire/codec.h"
#include "wire/proto_message.h"
#include "wire/shown_text.h"

namespace leanspec::wire {
namespace {

[[nodiscard]] std::string raw(const Uuid& uuid) {
  return std::string(uuid.bytes.begin(), uuid.bytes.end());
}
[[nodiscard]] std::string raw(const Digest& digest) {
  return std::string(digest.bytes.begin(), digest.bytes.end());
}
template <typename Tag>
[[nodiscard]] std::string raw(const Strong<Uuid, Tag>& id) {
  return raw(id.value());
}
/// Nothing is no bytes.
template <typename Value>
[[nodiscard]] std::string raw(const std::optional<Value>& value) {
  return value ? raw(*value) : std::string();
}

/// Times before 1970 and negative delays come from broken clocks and mean "now" or "at once".
[[nodiscard]] std::uint64_t count(milliseconds duration) {
  return duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
}
[[nodiscard]] std::uint64_t count(Instant time) {
  return count(time.time_since_epoch());
}

void write(const Hello& hello, proto::ToHub& message) {
  proto::Hello& to = *message.mutable_hello();
  to.set_protocol_min(hello.protocol_min);
  to.set_protocol_max(hello.protocol_max);
  to.set_client_version(hello.client_version);
  to.set_machine(raw(hello.machine));
  to.set_machine_name(hello.machine_name);
  to.set_replica(raw(hello.replica));
  to.set_project(hello.project);
  to.set_create_project(hello.create_project);
  to.set_branch(hello.branch);
  if (hello.cursor) {
    to.mutable_cursor()->set_epoch(raw(hello.cursor->epoch));
    to.mutable_cursor()->set_seq(hello.cursor->seq.value());
  }
  to.set_head_digest(raw(hello.head_digest));
  to.set_boot_nonce(raw(hello.boot_nonce));
  to.set_platform(hello.platform);
  to.set_root_hint(hello.root_hint);
  to.set_machine_renamed(hello.machine_renamed);
  if (hello.fork) {
    to.mutable_fork()->set_of(hello.fork->of);
    to.mutable_fork()->set_seq(hello.fork->seq.value());
    to.mutable_fork()->set_commit(hello.fork->commit);
  }
}

void write(const WholeBody& body, proto::Content& to) {
  to.set_whole(compression::compress(body.bytes));
}
void write(const DeltaBody& body, proto::Content& to) {
  to.mutable_delta()->set_base_digest(raw(body.base));
  to.mutable_delta()->set_zstd(body.zstd);
}
void write(const UploadedBody&, proto::Content& to) {
  to.set_uploaded(true);
}
void write(const Deleted&, proto::Content& to) {
  to.set_deleted(true);
}
void write(const UnchangedBody&, proto::Content& to) {
  to.set_unchanged(true);
}

void write(const Push& push, proto::ToHub& message) {
  proto::Push& to = *message.mutable_push();
  to.set_change(raw(push.change));
  to.set_document(raw(push.document));
  to.set_base_version(raw(push.base));
  to.set_digest(raw(push.digest));
  to.set_size(push.size);
  to.set_age_ms(count(push.age));
  to.set_path(push.path);
  std::visit([&](const auto& content) { write(content, *to.mutable_content()); }, push.content);
  to.set_group(raw(push.group));
  to.set_group_size(push.group_size);
  to.set_commit(push.commit);
  to.set_approval(raw(push.approval));
  if (push.former) {
    to.mutable_former()->set_epoch(raw(push.former->epoch));
    to.mutable_former()->set_version(raw(push.former->version));
    to.mutable_former()->set_edited(push.former->edited);
  }
}

void write(const Part& part, proto::ToHub& message) {
  proto::Part& to = *message.mutable_part();
  to.set_digest(raw(part.digest));
  to.set_size(part.size);
  to.set_offset(part.offset);
  to.set_bytes(part.bytes);
}

void write(const PartsQuery& query, proto::ToHub& message) {
  message.mutable_parts_query()->set_digest(raw(query.digest));
  message.mutable_parts_query()->set_size(query.size);
}

void write(const Pull& pull, proto::ToHub& message) {
  message.mutable_pull()->set_after_seq(pull.after.value());
}

void write(const Fetch& fetch, proto::ToHub& message) {
  message.mutable_fetch()->set_digest(raw(fetch.digest));
  message.mutable_fetch()->set_offset(fetch.offset);
  message.mutable_fetch()->set_base_digest(raw(fetch.base));
}

void write(const Ack& ack, proto::ToHub& message) {
  message.mutable_ack()->set_seq(ack.seq.value());
}

void write(const Report& report, proto::ToHub& message) {
  proto::Report& to = *message.mutable_report();
  to.set_documents(report.documents);
  to.set_pending(report.pending);
  to.set_held(report.held);
  to.set_state(report.state);
  to.set_detail(shown_text(report.detail));
}

void write(const GuardState& state, proto::ToHub& message) {
  proto::GuardState& to = *message.mutable_guard_state();
  to.set_guard(raw(state.guard));
  to.set_kind(static_cast<proto::GuardState::Kind>(static_cast<int>(state.kind) + 1));
  to.set_count(state.count);
  for (const std::string& path : state.paths) to.add_paths(shown_text(path));
  to.set_age_ms(count(state.age));
  to.set_approvable(state.approvable);
  to.set_revertible(state.revertible);
  to.set_detail(shown_text(state.detail));
}

void write(const Approval& approval, proto::ToHub& message) {
  message.mutable_approval()->set_guard(raw(approval.guard));
  message.mutable_approval()->set_count(approval.count);
}

void write(const Editing& editing, proto::ToHub& message) {
  proto::Editing& to = *message.mutable_editing();
  for (const DocumentId& document : editing.documents) to.add_documents(raw(document));
}

template <typename Message>
void write(const Ping& ping, Message& message) {
  message.mutable_ping()->set_nonce(ping.nonce);
}
template <typename Message>
void write(const Pong& pong, Message& message) {
  message.mutable_pong()->set_nonce(pong.nonce);
}

void write(const Welcome& welcome, proto::ToBridge& message) {
  proto::Welcome& to = *message.mutable_welcome();
  to.set_protocol(welcome.protocol);
  to.set_session(raw(welcome.session));
  to.set_hub_version(welcome.hub_version);
  to.set_project(welcome.project);
  to.set_project_name(welcome.project_name);
  to.set_machine_name(welcome.machine_name);
  to.set_epoch(raw(welcome.epoch));
  to.set_head_seq(welcome.head.value());
  to.set_head_digest(raw(welcome.head_digest));
  to.set_resume(welcome.resume);
  to.set_hub_time_ms(count(welcome.hub_time));
  to.mutable_limits()->set_document_bytes_max(welcome.limits.document_bytes_max);
  to.mutable_limits()->set_documents_max(welcome.limits.documents_max);
  to.mutable_limits()->set_pushes_in_flight_max(welcome.limits.pushes_in_flight_max);
  to.mutable_limits()->set_credit_bytes(welcome.limits.credit_bytes);
  to.set_warning(shown_text(welcome.warning));
  to.set_branch(welcome.branch);
  to.set_opened(welcome.opened);
}

void write(const Refused& refused, proto::ToBridge& message) {
  proto::Refused& to = *message.mutable_refused();
  to.set_reason(static_cast<proto::Refused::Reason>(static_cast<int>(refused.reason) + 1));
  to.set_text(shown_text(refused.text));
  to.set_retry_after_ms(count(refused.retry_after));
}

void write(const PushResult& result, proto::ToBridge& message) {
  proto::PushResult& to = *message.mutable_push_result();
  to.set_change(raw(result.change));
  to.set_outcome(static_cast<proto::PushResult::Outcome>(static_cast<int>(result.outcome) + 1));
  to.set_document(raw(result.document));
  to.set_head_version(raw(result.head_version));
  to.set_side_version(raw(result.side_version));
  to.set_known_version(raw(result.known_version));
  to.set_seq(result.seq.value());
  to.set_why(shown_text(result.why));
  to.set_retry_after_ms(count(result.retry_after));
}

void write(const Entry& entry, proto::Entry& to) {
  to.set_seq(entry.seq.value());
  to.set_document(raw(entry.document));
  to.set_version(raw(entry.version));
  to.set_parent(raw(entry.parent));
  to.set_path(entry.path);
  to.set_digest(raw(entry.digest));
  to.set_size(entry.size);
  to.set_deleted(!entry.digest.has_value());
  to.set_replica(raw(entry.replica));
  to.set_change(raw(entry.change));
  to.set_group(raw(entry.group));
  to.set_has_body(entry.body.has_value());
  if (entry.body) to.set_body(compression::compress(*entry.body));
  to.set_accepted_at_ms(count(entry.accepted_at));
}

void write(const Changes& changes, proto::ToBridge& message) {
  proto::Changes& to = *message.mutable_changes();
  to.set_epoch(raw(changes.epoch));
  to.set_after_seq(changes.after.value());
  to.set_digest_before(raw(changes.digest_before));
  for (const Entry& entry : changes.entries) write(entry, *to.add_entries());
  to.set_head_seq(changes.head.value());
  to.set_through_seq(changes.through.value());
  to.set_digest_through(raw(changes.digest_through));
}

void write(const Head& head, proto::ToBridge& message) {
  message.mutable_head()->set_seq(head.seq.value());
}

void write(const Body& body, proto::ToBridge& message) {
  proto::Body& to = *message.mutable_body();
  to.set_digest(raw(body.digest));
  to.set_size(body.size);
  to.set_offset(body.offset);
  to.set_missing(body.missing);
  to.set_base_digest(raw(body.base));
  if (!body.missing) to.set_zstd(body.base ? body.bytes : compression::compress(body.bytes));
}

void write(const PartsState& state, proto::ToBridge& message) {
  message.mutable_parts_state()->set_digest(raw(state.digest));
  message.mutable_parts_state()->set_received(state.received);
}

void write(const GoAway& go_away, proto::ToBridge& message) {
  message.mutable_go_away()->set_retry_after_ms(count(go_away.retry_after));
  message.mutable_go_away()->set_why(shown_text(go_away.why));
}

void write(const Notice& notice, proto::ToBridge& message) {
  message.mutable_notice()->set_text(shown_text(notice.text));
  message.mutable_notice()->set_machine_name(notice.machine_name);
}

void write(const GuardDecision& decision, proto::ToBridge& message) {
  proto::GuardDecision& to = *message.mutable_guard_decision();
  to.set_guard(raw(decision.guard));
  to.set_decision(static_cast<proto::GuardDecision::Decision>(static_cast<int>(decision.decision) + 1));
  to.set_by(shown_text(decision.by));
}

void write(const Editors& editors, proto::ToBridge& message) {
  proto::Editors& to = *message.mutable_editors();
  for (const Editor& editor : editors.editors) {
    proto::Editors::Editor& one = *to.add_editors();
    one.set_document(raw(editor.document));
    one.set_who(shown_text(editor.who));
  }
}

template <typename Wire, typename Message>
[[nodiscard]] std::string encode_as(const Message& message) {
  Wire wire;
  std::visit([&](const auto& alternative) { write(alternative, wire); }, message);
  return wire.SerializeAsString();
}

}  // namespace

std::string_view to_string(GuardKind kind) {
  switch (kind) {
    case GuardKind::root_missing:
      return "root-missing";
    case GuardKind::root_emptied:
      return "root-emptied";
    case GuardKind::root_replaced:
      return "root-replaced";
    case GuardKind::mass_delete:
      return "mass-delete";
  }
  return {};
}

std::string encode(const ToHub& message) {
  return encode_as<proto::ToHub>(message);
}
std::string encode(const ToBridge& message) {
  return encode_as<proto::ToBridge>(message);
}

}  // namespace leanspec::wire
