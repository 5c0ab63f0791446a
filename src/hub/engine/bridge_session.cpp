#include "hub/engine/bridge_session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "hub/engine/bridge_refusal.h"
#include "hub/engine/bridge_session_state.h"
#include "wire/shown_text.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;
namespace limits = wire::limits;

/// A tick comes every second. A longer gap is a clock that jumped or a process that slept: no fault of the peer's.
constexpr auto tick_gap_max = 10s;
/// How long a connection has to answer when another claims its identity.
constexpr auto prove_alive_within = 4s;
/// Cursor and report are for display; so often they are written.
constexpr auto note_interval = 5s;
/// Revocations by another process on the same database are noticed within this.
constexpr auto store_recheck_interval = 30s;
/// What is in flight at a drain is answered within this, or again after the restart.
constexpr auto drain_max = 3s;

/// What no bridge of ours does with rights that it has.
[[nodiscard]] bool is_offence(CloseCode code) {
  switch (code) {
    case CloseCode::bad_message:
    case CloseCode::forbidden:
    case CloseCode::no_such_project:
    case CloseCode::cloned_identity:
    case CloseCode::too_large:
      return true;
    case CloseCode::going_away:
    case CloseCode::restarting:
    case CloseCode::try_later:
    case CloseCode::unauthenticated:
    case CloseCode::protocol_too_old:
    case CloseCode::silent:
    case CloseCode::superseded:
    case CloseCode::start_again:
    case CloseCode::rate_limited:
      return false;
  }
  return false;
}

/// Written down of one connection; a flood of refusals must not become a flood of the log.
constexpr std::size_t audited_max = 10;

}  // namespace

void BridgeSession::State::audit(std::string_view action, std::string_view why) {
  if (audited == audited_max) return;
  ++audited;
  const std::string actor = admission ? "machine:" + admission->machine.name : std::string("bridge");
  const std::string subject = admission && admission->project ? admission->project->id.value() : std::string();
  // It is refused whether or not that can be written down.
  static_cast<void>(services.store.write([&](store::Session& store_session) {
    return store_session.accounts().append_audit(
        {last_heard, actor, std::string(action), subject, wire::shown_text(why), ""});
  }));
}

void BridgeSession::State::close(CloseCode code, std::string_view reason) {
  if (closed) return;
  closed = true;
  output.close(code, reason);
  if (is_offence(code)) audit("close a bridge's connection", reason);
  services.roster.leave(session);
}

void BridgeSession::State::refuse(wire::Refused refusal) {
  const auto code = close_code(refusal.reason);
  const std::string text = refusal.text;
  output.send(std::move(refusal));
  close(code, text);
}

void BridgeSession::State::fail(const Error& error) {
  close(CloseCode::try_later, "the hub's storage does not answer: " + error.what);
}

bool BridgeSession::State::rights_hold() {
  const auto version = rights.version();
  if (version == rights_version) return true;
  rights_version = version;
  auto status = rights.may_connect();
  if (status && admission && admission->project) status = rights.may_read(admission->project->id);
  if (!status) {
    refuse(refusal_of(status.error()));
    return false;
  }
  if (admission && admission->project) admission->may_push = rights.may_push(admission->project->id).has_value();
  return true;
}

void BridgeSession::State::follow_orders(Instant now) {
  if (!admission) return;
  const auto orders = services.roster.take_orders(session);
  if (orders.revoked) return refuse_machine();
  if (orders.superseded) return close(CloseCode::superseded, "this folder has connected anew");
  if (orders.renamed_to) {
    admission->machine.name = *orders.renamed_to;
    wire::Notice notice;
    notice.text = "this machine is now called " + *orders.renamed_to;
    notice.machine_name = *orders.renamed_to;
    output.send(std::move(notice));
  }
  if (orders.decision) output.send(*orders.decision);
  if (orders.prove_alive && !prove_by) {
    prove_by = now + prove_alive_within;
    ping(now);
  }
}

void BridgeSession::State::refuse_machine() {
  wire::Refused refusal;
  refusal.reason = wire::RefusedReason::machine_revoked;
  refusal.text = "this machine was revoked at the hub; its local files are untouched";
  refuse(std::move(refusal));
}

void BridgeSession::State::recheck_machine(Instant now) {
  if (!admission || now - last_recheck < store_recheck_interval) return;
  last_recheck = now;
  std::optional<store::Machine> machine;
  const auto status = services.store.read([&](store::Session& store_session) -> Status {
    LEANSPEC_ASSIGN(machine, store_session.machines().find(admission->machine.id));
    return {};
  });
  if (status && machine && machine->revoked_at) refuse_machine();
}

void BridgeSession::State::ping(Instant now) {
  last_ping = now;
  output.send(wire::Ping{++pings});
}

