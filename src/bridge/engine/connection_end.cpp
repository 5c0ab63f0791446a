#include "bridge/engine/connection_end.h"

namespace leanspec::bridge::engine {
namespace {

constexpr unsigned normal_closure = 1000;
constexpr unsigned bad_message = 4400;

}  // namespace

ConnectionEnd explain_close(unsigned code, std::string_view reason) {
  ConnectionEnd end;
  end.opened = true;
  end.why = std::string(reason);
  const auto otherwise = [&](std::string_view words) {
    if (end.why.empty()) end.why = words;
  };
  switch (code) {
    case normal_closure:
      otherwise("the connection was closed");
      break;
    case 1001:
      otherwise("the hub is stopping");
      break;
    case 1009:
      otherwise("the hub refused a message as too large");
      break;
    case 1012:
      otherwise("the hub is restarting");
      break;
    case 1013:
      otherwise("the hub is too busy");
      break;
    case bad_message:
      otherwise("the hub did not understand a message");
      break;
    case 4401:
      otherwise("the hub no longer accepts this machine's key");
      end.remedy = "Run leanspec-bridge login with a valid key. Local work is kept.";
      end.refused = true;
      break;
    case 4403:
      otherwise("the hub does not let this machine sync here");
      end.remedy = "Ask an owner of the project for access. Local work is kept.";
      end.refused = true;
      break;
    case 4404:
      otherwise("the hub has no such project");
      end.remedy = "Check the project's name in leanspec-bridge status.";
      end.refused = true;
      break;
    case 4406:
      otherwise("this leanspec-bridge is too old for the hub");
      end.remedy = "Install a newer leanspec-bridge. Local work is kept.";
      end.refused = true;
      break;
    case 4408:
      otherwise("the hub heard nothing from here for too long");
      break;
    case 4409:
      // Most often a connection of our own that the hub has not missed yet. Whether a person is needed, the refusal said
      // before; where it was lost, the next attempt hears it.
      otherwise("another bridge is connected with this machine's identity");
      break;
    case 4410:
      otherwise("a newer connection of this folder took over");
      break;
    case 4412:
      otherwise("the hub asks to start again");
      break;
    case 4413:
      otherwise("the hub refused something as too large");
      break;
    case 4429:
      otherwise("the hub asks for fewer attempts");
      break;
    default:
      otherwise("the connection broke (code " + std::to_string(code) + ")");
      break;
  }
  return end;
}

bool needs_a_person(const wire::Refused& refused) {
  switch (refused.reason) {
    case wire::RefusedReason::protocol_too_old:
    case wire::RefusedReason::unauthenticated:
    case wire::RefusedReason::forbidden:
    case wire::RefusedReason::no_such_project:
    case wire::RefusedReason::machine_revoked:
    case wire::RefusedReason::cloned_identity:
    case wire::RefusedReason::bad_message:
    case wire::RefusedReason::limit:
      return refused.retry_after.count() == 0;
    case wire::RefusedReason::rate_limited:
    case wire::RefusedReason::unavailable:
      return false;
  }
  return false;
}

}  // namespace leanspec::bridge::engine
