#include "hub/engine/bridge_session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "hub/engine/bridge_admission.h"
#include "hub/engine/change_page.h"
#include "hub/engine/push_window.h"
#include "wire/limits.h"

namespace leanspec::hub::engine {

namespace {

using namespace std::chrono_literals;
namespace limits = wire::limits;

/// A tick comes every second. A longer gap is a clock that jumped or a process that slept: no fault of the peer's.
constexpr auto tick_gap_max = 10s;
/// How long a connection has to answer when another claims its identity.
constexpr auto prove_alive_within = 4s;
/// The bridge with the second claim comes back after that.
constexpr std::chrono::milliseconds cloned_retry_after = 6s;
/// Cursor and report are for display; so often they are written.
constexpr auto note_interval = 5s;
/// Revocations by another process on the same database are noticed within this.
constexpr auto store_recheck_interval = 30s;
/// What is in flight at a drain is answered within this, or again after the restart.
constexpr auto drain_max = 3s;
/// Fetches that may wait for room in the send queue.
constexpr std::size_t fetches_waiting_max = 64;
/// Large bodies that one connection may have half uploaded at once: 256 MiB of disk at most.
constexpr std::size_t uploads_at_once_max = 4;
constexpr std::chrono::milliseconds retry_while_draining = 1s;

}  // namespace

struct BridgeSession::State {
  State(BridgeServices services_given, BridgeRights& rights_given, BridgeOutput& output_given, Instant now)
      : services(std::move(services_given)), rights(rights_given), output(output_given),
        session(services.new_id(now)), opened_at(now), last_heard(now), last_tick(now), last_note(now), last_recheck(now) {}

  BridgeServices services;
  BridgeRights& rights;
  BridgeOutput& output;
  const Uuid session;
  Instant opened_at;
  Instant last_heard;
  Instant last_tick;
  Instant last_note;
  Instant last_recheck;
  std::optional<Instant> last_ping;
  std::optional<Instant> prove_by;
  std::optional<Instant> drain_by;

  bool closed = false;
  std::optional<Admission> admission;
  std::uint64_t rights_version = 0;
  PushWindow window;
  Seq acknowledged;
  Seq head_told;      ///< the highest head that this bridge was told of
  Seq head_now;       ///< the highest that we know of
  std::optional<Seq> pull_waiting;
  std::deque<wire::Fetch> fetches_waiting;
  std::set<Digest> uploads;
  std::optional<std::pair<Digest, std::string>> large_body;  ///< the one being fetched in slices
  bool note_due = false;
  std::uint64_t pings = 0;

  [[nodiscard]] bool on_branch() const { return admission && admission->branch && admission->replica; }
  [[nodiscard]] bool has_room() const { return output.queued_bytes() <= limits::send_queue_bytes_max; }

  void close(CloseCode code, std::string_view reason) {
    if (closed) return;
    closed = true;
    output.close(code, reason);
    services.roster.leave(session);
  }

  void refuse(wire::Refused refusal) {
    const auto code = close_code(refusal.reason);
    const std::string text = refusal.text;
    output.send(std::move(refusal));
    close(code, text);
  }

  void fail(const Error& error) {  // of the store, where the message has no answer that could carry it
    close(CloseCode::try_later, "the hub's storage does not answer: " + error.what);
  }

  // ---- messages ----

  void on(wire::Hello& hello, Instant now) {
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
    bridge.branch_name = hello.branch;
    bridge.client_version = hello.client_version;
    bridge.platform = hello.platform;
    bridge.root_hint = hello.root_hint;
    bridge.since = now;
    bridge.last_heard = now;
    if (admission->replica) bridge.acknowledged = acknowledged = admission->replica->acknowledged;
    if (services.roster.join(bridge) == JoinOutcome::cloned_identity) {
      wire::Refused refusal;
      refusal.reason = wire::RefusedReason::cloned_identity;
      refusal.text = "another bridge is connected with this machine's identity; if its disk was copied, give this one an identity of its own";
      refusal.retry_after = cloned_retry_after;
      return refuse(std::move(refusal));
    }
    welcome(now);
  }

