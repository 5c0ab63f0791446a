#include <algorithm>
#include <utility>
#include <variant>

#include "hub/engine/bridge_session_state.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;
namespace limits = wire::limits;

/// The bridge with the second claim comes back after that.
constexpr std::chrono::milliseconds cloned_retry_after = 6s;
/// Fetches that may wait for room in the send queue.
constexpr std::size_t fetches_waiting_max = 64;
/// Large bodies that one connection may have half uploaded at once, and may leave unfinished in its life.
constexpr std::size_t uploads_at_once_max = 4;
constexpr std::size_t uploads_abandoned_max = 100;
constexpr std::chrono::milliseconds retry_while_draining = 1s;
/// What people approve during one connection; more is no person.
constexpr std::size_t approvals_max = 100;

}  // namespace

void BridgeSession::State::on(wire::Hello& hello, Instant now) {
  if (admission) return close(CloseCode::bad_message, "a second hello");
  rights_version = rights.version();
  auto answer = admit(hello, services, rights, now);
  if (auto* refusal = std::get_if<wire::Refused>(&answer)) return refuse(std::move(*refusal));
  admission = std::move(std::get<Admission>(answer));

  OnlineBridge bridge;
  bridge.session = session;
  bridge.machine = hello.machine;
  bridge.machine_name = admission->machine.name;
  bridge.boot_nonce = hello.boot_nonce;
  bridge.replica = hello.replica;
  if (admission->project) bridge.project = admission->project->id;
  if (admission->branch) bridge.branch = admission->branch->id;
  bridge.branch_name = admission->branch ? admission->branch->name : hello.branch;
  bridge.client_version = hello.client_version;
  bridge.platform = hello.platform;
  bridge.root_hint = hello.root_hint;
  bridge.since = now;
  bridge.last_heard = now;
  if (admission->replica) bridge.acknowledged = acknowledged = admission->replica->acknowledged;
  if (services.roster.join(bridge) == JoinOutcome::cloned_identity) {
    wire::Refused refusal;
    refusal.reason = wire::RefusedReason::cloned_identity;
    refusal.text =
        "another bridge is connected with this machine's identity; if its disk was copied, give this one an identity "
        "of its own";
    refusal.retry_after = cloned_retry_after;
    return refuse(std::move(refusal));
  }
  welcome(now);
}

void BridgeSession::State::welcome(Instant now) {
  wire::Welcome message;
  message.protocol = admission->protocol;
  message.session = session;
  message.hub_version = services.hub_version;
  if (admission->project) {
    message.project = admission->project->id.value();
    message.project_name = admission->project->name;
  }
  message.machine_name = admission->machine.name;
  message.epoch = services.store.epoch();
  if (admission->branch) {
    message.head = head_told = head_now = admission->branch->head;
    message.head_digest = admission->branch->head_digest;
    message.branch = admission->branch->name;
    message.opened = admission->branch->fork.opened_by == admission->replica->id;
  }
  message.resume = admission->resume;
  message.hub_time = now;
  message.limits.document_bytes_max = limits::document_bytes_max;
  message.limits.documents_max = limits::documents_max;
  message.limits.pushes_in_flight_max = limits::pushes_in_flight_max;
  message.limits.credit_bytes = limits::credit_bytes;
  message.warning = rights.warning(now);
  if (admission->project && !admission->may_push) {
    if (!message.warning.empty()) message.warning += "; ";
    message.warning += "this key may only read: local changes stay here";
  }
  output.send(std::move(message));
}

void BridgeSession::State::on(wire::Push& push, Instant now) {
  if (!on_branch()) return close(CloseCode::bad_message, "a push before the hello");
  if (!rights_hold()) return;
  if (drain_by || !admission->may_push) {
    wire::PushResult result;
    result.change = push.change;
    result.document = push.document;
    result.outcome = drain_by ? wire::PushOutcome::retry : wire::PushOutcome::rejected;
    result.why = drain_by ? "the hub is restarting" : "this key may only read";
    if (drain_by) result.retry_after = retry_while_draining;
    return output.send(std::move(result));
  }
  if (!is_approved(push)) push.approval.reset();
  auto taken = window.take(std::move(push));
  if (!taken) {
    const auto code = taken.error().code == ErrorCode::too_large ? CloseCode::too_large : CloseCode::bad_message;
    return close(code, taken.error().what);
  }
  if (taken->empty()) return;
  PushJob job;
  job.origin.project = admission->project->id;
  job.origin.branch = admission->branch->id;
  job.origin.replica = admission->replica->id;
  job.origin.machine = admission->machine.id;
  job.origin.user = rights.user();
  job.origin.last_contact = admission->last_contact;
  job.origin.acknowledged = acknowledged;
  job.members = std::move(taken).value();
  job.received_at = now;
  output.submit(std::move(job));
}