void BridgeSession::State::shift_deadlines(Instant now) {
  const auto gap = now - last_tick;
  last_tick = now;
  if (gap >= 0s && gap <= tick_gap_max) return;
  last_heard += gap;
  opened_at += gap;
  last_note = last_recheck = now;
  last_ping.reset();
  if (prove_by) *prove_by += gap;
  if (drain_by) *drain_by += gap;
}

void BridgeSession::State::note(Instant now, bool at_once) {
  if (!on_branch() || (!at_once && (!note_due || now - last_note < note_interval))) return;
  // A leftover has nothing to say about a folder that has connected anew.
  if (at_once && services.roster.is_connected(admission->machine.id, admission->replica->id)) return;
  last_note = now;
  note_due = false;
  auto replica = *admission->replica;
  replica.acknowledged = acknowledged;
  replica.last_seen = last_heard;
  if (at_once) replica.state = "offline";
  services.roster.notes().take(replica);
}

BridgeSession::BridgeSession(BridgeServices services, BridgeRights& rights, BridgeOutput& output, Instant now)
    : state_(std::make_unique<State>(std::move(services), rights, output, now)) {}

BridgeSession::~BridgeSession() {
  if (state_->admission) state_->services.roster.leave(state_->session);
}

void BridgeSession::on_message(wire::ToHub message, Instant now) {
  auto& s = *state_;
  if (s.closed) return;
  s.last_heard = now;
  s.prove_by.reset();
  if (s.admission) s.services.roster.heard(s.session, now);
  if (!s.admission && !std::holds_alternative<wire::Hello>(message)) {
    return s.close(CloseCode::bad_message, "the first message must be the hello");
  }
  s.follow_orders(now);
  if (s.closed) return;
  std::visit([&](auto& content) { s.on(content, now); }, message);
}

void BridgeSession::on_bad_frame(const Error& error, Instant) {
  const auto code = error.code == ErrorCode::too_large ? CloseCode::too_large : CloseCode::bad_message;
  state_->close(code, error.what);
}

void BridgeSession::on_committed(PushDone done, Instant now) {
  auto& s = *state_;
  s.window.answered(done);
  if (s.closed) return;
  for (auto& result : done.results) {
    s.head_now = std::max(s.head_now, result.seq);
    if (result.outcome == wire::PushOutcome::rejected) s.audit("refuse a push", result.why);
    s.output.send(std::move(result));
  }
  s.answer_waiting();
  if (s.drain_by && s.window.in_flight() == 0) s.close(CloseCode::restarting, "the hub is restarting");
  static_cast<void>(now);
}

void BridgeSession::on_head(Seq head, Instant) {
  auto& s = *state_;
  if (s.closed || !s.on_branch()) return;
  s.head_now = std::max(s.head_now, head);
  s.answer_waiting();
}

void BridgeSession::on_drained(Instant) {
  if (!state_->closed) state_->answer_waiting();
}

void BridgeSession::tick(Instant now) {
  auto& s = *state_;
  if (s.closed) return;
  s.allow_delta_work(now);
  s.shift_deadlines(now);
  if (!s.admission && now - s.opened_at >= limits::hello_within)
    return s.close(CloseCode::silent, "no hello within 10 s");
  s.follow_orders(now);
  if (s.closed || !s.rights_hold()) return;
  if (now - s.last_heard >= limits::silence_max || (s.prove_by && now >= *s.prove_by)) {
    return s.close(CloseCode::silent, "nothing was heard of this bridge");
  }
  if (s.drain_by && now >= *s.drain_by) return s.close(CloseCode::restarting, "the hub is restarting");
  s.recheck_machine(now);
  if (s.closed) return;
  if (now - s.last_heard >= limits::ping_interval && (!s.last_ping || now - *s.last_ping >= limits::ping_interval))
    s.ping(now);
  s.answer_waiting();
  s.services.roster.presence().lapse(now);
  s.tell_editors();
  s.note(now, false);
}

void BridgeSession::drain(std::chrono::milliseconds retry_after, std::string_view why, Instant now) {
  auto& s = *state_;
  if (s.closed || s.drain_by) return;
  wire::GoAway message;
  message.retry_after = retry_after;
  message.why = why;
  s.output.send(std::move(message));
  s.drain_by = now + drain_max;
  if (s.window.in_flight() == 0) s.close(CloseCode::restarting, "the hub is restarting");
}

void BridgeSession::on_closed(Instant now) {
  auto& s = *state_;
  s.closed = true;
  if (!s.admission) return;
  s.services.roster.leave(s.session);
  s.note(now, true);
}

std::optional<BranchId> BridgeSession::branch() const {
  return state_->on_branch() ? std::optional(state_->admission->branch->id) : std::nullopt;
}

bool BridgeSession::closed() const {
  return state_->closed;
}

}  // namespace leanspec::hub::engine
