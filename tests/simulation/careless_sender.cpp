#include "tests/simulation/careless_sender.h"

#include <string>
#include <utility>
#include <variant>

#include "digest/sha256.h"

namespace leanspec::simulation {

std::optional<wire::Push> CarelessSender::bent(const wire::Push& push) {
  if (stage_.canary != Canary::resend_with_new_bytes) return std::nullopt;
  if (!push.digest || sent_once_.insert(push.change).second) return std::nullopt;
  const auto file = disk_.files().find(disk_.key(push.path));
  if (file == disk_.files().end()) return std::nullopt;
  auto other = push;
  other.digest = file->second.text.digest();
  other.size = file->second.text.bytes().size();
  other.content = wire::WholeBody{file->second.text.bytes()};
  return other;
}

void CarelessSender::sent(const wire::Push& push) {
  if (!push.digest) return;
  if (stage_.canary == Canary::echo && !push.group && !std::exchange(last_push_, push)) repeat_last();
  if (stage_.canary == Canary::text_made_up && !std::exchange(last_push_, push)) make_something_up(push);
}

void CarelessSender::bend(wire::ToBridge& message) const {
  if (auto* welcome = std::get_if<wire::Welcome>(&message);
      welcome != nullptr && stage_.canary == Canary::in_flight_unbounded)
    welcome->limits.pushes_in_flight_max = 1'000;
}

void CarelessSender::repeat_last() {
  stage_.executor.after(milliseconds(60'000), [this] {
    auto again = *last_push_;
    again.change = ChangeId{uuid_()};
    if (send_(again)) last_push_ = again;
    repeat_last();
  });
}

void CarelessSender::make_something_up(wire::Push push) {
  const std::string text = "made up by " + std::to_string(bridge_);
  push.change = ChangeId{uuid_()};
  push.document = DocumentId{uuid_()};
  push.base = std::nullopt;
  push.group = std::nullopt;
  push.path = "made-up-" + std::to_string(bridge_) + "/README.md";
  push.digest = digest::sha256(text);
  push.size = text.size();
  push.content = wire::WholeBody{text};
  stage_.executor.after(milliseconds(20'000), [this, push = std::move(push)] {
    if (!send_(push)) make_something_up(push);
  });
}

}  // namespace leanspec::simulation