void BridgeSession::State::on(wire::PartsQuery& query, Instant) {
  if (!may_upload(query.size)) return;
  std::uint64_t received = 0;
  const auto status = services.store.read([&](store::Session& store_session) -> Status {
    LEANSPEC_ASSIGN(const bool has, store_session.bodies().has(query.digest));
    LEANSPEC_ASSIGN(const auto staged, store_session.bodies().staged(query.digest));
    received = has ? query.size : staged;
    return {};
  });
  if (!status) return fail(status.error());
  output.send(wire::PartsState{query.digest, received});
}

void BridgeSession::State::on(wire::Part& part, Instant now) {
  if (!may_upload(part.size)) return;
  if (part.bytes.empty() || part.bytes.size() > limits::part_bytes_max || part.offset > part.size ||
      part.bytes.size() > part.size - part.offset) {
    return close(CloseCode::bad_message, "a part lies outside its body");
  }
  if (std::find(uploads.begin(), uploads.end(), part.digest) == uploads.end()) {
    uploads.push_back(part.digest);
    // A file that changes while it is uploaded leaves its earlier parts behind; they are dropped when they have become
    // stale.
    if (uploads.size() > uploads_at_once_max) {
      uploads.pop_front();
      if (++uploads_abandoned > uploads_abandoned_max)
        return close(CloseCode::bad_message, "too many uploads without an end");
    }
  }
  std::uint64_t received = 0;
  bool other_bytes = false;
  const auto status = services.store.write([&](store::Session& store_session) -> Status {
    auto& bodies = store_session.bodies();
    LEANSPEC_ASSIGN(const bool has, bodies.has(part.digest));
    if (has) {
      received = part.size;
      return {};
    }
    const Status staged = bodies.stage(part.digest, part.size, part.offset, part.bytes, now);
    other_bytes = !staged && staged.error().code == ErrorCode::corrupt;
    if (other_bytes) return {};  // committed all the same, so that the parts stay dropped
    LEANSPEC_TRY(staged);
    received = part.offset + part.bytes.size();
    return {};
  });
  if (!status && status.error().code == ErrorCode::conflict) {  // a part twice, or after a lost one: say where to go on
    wire::PartsQuery query;
    query.digest = part.digest;
    query.size = part.size;
    return on(query, now);
  }
  if (!status) return fail(status.error());
  if (other_bytes) {
    std::erase(uploads, part.digest);
    return output.send(wire::PartsState{part.digest, 0});
  }
  if (received == part.size) std::erase(uploads, part.digest);
  output.send(wire::PartsState{part.digest, received});
}

bool BridgeSession::State::may_upload(std::uint64_t size) {
  if (!on_branch()) {
    close(CloseCode::bad_message, "an upload before the hello");
    return false;
  }
  if (!rights_hold()) return false;
  if (!admission->may_push) {
    close(CloseCode::forbidden, "this key may only read");
    return false;
  }
  if (size == 0 || size > limits::document_bytes_max) {
    close(CloseCode::too_large, "an upload has 1 byte to 64 MiB");
    return false;
  }
  return true;
}

void BridgeSession::State::on(wire::Pull& pull, Instant) {
  if (!on_branch()) return close(CloseCode::bad_message, "a pull before the hello");
  pull_waiting = pull.after;  // a later one stands for an earlier one that still waits
  answer_waiting();
}

void BridgeSession::State::on(wire::Fetch& fetch, Instant) {
  if (!on_branch()) return close(CloseCode::bad_message, "a fetch before the hello");
  if (fetches_waiting.size() == fetches_waiting_max) return close(CloseCode::bad_message, "too many fetches at once");
  fetches_waiting.push_back(fetch);
  answer_waiting();
}

