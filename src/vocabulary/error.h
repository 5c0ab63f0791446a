#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace leanspec {

/// What kind of failure this is, for the code that must decide; the sentence in Error is for the person.
enum class ErrorCode {
  invalid,          ///< the input breaks a rule; the same call will fail again
  not_found,        ///< nothing of that name
  already_exists,   ///< the name is taken
  conflict,         ///< the state moved on; look again, then decide
  unauthenticated,  ///< no valid credentials
  forbidden,        ///< valid credentials without the right
  too_large,        ///< over a named limit
  exhausted,        ///< a quota or rate; may pass later
  unavailable,      ///< a peer or a service is away; may pass later
  timeout,          ///< the deadline passed first
  cancelled,        ///< we were told to stop
  corrupt,          ///< stored or received bytes are not what they must be
  unsupported,      ///< understood, and not possible here
  no_space,         ///< disk full or read-only
  io,               ///< the operating system refused; the sentence says what it said
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

/// An expected failure as a value: what happened, to which file or field, and what to do next.
/// All three are shown to people, so each is written as plain words; `remedy` may be empty.
struct Error {
  Error(ErrorCode error_code, std::string what_happened, std::string which = {}, std::string next_step = {})
      : code(error_code), what(std::move(what_happened)), subject(std::move(which)), remedy(std::move(next_step)) {}

  ErrorCode code;
  std::string what;
  std::string subject;
  std::string remedy;

  /// "subject: what. remedy", leaving out what is empty.
  [[nodiscard]] std::string sentence() const;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace leanspec
