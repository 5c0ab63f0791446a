// The part of Invariants that listens to the wire.
#include <algorithm>
#include <utility>
#include <variant>

#include "tests/simulation/invariants.h"

namespace leanspec::simulation {

namespace {

bool is_final(wire::PushOutcome outcome) {
  return outcome != wire::PushOutcome::retry && outcome != wire::PushOutcome::need_body;
}

}  // namespace

void Invariants::hub_got(std::size_t bridge, std::uint64_t link, const wire::ToHub& message) {
  auto& contact = contact_[bridge];
  if (contact.link != link) contact = {link, contact.last, contact.last};
  contact.last = now_();
  if (const auto* hello = std::get_if<wire::Hello>(&message)) branch_of_[link] = hello->branch;
  const auto* push = std::get_if<wire::Push>(&message);
  if (push == nullptr) return;
  ++pushes_;
  const auto key = std::pair(bridges_.at(bridge).replica, push->change);
  const auto [known, first] =
      asked_.try_emplace(key, Asked{push->digest, push->path, push->base, push->former, now_(), contact.before});
  known->second.former = push->former;  // sent again after a restore, it says what it was before
  // Sent again because its connection broke before the hub had it: its age counts from the contact before this one.
  if (!answers_.contains(key)) known->second.contact_before = contact.before;
  if (!first &&
      (known->second.digest != push->digest || known->second.path != push->path || known->second.base != push->base))
    fail("law 2", "a change id came again with something else: " + push->path + " " + short_hex(push->digest));
  // And of another branch nothing goes anywhere (law 22).
  if (push->digest && !bridges_[bridge].had_on(*push->digest, branch_of_[link]))
    fail("I2", "a text of " + push->path + " is pushed that never stood on that disk" +
                   (bridges_[bridge].had(*push->digest) ? " on the branch " + branch_of_[link] : ""));
  if (first && push->digest && push->base && texts_.contains(*push->digest) &&
      bridges_[bridge].left_by_power(push->path, *push->digest) && is_older_than_base(*push) &&
      !base_took_its_place(bridge, *push))
    fail("law 10", "an older text of " + push->path + ", which a power cut left there, is pushed as an edit");
  if (first) look_at_put_back(bridge, branch_of_[link], *push);
  // Law 3: a base is what this replica had on its disk, or its edit would undo what it never saw. To a restored hub
  // also what such a text went on from (law 20).
  const auto base = push->base ? seen_versions_.find(*push->base) : seen_versions_.end();
  if (base != seen_versions_.end() && base->second.digest && !bridges_[bridge].had(*base->second.digest) &&
      !(restored_ && had_what_went_on_from(bridge, base->second)))
    fail("law 3", "an edit of " + push->path + " is based on a text that was never on that disk");
  look_at_push(line_of(link), *push);
  auto& flight = in_flight_[link];
  if (!push->group) flight.insert(push->change);
  const auto allowed = in_flight_allowed_.find(link);
  const std::size_t most =
      allowed == in_flight_allowed_.end() ? in_flight_max : std::min(in_flight_max, allowed->second);
  if (flight.size() > most)
    fail("I11", "more than " + std::to_string(most) + " pushes are in flight on one connection");
}

/// The text is one that the document had before the base of the push.
bool Invariants::is_older_than_base(const wire::Push& push) const {
  auto at = seen_versions_.find(*push.base);
  if (at == seen_versions_.end() || at->second.digest == push.digest) return false;
  while (at != seen_versions_.end() && at->second.parent) {
    at = seen_versions_.find(*at->second.parent);
    if (at != seen_versions_.end() && at->second.digest == push.digest) return true;
  }
  return false;
}

/// Its user renamed what the power cut had left, and put another file in its place, which the bridge saw first: the
/// same path wins, so that its text is the document's newest for a moment.
bool Invariants::base_took_its_place(std::size_t bridge, const wire::Push& push) const {
  const auto base = seen_versions_.find(*push.base);
  return base != seen_versions_.end() && base->second.digest && base->second.replica == bridges_[bridge].replica &&
         bridges_[bridge].made_room_for(push.path, base->second.path, *base->second.digest);
}

/// Two sides that the hub can join, or answer at once.
void Invariants::look_at_push(const Line* line, const wire::Push& push) {
  const auto* const found = head_of(line, push.document);
  const auto known = push.base ? seen_versions_.find(*push.base) : seen_versions_.end();
  if (found == nullptr || known == seen_versions_.end() || found->id == *push.base) return;
  const auto& head = *found;
  const auto& base = known->second;
  if (push.digest.has_value() != head.digest.has_value()) sights_.insert(Sight::delete_against_edit);
  if (push.digest && head.digest && push.path != base.path && head.path != base.path && push.path != head.path)
    sights_.insert(Sight::rename_against_rename);
}

void Invariants::look_at_held(std::size_t bridge, const VersionId& id) {
  const auto side = seen_versions_.find(id);
  if (side == seen_versions_.end()) return;
  const auto* const found = head_of(&line(side->second), side->second.document);
  if (found == nullptr) return;
  const auto& head = *found;
  if (!side->second.parent) {
    sights_.insert(without_memory_.contains(bridge) ? Sight::without_base : Sight::create_against_create);
    return;
  }
  if (!side->second.digest || !head.digest) return;
  const auto& bodies = store_.tables().bodies;
  const auto is_binary = [&](const Digest& digest) {
    const auto body = bodies.find(digest);
    return body != bodies.end() && body->second.find('\xFF') != std::string::npos;
  };
  if (is_binary(*side->second.digest) || is_binary(*head.digest))
    sights_.insert(Sight::binary_against_text);
  else if (side->second.digest != head.digest)
    sights_.insert(Sight::edit_against_edit);
}

void Invariants::bridge_got(std::size_t bridge, const wire::ToBridge& message) {
  const auto* result = std::get_if<wire::PushResult>(&message);
  if (result != nullptr && is_final(result->outcome)) owed_.erase({bridge, result->change});
  const auto* page = std::get_if<wire::Changes>(&message);
  if (page == nullptr) return;
  for (const auto& entry : page->entries) {
    if (entry.change && entry.replica == bridges_.at(bridge).replica) owed_.erase({bridge, *entry.change});
  }
}

void Invariants::hub_sent(std::size_t bridge, std::uint64_t link, const wire::ToBridge& message) {
  Seq named;
  const auto* const line = line_of(link);
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    named = welcome->head;
    in_flight_allowed_[link] = welcome->limits.pushes_in_flight_max;
  }
  if (const auto* head = std::get_if<wire::Head>(&message)) named = head->seq;
  if (const auto* page = std::get_if<wire::Changes>(&message)) {
    named = page->head;
    if (line != nullptr && page->epoch == epoch_) {
      const auto rolled = line->rolled.find(page->through);
      if (page->through != Seq{} && (rolled == line->rolled.end() || rolled->second != page->digest_through))
        fail("I6",
             "a page of changes ends with a digest that is not the hub's at " + std::to_string(page->through.value()));
    }
  }
  if (const auto* result = std::get_if<wire::PushResult>(&message)) {
    named = result->seq;
    in_flight_[link].erase(result->change);
    const auto key = std::pair(bridges_.at(bridge).replica, result->change);
    if (result->outcome == wire::PushOutcome::held) {
      ++set_aside_;
      if (result->side_version) look_at_held(bridge, *result->side_version);
    }
    if (is_final(result->outcome)) {
      const auto [known, first] = answers_.try_emplace(key, *result);
      if (!first && (known->second.outcome != result->outcome || known->second.head_version != result->head_version ||
                     known->second.side_version != result->side_version))
        fail("I7", "the same change id got two different answers");
      const auto owed = owed_.find({bridge, result->change});
      if (owed != owed_.end()) {
        const bool kept = result->outcome != wire::PushOutcome::rejected;
        if (kept && owed->second.digest && !texts_.contains(*owed->second.digest))
          fail("I1", "the hub said that it has " + owed->second.path + " and does not (answer " +
                         std::to_string(static_cast<int>(result->outcome)) + ", \"" + result->why + "\")");
      }
    }
  }
  if (line != nullptr && named > line->head) {
    fail("I6", "seq " + std::to_string(named.value()) + " was told to a bridge and is not durable (head " +
                   std::to_string(line->head.value()) + ")");
  }
}

}  // namespace leanspec::simulation
