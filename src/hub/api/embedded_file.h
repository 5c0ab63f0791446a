#pragma once

#include <span>
#include <string_view>

namespace leanspec::hub::api {

/// One file of the web app inside the binary, compressed at build time. Views into the binary's own data.
struct EmbeddedFile {
  std::string_view path;  ///< "index.html", "assets/index-3f2a.js"
  std::string_view content_type;
  std::string_view etag;  ///< quoted
  std::string_view plain;
  std::string_view gzip;    ///< "" when not smaller
  std::string_view brotli;  ///< "" when not smaller
};

using EmbeddedFiles = std::span<const EmbeddedFile>;

}  // namespace leanspec::hub::api
