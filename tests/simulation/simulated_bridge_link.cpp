// The part of SimulatedBridge that talks with the hub.
#include <utility>
#include <variant>

#include "digest/sha256.h"
#include "tests/simulation/bridge_words.h"
#include "tests/simulation/simulated_bridge.h"
#include "wire/codec.h"

namespace leanspec::simulation {

void SimulatedBridge::opened(LinkId link) {
  if (link_ != link || !engine_) return;
  open_ = true;
  look_at_git();
  driver_->opened(now());
}

void SimulatedBridge::received(LinkId link, const std::string& frame) {
  if (link_ != link || !engine_) return;
  auto message = wire::decode_to_bridge(frame);
  if (!message) return stage_.invariants.fail("codec", "a bridge cannot read the hub: " + message.error().sentence());
  stage_.log.mix(frame);
  stage_.invariants.bridge_got(index_, *message);
  bend(*message);
  if (const auto* result = std::get_if<wire::PushResult>(&*message)) {
    say("is told " + std::string(word_of(result->outcome)) + " for " + short_of(result->change.value()) + ": " +
        short_of(result->document.value()) + " at " + std::to_string(result->seq.value()));
  }
  look_at_git();
  driver_->received(*message, now());
}

void SimulatedBridge::lost(LinkId link, unsigned code) {
  if (link_ != link || !engine_) return;
  link_.reset();
  open_ = false;
  driver_->ended(engine::explain_close(code, ""), now());
}

void SimulatedBridge::could_not_connect(LinkId link, bool refused) {
  if (link_ != link || !engine_) return;
  link_.reset();
  engine::ConnectionEnd end;
  end.why = "no connection";
  end.refused = refused;
  driver_->ended(std::move(end), now());
}

void SimulatedBridge::connection_ended(const engine::ConnectionEnd& end) {
  say("offline: " + end.why);
  disturbed(stage_.executor.now());
}

Status SimulatedBridge::connect() {
  disturbed(stage_.executor.now());
  link_ = network_.connect(index_);
  return {};
}

void SimulatedBridge::drop_connection() {
  if (link_) network_.bridge_closes(*std::exchange(link_, std::nullopt));
  open_ = false;
}

void SimulatedBridge::send(const wire::ToHub& message) {
  if (is_dead()) return;
  if (sends_left && (*sends_left)-- == 0) {
    sends_left.reset();
    died_sending_ = true;
    return;
  }
  if (!open_ || !link_) return;
  if (stage_.canary == Canary::resend_with_new_bytes) {
    if (const auto other = bent(message)) return network_.to_hub(*link_, wire::encode(*other));
  }
  if (const auto* push = std::get_if<wire::Push>(&message)) {
    if (stage_.canary == Canary::echo && !push->group && push->digest && !std::exchange(last_push_, *push))
      repeat_last();
    if (stage_.canary == Canary::text_made_up && push->digest && !std::exchange(last_push_, *push))
      make_something_up(*push);
    say("pushes " + push->path + " of " + short_of(push->document.value()) + " = " + short_hex(push->digest) + " as " +
        short_of(push->change.value()));
  }
  network_.to_hub(*link_, wire::encode(message));
}

/// A change that was sent before, with the bytes that its file has by now.
std::optional<wire::Push> SimulatedBridge::bent(const wire::ToHub& message) {
  const auto* push = std::get_if<wire::Push>(&message);
  if (push == nullptr || !push->digest || sent_once_.try_emplace(push->change, true).second) return std::nullopt;
  const auto file = disk.files().find(push->path);
  if (file == disk.files().end()) return std::nullopt;
  auto other = *push;
  other.digest = file->second.text.digest();
  other.size = file->second.text.bytes().size();
  other.content = wire::WholeBody{file->second.text.bytes()};
  return other;
}

void SimulatedBridge::bend(wire::ToBridge& message) {
  if (auto* welcome = std::get_if<wire::Welcome>(&message);
      welcome != nullptr && stage_.canary == Canary::in_flight_unbounded)
    welcome->limits.pushes_in_flight_max = 1'000;
}

void SimulatedBridge::repeat_last() {
  stage_.executor.after(milliseconds(60'000), [this] {
    if (open_ && link_) {
      last_push_->change = ChangeId{uuid()};
      network_.to_hub(*link_, wire::encode(*last_push_));
    }
    repeat_last();
  });
}

void SimulatedBridge::make_something_up(wire::Push push) {
  const std::string text = "made up by " + std::to_string(index_);
  push.change = ChangeId{uuid()};
  push.document = DocumentId{uuid()};
  push.base = std::nullopt;
  push.group = std::nullopt;
  push.path = "made-up-" + std::to_string(index_) + "/README.md";
  push.digest = digest::sha256(text);
  push.size = text.size();
  push.content = wire::WholeBody{text};
  stage_.executor.after(milliseconds(20'000), [this, push = std::move(push)] {
    if (open_ && link_)
      network_.to_hub(*link_, wire::encode(push));
    else
      make_something_up(push);
  });
}

}  // namespace leanspec::simulation