void BridgeSession::State::on(wire::Ack& ack, Instant) {
  if (!on_branch()) return close(CloseCode::bad_message, "an acknowledgement before the hello");
  if (ack.seq > head_now) return close(CloseCode::bad_message, "an acknowledgement of what was never sent");
  acknowledged = std::max(acknowledged, ack.seq);
  services.roster.acknowledged(session, acknowledged);
  note_due = true;
}

void BridgeSession::State::on(wire::Report& report, Instant) {
  if (!on_branch()) return close(CloseCode::bad_message, "a report before the hello");
  auto& replica = *admission->replica;
  replica.documents = report.documents;
  replica.pending = report.pending;
  replica.held = report.held;
  replica.state = report.state;
  replica.detail = report.detail;
  services.roster.reported(session, report);
  note_due = true;
}

void BridgeSession::State::on(wire::GuardState& guard, Instant now) {
  if (!on_branch()) return close(CloseCode::bad_message, "a guard before the hello");
  services.roster.guarded(session, guard, now);
}

/// It is in the audit log before anything is deleted under it.
void BridgeSession::State::on(wire::Approval& approval, Instant now) {
  if (!on_branch()) return close(CloseCode::bad_message, "an approval before the hello");
  if (!rights_hold() || !admission->may_push) return;  // its pushes are refused anyway
  if (approvals.contains(approval.guard)) return;
  if (approvals.size() == approvals_max) return close(CloseCode::bad_message, "too many approvals");
  const std::string subject = admission->project->id.value() + ": " + std::to_string(approval.count) +
                              " deletions, guard " + to_string(approval.guard.value());
  const auto status = services.store.write([&](store::Session& store_session) {
    return store_session.accounts().append_audit(
        {now, "machine:" + admission->machine.name, "approve deletions at the machine", subject, "ok", ""});
  });
  if (!status) return fail(status.error());
  approvals.emplace(approval.guard, Approved{approval.count, {}});
}

/// The deletion names an approval that is in the audit log, and is one of no more than that said.
bool BridgeSession::State::is_approved(const wire::Push& push) {
  const auto found = push.approval ? approvals.find(*push.approval) : approvals.end();
  if (found == approvals.end() || push.digest) return false;
  auto& [count, documents] = found->second;
  return documents.contains(push.document) || (documents.size() < count && documents.insert(push.document).second);
}

void BridgeSession::State::on(wire::Editing& editing, Instant now) {
  if (!on_branch()) return close(CloseCode::bad_message, "presence before the hello");
  if (editing.documents.size() > limits::editing_documents_max)
    return close(CloseCode::bad_message, "presence in too many documents");
  services.roster.presence().edits(session, admission->branch->id, admission->machine.name, admission->machine.id,
                                   editing.documents, now);
}

/// Who edits what elsewhere, when it is something else than this bridge was told.
void BridgeSession::State::tell_editors() {
  if (!on_branch() || !has_room()) return;
  const auto& presence = services.roster.presence();
  const auto version = presence.version(admission->branch->id);
  if (version == editors_told) return;
  editors_told = version;
  wire::Editors message;
  for (auto& editor : presence.of(admission->branch->id, session)) {
    if (message.editors.size() == limits::editors_max) break;
    message.editors.push_back(wire::Editor{editor.document, std::move(editor.who)});
  }
  output.send(std::move(message));
}

/// A pong comes after every head that was there at the ping: who has both knows that nothing was missing (`flush`).
void BridgeSession::State::on(wire::Ping& ping, Instant) {
  if (on_branch()) {
    if (!rights_hold()) return;
    std::optional<store::Branch> branch;
    const auto status = services.store.read([&](store::Session& store_session) -> Status {
      LEANSPEC_ASSIGN(branch, store_session.versions().find_branch(admission->branch->id));
      return {};
    });
    if (!status) return fail(status.error());
    if (branch) head_now = std::max(head_now, branch->head);
    if (head_now > head_told) {
      head_told = head_now;
      output.send(wire::Head{head_told});
    }
  }
  output.send(wire::Pong{ping.nonce});
}

void BridgeSession::State::on(wire::Pong&, Instant) {}

}  // namespace leanspec::hub::engine
