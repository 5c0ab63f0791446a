#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "hub/engine/bridge_admission.h"
#include "hub/engine/bridge_session.h"
#include "hub/engine/push_window.h"
#include "wire/limits.h"

// What stands behind BridgeSession; for the two files that define it (bridge_session.cpp: time, rights and orders;
// bridge_session_messages.cpp: what the bridge says), and for nobody else.

namespace leanspec::hub::engine {

struct BridgeSession::State {
  State(BridgeServices services_given, BridgeRights& rights_given, BridgeOutput& output_given, Instant now)
      : services(std::move(services_given)),
        rights(rights_given),
        output(output_given),
        session(services.new_id(now)),
        opened_at(now),
        last_heard(now),
        last_tick(now),
        last_note(now),
        last_recheck(now),
        delta_work_at(now) {}

  BridgeServices services;
  BridgeRights& rights;
  BridgeOutput& output;
  const Uuid session;
  Instant opened_at;
  Instant last_heard;
  Instant last_tick;
  Instant last_note;
  Instant last_recheck;
  Instant delta_work_at;
  std::optional<Instant> last_ping;
  std::optional<Instant> prove_by;
  std::optional<Instant> drain_by;

  bool closed = false;
  std::optional<Admission> admission;
  std::uint64_t rights_version = 0;
  PushWindow window;
  Seq acknowledged;
  Seq head_told;  ///< the highest head that this bridge was told of
  Seq head_now;   ///< the highest that we know of
  std::optional<Seq> pull_waiting;
  std::deque<wire::Fetch> fetches_waiting;
  std::deque<Digest> uploads;  ///< incomplete, oldest first
  std::size_t uploads_abandoned = 0;
  std::optional<std::pair<Digest, std::string>> large_body;  ///< the one being fetched in slices
  /// Bytes of texts that may still be read to make deltas for this bridge (delta_work_max).
  std::uint64_t delta_work = delta_work_max;
  bool note_due = false;
  std::uint64_t pings = 0;
  std::size_t audited = 0;
  struct Approved {
    std::uint32_t count = 0;
    std::set<DocumentId> documents;  ///< that were deleted under it so far
  };
  std::map<GuardId, Approved> approvals;
  std::uint64_t editors_told = 0;  ///< the version of the presence that this bridge was told of

  [[nodiscard]] bool on_branch() const { return admission && admission->branch && admission->replica; }
  [[nodiscard]] bool has_room() const { return output.queued_bytes() <= wire::limits::send_queue_bytes_max; }

  void close(CloseCode code, std::string_view reason);
  void refuse(wire::Refused refusal);
  /// A refusal that whoever runs the hub should be able to find later.
  void audit(std::string_view action, std::string_view why);
  void fail(const Error& error);  ///< of the store, where the message has no answer that could carry it
  void on(wire::Hello& hello, Instant now);
  void welcome(Instant now);
  void on(wire::Push& push, Instant now);
  void on(wire::PartsQuery& query, Instant);
  void on(wire::Part& part, Instant now);
  [[nodiscard]] bool may_upload(std::uint64_t size);
  void on(wire::Pull& pull, Instant);
  void on(wire::Fetch& fetch, Instant);
  void on(wire::Ack& ack, Instant);
  void on(wire::Report& report, Instant);
  void on(wire::GuardState& guard, Instant now);
  void on(wire::Approval& approval, Instant now);
  void on(wire::Editing& editing, Instant now);
  void tell_editors();
  [[nodiscard]] bool is_approved(const wire::Push& push);
  void on(wire::Ping& ping, Instant);
  void on(wire::Pong&, Instant);
  void answer_waiting();
  void send_page(Seq after);
  void send_body(const wire::Fetch& fetch);
  [[nodiscard]] bool send_delta(const wire::Fetch& fetch);
  void allow_delta_work(Instant now);
  /// A machine that was away is told of a project's worth of edits at once; one that never tires of asking for texts that
  /// nobody else asks for gets them whole.
  static constexpr std::uint64_t delta_work_max = 64 * wire::limits::MiB;
  static constexpr std::uint64_t delta_work_per_second = 4 * wire::limits::MiB;
  /// Asked before whatever reads or writes for the peer; closes and says false when the rights are gone.
  [[nodiscard]] bool rights_hold();
  void follow_orders(Instant now);
  void refuse_machine();
  void recheck_machine(Instant now);
  void ping(Instant now);
  void shift_deadlines(Instant now);
  void note(Instant now, bool at_once);
};

}  // namespace leanspec::hub::engine
