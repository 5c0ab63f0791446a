#pragma once

#include <memory>

#include "net/server/http_server.h"
#include "vocabulary/result.h"

struct ssl_ctx_st;

namespace leanspec::net::server {

/// TLS 1.2 or later with forward secrecy only. Errors: not_found or invalid, naming the file that is at fault.
[[nodiscard]] Result<std::shared_ptr<ssl_ctx_st>> make_tls_server_context(const TlsFiles& files);

}  // namespace leanspec::net::server
