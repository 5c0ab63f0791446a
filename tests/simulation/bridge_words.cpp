#include "tests/simulation/bridge_words.h"

#include <span>

#include "text/hex.h"

namespace leanspec::simulation {

namespace engine = bridge::engine;

std::string_view word_of(wire::PushOutcome outcome) {
  switch (outcome) {
    case wire::PushOutcome::accepted:
      return "accepted";
    case wire::PushOutcome::unchanged:
      return "unchanged";
    case wire::PushOutcome::known:
      return "known";
    case wire::PushOutcome::held:
      return "held";
    case wire::PushOutcome::rejected:
      return "rejected";
    case wire::PushOutcome::retry:
      return "retry";
    case wire::PushOutcome::need_body:
      return "need body";
  }
  return "nothing";
}

std::string_view word_of(engine::ApplyStep step) {
  switch (step) {
    case engine::ApplyStep::apply:
      return "applies";
    case engine::ApplyStep::recover:
      return "recovers";
    case engine::ApplyStep::look_back:
      return "looks back at";
    case engine::ApplyStep::swap:
      return "swaps";
  }
  return "does nothing with";
}

std::string_view word_of(engine::ApplyOutcome outcome) {
  switch (outcome) {
    case engine::ApplyOutcome::applied:
      return "done";
    case engine::ApplyOutcome::writer_open:
      return "a writer has it open";
    case engine::ApplyOutcome::moved_on:
      return "the disk moved on";
    case engine::ApplyOutcome::failed:
      return "failed";
  }
  return "nothing";
}

std::string short_of(const Uuid& id) {
  return text::to_hex(std::span(id.bytes).subspan(10));
}

}  // namespace leanspec::simulation
