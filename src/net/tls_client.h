#pragma once

#include <memory>
#include <optional>
#include <string>

#include "vocabulary/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace leanspec::net {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// TLS 1.2 or later, the peer always verified against the system's roots and those of `ca_file`. Errors: not_found,
/// invalid (ca_file).
[[nodiscard]] Result<TlsContext> make_tls_client_context(const std::optional<std::string>& ca_file);

/// Sets the name to ask for (SNI) and to find in the certificate; a host that is an IP address is looked for as such.
void expect_host(ssl_st* tls, const std::string& host);

/// Why a handshake with `host` failed, in plain words with the remedy. `library_error` is OpenSSL's packed error code.
[[nodiscard]] Error explain_tls_failure(ssl_st* tls, const std::string& host, unsigned long library_error,
                                        const std::string& message);

}  // namespace leanspec::net
