#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leanspec::net {

enum class Method { get, head, post, put, patch, del, options };

[[nodiscard]] std::string_view to_string(Method method);

/// Header names compare without case; values are kept as they came.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Whether two header names or tokens are the same (ASCII).
[[nodiscard]] bool equal_without_case(std::string_view a, std::string_view b);

[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

/// A whole request as a plain value; the body is complete and within the limit of its route.
struct Request {
  Method method = Method::get;
  std::string target;                                         ///< as received: path and query
  std::string path;                                           ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;     ///< decoded, in order
  std::vector<std::pair<std::string, std::string>> captures;  ///< what the route's {names} matched, decoded
  Headers headers;
  std::string body;
  std::string peer_address;  ///< of the client; from X-Forwarded-For only behind a trusted proxy
  bool secure = false;       ///< came over TLS, here or at the trusted proxy
  std::string request_id;    ///< for the log and the X-Request-Id header

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  [[nodiscard]] std::string_view capture(std::string_view name) const;  ///< "" when the route has no such name
};

/// A whole response. The body is shared, so that a cached answer is sent without a copy. If `encodings` holds a
/// precompressed form that the client accepts, that is sent; otherwise compressible bodies over 1 KB are compressed on
/// the way out (brotli or gzip, Accept-Encoding), unless `no_transform`.
struct Response {
  unsigned status = 200;
  Headers headers;
  std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
  struct Encoded {
    std::string name;  ///< "br" or "gzip"
    std::shared_ptr<const std::string> body;
  };
  std::vector<Encoded> encodings;
  bool no_transform = false;

  /// Sets a header; only Set-Cookie may come more than once.
  Response& with_header(std::string_view name, std::string_view value);
};

[[nodiscard]] Response text_response(unsigned status, std::string body,
                                     std::string_view content_type = "text/plain; charset=utf-8");
[[nodiscard]] Response json_response(unsigned status, std::string body);

}  // namespace leanspec::net
