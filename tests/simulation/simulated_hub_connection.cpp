#include "tests/simulation/simulated_hub_connection.h"

#include <string>
#include <utility>
#include <variant>

#include "wire/codec.h"

namespace leanspec::simulation {
namespace {

constexpr std::uint32_t few_in_flight = 3;

}  // namespace

SimulatedHub::Connection::Connection(SimulatedHub& hub, LinkId link, std::size_t bridge)
    : bridge_(bridge),
      hub_(hub),
      link_(link),
      session({hub.store_, hub.process_->roster, hub.process_->deltas, hub.new_id(), "simulation"}, hub.rights, *this,
              hub.clock.now()) {}

void SimulatedHub::Connection::send(wire::ToBridge message) {
  // A hub may allow less than the bridge could do; every second connection meets one.
  if (auto* welcome = std::get_if<wire::Welcome>(&message); welcome != nullptr && link_ % 2 == 1)
    welcome->limits.pushes_in_flight_max = few_in_flight;
  if (auto* page = std::get_if<wire::Changes>(&message);
      page != nullptr && hub_.stage_.canary == Canary::entry_left_out && page->entries.size() > 2)
    page->entries.erase(page->entries.begin() + 1);
  if (auto* result = std::get_if<wire::PushResult>(&message)) {
    if (hub_.stage_.canary == Canary::merged_is_taken_for_pushed && result->outcome == wire::PushOutcome::known)
      result->known_version = result->head_version;
    if (hub_.stage_.canary == Canary::answer_forgotten && ++hub_.answers_ % 10 == 0) return;
    if (const auto name = hub_.true_name_.find(result->change); name != hub_.true_name_.end())
      result->change = name->second;
  }
  hub_.stage_.invariants.hub_sent(bridge_, link_, message);
  if (hub_.stage_.canary == Canary::frame_damaged && std::holds_alternative<wire::Editors>(message))
    return hub_.network_.to_bridge(link_, "?");
  hub_.network_.to_bridge(link_, wire::encode(message));
}

void SimulatedHub::Connection::submit(hub::engine::PushJob job) {
  hub_.submit(link_, std::move(job));
}

void SimulatedHub::Connection::close(hub::engine::CloseCode code, std::string_view reason) {
  hub_.say("closes link " + std::to_string(link_) + ": " + std::string(reason));
  hub_.network_.hub_closes(link_, static_cast<unsigned>(code));
}

std::size_t SimulatedHub::Connection::queued_bytes() const {
  return hub_.network_.waiting_for_bridge(link_);
}

void SimulatedHub::Connection::follow_feed() {
  if (session.branch() == followed_) return;
  followed_ = session.branch();
  subscription_ = hub::engine::Subscription();
  if (!followed_) return;
  subscription_ = hub_.process_->feed.subscribe(
      *followed_, [&hub = hub_, link = link_, life = hub_.life_](const hub::engine::Hint& hint) {
        hub.stage_.executor.after(hub.stage_.chance.time(0, 2), [&hub, link, life, head = hint.head] {
          if (life != hub.life_) return;
          hub.work_on(link, [&](hub::engine::BridgeSession& told) { told.on_head(head, hub.clock.now()); });
        });
      });
  Seq head;
  const auto read = hub_.store_.read([&](store::Session& stored) -> Status {
    LEANSPEC_ASSIGN(const auto branch, stored.versions().find_branch(*followed_));
    if (branch) head = branch->head;
    return {};
  });
  if (read) session.on_head(head, hub_.clock.now());
}

}  // namespace leanspec::simulation
