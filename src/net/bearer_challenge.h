#pragma once

#include <string>
#include <string_view>

namespace leanspec::net {

/// The words of a refused credential, as RFC 6750 section 3 puts them into WWW-Authenticate: unlike a body, a header
/// reaches a client that asked for a WebSocket. `error` is one of the RFC's words (invalid_token, insufficient_scope);
/// what the RFC does not allow in a description is replaced.
[[nodiscard]] std::string bearer_challenge(std::string_view error, std::string_view description);

/// The description in such a header, made printable and at most `challenge_description_max` bytes long; "" if there is
/// none. The header comes from a peer and may be anything.
[[nodiscard]] std::string challenge_description(std::string_view header);

/// Room for two sentences; more than that is no reason but a text of the peer's choice in our log.
constexpr std::size_t challenge_description_max = 300;

}  // namespace leanspec::net
