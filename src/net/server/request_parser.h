#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace leanspec::net::server {

/// One HTTP/1.1 request from its bytes, in whatever pieces they come (RFC 9112). Pure: knows no socket and no clock.
/// Nothing is allocated by what the header merely declares. Stricter than the standard where leniency has been an
/// attack: one Host, no Content-Length beside Transfer-Encoding, no transfer coding but chunked, no bare line feed.
class RequestParser {
 public:
  explicit RequestParser(std::size_t header_bytes_max);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;

  enum class State {
    needs_more,  ///< all of `used` taken; feed more
    header,      ///< the header is complete; comes once, so that limits can be set before the body
    complete,    ///< the whole request is there; what was not used belongs to the next one
    failed,      ///< see fault()
  };
  struct Progress {
    std::size_t used = 0;
    State state = State::needs_more;
  };
  [[nodiscard]] Progress feed(std::string_view bytes);

  /// After State::header: a body beyond fails with 413.
  void set_body_bytes_max(std::size_t bytes);

  struct Fault {
    unsigned status = 400;
    std::string why;
  };
  [[nodiscard]] const Fault& fault() const;
  [[nodiscard]] Request& request();
  [[nodiscard]] bool started() const;  ///< at least one byte came
  [[nodiscard]] bool keeps_alive() const;
  [[nodiscard]] bool is_http_1_0() const;
  [[nodiscard]] std::optional<std::uint64_t> declared_body_bytes() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

/// Whether the request asks properly for a WebSocket (RFC 6455 section 4.2.1): version 13, a key, the two upgrade
/// headers.
[[nodiscard]] bool is_websocket_upgrade(const Request& request);

/// Whether a comma-separated header names `token`, without case.
[[nodiscard]] bool has_token(std::optional<std::string_view> header, std::string_view token);

}  // namespace leanspec::net::server
