#include "hub/engine/bridge_refusal.h"

#include <utility>

namespace leanspec::hub::engine {

namespace {

constexpr std::chrono::seconds retry_when_busy{1};

}  // namespace

wire::Refused refused(wire::RefusedReason reason, std::string text, std::chrono::milliseconds retry_after) {
  wire::Refused message;
  message.reason = reason;
  message.text = std::move(text);
  message.retry_after = retry_after;
  return message;
}

wire::Refused refusal_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::unauthenticated:
      return refused(wire::RefusedReason::unauthenticated, error.sentence());
    case ErrorCode::forbidden:
      return refused(wire::RefusedReason::forbidden, error.sentence());
    case ErrorCode::not_found:
      return refused(wire::RefusedReason::no_such_project, error.sentence());
    case ErrorCode::exhausted:
      return refused(wire::RefusedReason::rate_limited, error.sentence(), retry_when_busy);
    case ErrorCode::invalid:
    case ErrorCode::unsupported:
      return refused(wire::RefusedReason::bad_message, error.sentence());
    case ErrorCode::too_large:
      return refused(wire::RefusedReason::limit, error.sentence());
    case ErrorCode::already_exists:
    case ErrorCode::conflict:
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::cancelled:
    case ErrorCode::corrupt:
    case ErrorCode::no_space:
    case ErrorCode::io:
      break;
  }
  return refused(wire::RefusedReason::unavailable, "the hub cannot take connections now: " + error.what,
                 retry_when_busy);
}

CloseCode close_code(wire::RefusedReason reason) {
  switch (reason) {
    case wire::RefusedReason::protocol_too_old:
      return CloseCode::protocol_too_old;
    case wire::RefusedReason::unauthenticated:
      return CloseCode::unauthenticated;
    case wire::RefusedReason::forbidden:
      return CloseCode::forbidden;
    case wire::RefusedReason::no_such_project:
      return CloseCode::no_such_project;
    case wire::RefusedReason::machine_revoked:
      return CloseCode::forbidden;
    case wire::RefusedReason::cloned_identity:
      return CloseCode::cloned_identity;
    case wire::RefusedReason::rate_limited:
      return CloseCode::rate_limited;
    case wire::RefusedReason::bad_message:
      return CloseCode::bad_message;
    case wire::RefusedReason::limit:
      return CloseCode::too_large;
    case wire::RefusedReason::unavailable:
      return CloseCode::try_later;
  }
  return CloseCode::try_later;
}

}  // namespace leanspec::hub::engine