  void welcome(Instant now) {
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

  void on(wire::Push& push, Instant now) {
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

  void on(wire::PartsQuery& query, Instant) {
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

  void on(wire::Part& part, Instant now) {
    if (!may_upload(part.size)) return;
    if (part.bytes.empty() || part.bytes.size() > limits::part_bytes_max || part.offset > part.size ||
        part.bytes.size() > part.size - part.offset) {
      return close(CloseCode::bad_message, "a part lies outside its body");
    }
    uploads.insert(part.digest);
    if (uploads.size() > uploads_at_once_max) return close(CloseCode::bad_message, "too many uploads at once");
    std::uint64_t received = 0;
    const auto status = services.store.write([&](store::Session& store_session) -> Status {
      auto& bodies = store_session.bodies();
      LEANSPEC_ASSIGN(const bool has, bodies.has(part.digest));
      if (has) {
        received = part.size;
        return {};
      }
      LEANSPEC_TRY(bodies.stage(part.digest, part.size, part.offset, part.bytes, now));
      received = part.offset + part.bytes.size();
      return {};
    });
    if (!status && status.error().code == ErrorCode::conflict) {  // a part twice, or after a lost one: say where to go on
      wire::PartsQuery query;
      query.digest = part.digest;
      query.size = part.size;
      return on(query, now);
    }
    if (!status && status.error().code == ErrorCode::corrupt) {
      uploads.erase(part.digest);
      return output.send(wire::PartsState{part.digest, 0});
    }
    if (!status) return fail(status.error());
    if (received == part.size) uploads.erase(part.digest);
    output.send(wire::PartsState{part.digest, received});
  }

  bool may_upload(std::uint64_t size) {
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

  void on(wire::Pull& pull, Instant) {
    if (!on_branch()) return close(CloseCode::bad_message, "a pull before the hello");
    pull_waiting = pull.after;  // a later one stands for an earlier one that still waits
    answer_waiting();
  }

  void on(wire::Fetch& fetch, Instant) {
    if (!on_branch()) return close(CloseCode::bad_message, "a fetch before the hello");
    if (fetches_waiting.size() == fetches_waiting_max) return close(CloseCode::bad_message, "too many fetches at once");
    fetches_waiting.push_back(fetch);
    answer_waiting();
  }

  void on(wire::Ack& ack, Instant) {
    if (!on_branch()) return close(CloseCode::bad_message, "an acknowledgement before the hello");
    if (ack.seq > head_now) return close(CloseCode::bad_message, "an acknowledgement of what was never sent");
    acknowledged = std::max(acknowledged, ack.seq);
    services.roster.acknowledged(session, acknowledged);
    note_due = true;
  }

  void on(wire::Report& report, Instant) {
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

  void on(wire::Ping& ping, Instant) { output.send(wire::Pong{ping.nonce}); }
  void on(wire::Pong&, Instant) {}

  // ---- what waits for room ----

  void answer_waiting() {
    while (!closed && on_branch() && has_room()) {
      if (pull_waiting) {
        if (!rights_hold()) return;
        send_page(*std::exchange(pull_waiting, std::nullopt));
      } else if (!fetches_waiting.empty()) {
        if (!rights_hold()) return;
        const auto fetch = fetches_waiting.front();
        fetches_waiting.pop_front();
        send_body(fetch);
      } else if (head_now > head_told) {
        head_told = head_now;
        output.send(wire::Head{head_told});
      } else {
        return;
      }
    }
  }

  void send_page(Seq after) {
    auto page = read_page(services.store, admission->branch->id, after);
    if (!page) {
      if (page.error().code == ErrorCode::conflict) return close(CloseCode::start_again, page.error().sentence());
      if (page.error().code == ErrorCode::not_found) return close(CloseCode::no_such_project, page.error().sentence());
      return fail(page.error());
    }
    head_now = std::max(head_now, page->head);
    head_told = std::max(head_told, page->head);
    output.send(std::move(page).value());
  }

  void send_body(const wire::Fetch& fetch) {
    if (!large_body || large_body->first != fetch.digest) {
      large_body.reset();
      std::optional<std::string> bytes;
      const auto status = services.store.read([&](store::Session& store_session) -> Status {
        LEANSPEC_ASSIGN(bytes, store_session.bodies().get(fetch.digest));
        return {};
      });
      if (!status) return fail(status.error());
      if (bytes) large_body.emplace(fetch.digest, std::move(*bytes));
    }
    wire::Body body;
    body.digest = fetch.digest;
    body.offset = fetch.offset;
    body.missing = !large_body || fetch.offset > large_body->second.size();
    bool last = true;
    if (!body.missing) {
      body.size = large_body->second.size();
      body.bytes = large_body->second.substr(static_cast<std::size_t>(fetch.offset), limits::whole_body_bytes_max);
      last = fetch.offset + body.bytes.size() == body.size;
    }
    if (last) large_body.reset();
    output.send(std::move(body));
  }

  // ---- rights and time ----

  /// Asked before whatever reads or writes for the peer; closes and says false when the rights are gone.
  bool rights_hold() {
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

  void follow_orders(Instant now) {
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
    if (orders.prove_alive && !prove_by) {
      prove_by = now + prove_alive_within;
      ping(now);
    }
  }

  void refuse_machine() {
    wire::Refused refusal;
    refusal.reason = wire::RefusedReason::machine_revoked;
    refusal.text = "this machine was revoked at the hub; its local files are untouched";
    refuse(std::move(refusal));
  }

  void recheck_machine(Instant now) {
    if (!admission || now - last_recheck < store_recheck_interval) return;
    last_recheck = now;
    std::optional<store::Machine> machine;
    const auto status = services.store.read([&](store::Session& store_session) -> Status {
      LEANSPEC_ASSIGN(machine, store_session.machines().find(admission->machine.id));
      return {};
    });
    if (status && machine && machine->revoked_at) refuse_machine();
  }

  void ping(Instant now) {
    last_ping = now;
    output.send(wire::Ping{++pings});
  }

  void shift_deadlines(Instant now) {
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

  void note(Instant now, bool at_once) {
    if (!on_branch() || (!at_once && (!note_due || now - last_note < note_interval))) return;
    last_note = now;
    note_due = false;
    auto replica = *admission->replica;
    replica.acknowledged = acknowledged;
    replica.last_seen = last_heard;
    if (at_once) replica.state = "offline";
    auto machine_id = admission->machine.id;
    // For display only: if it fails, the next note carries it.
    const auto status = services.store.write([&](store::Session& store_session) -> Status {
      LEANSPEC_TRY(store_session.machines().save_replica(replica));
      LEANSPEC_ASSIGN(auto machine, store_session.machines().find(machine_id));
      if (!machine) return {};
      machine->last_seen = last_heard;
      return store_session.machines().save(*machine);
    });
    if (!status) note_due = true;
  }
};

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
  s.shift_deadlines(now);
  if (!s.admission && now - s.opened_at >= limits::hello_within) return s.close(CloseCode::silent, "no hello within 10 s");
  s.follow_orders(now);
  if (s.closed || !s.rights_hold()) return;
  if (now - s.last_heard >= limits::silence_max || (s.prove_by && now >= *s.prove_by)) {
    return s.close(CloseCode::silent, "nothing was heard of this bridge");
  }
  if (s.drain_by && now >= *s.drain_by) return s.close(CloseCode::restarting, "the hub is restarting");
  s.recheck_machine(now);
  if (s.closed) return;
  if (now - s.last_heard >= limits::ping_interval && (!s.last_ping || now - *s.last_ping >= limits::ping_interval)) s.ping(now);
  s.answer_waiting();
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

bool BridgeSession::closed() const { return state_->closed; }

}  // namespace leanspec::hub::engine
