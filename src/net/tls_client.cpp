#include "net/tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace leanspec::net {
namespace {

/// Where the systems keep their roots as one file (Debian and Alpine, Fedora and RHEL old and new, SUSE, BSD and
/// macOS).
constexpr std::array root_bundles = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};
constexpr const char* root_folder = "/etc/ssl/certs";

/// A folder indexed by hash is read one root at a time, on demand; a bundle costs a megabyte of memory at once.
bool has_hash_index(const char* folder) {
  std::error_code error;
  int looked_at = 0;
  constexpr int looked_at_max = 1000;  // a folder with an index shows it at once: every root has its link
  for (auto it = std::filesystem::directory_iterator(folder, error);
       !error && it != std::filesystem::directory_iterator() && looked_at < looked_at_max;
       it.increment(error), ++looked_at) {
    if (it->path().extension() == ".0") return true;
  }
  return false;
}

void load_system_roots(SSL_CTX* context) {
  if (std::getenv("SSL_CERT_FILE") != nullptr || std::getenv("SSL_CERT_DIR") != nullptr) {
    SSL_CTX_set_default_verify_paths(context);
    return;
  }
  if (has_hash_index(root_folder) && SSL_CTX_load_verify_dir(context, root_folder) == 1) return;
  for (const char* bundle : root_bundles) {
    if (SSL_CTX_load_verify_file(context, bundle) == 1) break;
  }
  ERR_clear_error();
}

Error failure(std::string what, const std::string& host, std::string remedy) {
  return Error(ErrorCode::unavailable, std::move(what), host, std::move(remedy));
}

}  // namespace

Result<TlsContext> make_tls_client_context(const std::optional<std::string>& ca_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return Error(ErrorCode::io, "cannot set up TLS: out of memory");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  load_system_roots(context.get());
  if (ca_file) {
    std::error_code error;
    if (!std::filesystem::exists(*ca_file, error)) {
      return Error(ErrorCode::not_found, "there is no such file of certificates", *ca_file, "Check --ca-file");
    }
    if (SSL_CTX_load_verify_file(context.get(), ca_file->c_str()) != 1) {
      ERR_clear_error();
      return Error(ErrorCode::invalid, "this file holds no certificate in PEM form", *ca_file, "Check --ca-file");
    }
  }
  return context;
}

void expect_host(ssl_st* tls, const std::string& host) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(tls);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1)
    return;  // names in SNI are never addresses (RFC 6066 section 3)
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  // What SSL_set_tlsext_host_name does, without the old-style cast inside that macro.
  SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
}

Error explain_tls_failure(ssl_st* tls, const std::string& host, unsigned long library_error,
                          const std::string& message) {
  if (const long verdict = SSL_get_verify_result(tls); verdict != X509_V_OK) {
    const std::string clock = "If it should be valid, check the clock of this machine";
    switch (verdict) {
      case X509_V_ERR_CERT_NOT_YET_VALID:
        return failure("the hub's certificate is not yet valid", host, clock);
      case X509_V_ERR_CERT_HAS_EXPIRED:
        return failure("the hub's certificate has expired", host, "Renew it on the hub. " + clock);
      case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return failure("the hub's certificate is self-signed, and this machine does not trust it", host,
                       "Get the certificate from whoever runs the hub and name it with --ca-file");
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
      case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return failure("the hub's certificate was issued by nobody whom this machine trusts", host,
                       "Name the issuer's certificate with --ca-file, and let the hub send its whole chain");
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return failure("the hub's certificate is for another host name", host,
                       "Use the address that the certificate was issued for");
      default:
        return failure(
            std::string("the hub's certificate is not acceptable: ") + X509_verify_cert_error_string(verdict), host,
            "Show this to whoever runs the hub");
    }
  }
  const int reason = ERR_GET_REASON(library_error);
  if (ERR_GET_LIB(library_error) == ERR_LIB_SSL) {
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
      return failure("what answers there does not speak TLS", host,
                     "Check the port, or whether the hub runs without TLS");
    }
    if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION) {
      return failure("the hub offers only TLS versions older than 1.2", host, "update whatever serves TLS there");
    }
  }
  return failure("no encrypted connection came about: " + message, host, "Check that the address leads to a hub");
}

}  // namespace leanspec::net
