#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace leanspec::net::server {

enum class ContentCoding { identity, gzip, brotli };

/// The name in Accept-Encoding and Content-Encoding.
[[nodiscard]] std::string_view to_string(ContentCoding coding);

/// The coding that a client likes best among those `available` (RFC 9110 section 12.5.3): highest q wins, and of equals
/// the smaller result (brotli, gzip, identity). No header, nonsense, or nothing acceptable: identity.
struct AvailableCodings {
  bool gzip = true;
  bool brotli = true;
};
[[nodiscard]] ContentCoding choose_coding(std::optional<std::string_view> accept_encoding, AvailableCodings available);

/// Whether bodies of this Content-Type shrink: text, JSON, XML, scripts, SVG, WebAssembly.
[[nodiscard]] bool is_compressible(std::string_view content_type);

/// The compressed bytes; null if the library fails.
[[nodiscard]] std::shared_ptr<const std::string> compress(ContentCoding coding, std::string_view body);

/// Whether this response's bytes depend on Accept-Encoding: a precompressed form is there, or its body is compressed on
/// the way out.
[[nodiscard]] bool varies_by_coding(const Response& response);
/// Says so to caches.
void add_vary(Response& response);

/// Puts the best acceptable form of the body into `response`: a precompressed one, else compressed now, else as it is.
/// Sets Content-Encoding and Vary, and makes the ETag weak where the bytes differ from those that it was made for.
void apply_coding(const Request& request, Response& response);

}  // namespace leanspec::net::server
