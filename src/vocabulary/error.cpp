#include "vocabulary/error.h"

namespace leanspec {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::exhausted: return "exhausted";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::no_space: return "no_space";
    case ErrorCode::io: return "io";
  }
  return "unknown";
}

std::string Error::sentence() const {
  std::string text;
  if (!subject.empty()) text += subject + ": ";
  text += what;
  if (!remedy.empty()) {
    if (!text.empty() && text.back() != '.') text += '.';
    text += ' ';
    text += remedy;
  }
  return text;
}

}  // namespace leanspec
