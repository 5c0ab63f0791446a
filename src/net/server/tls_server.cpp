#include "net/server/tls_server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <filesystem>

namespace leanspec::net::server {
namespace {

/// Picks HTTP/1.1 for clients that offer several protocols; those that offer none of ours go on without.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, length, ours, sizeof(ours) - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = selected;
  return SSL_TLSEXT_ERR_OK;
}

Error at_fault(ErrorCode code, std::string what, const std::string& file) {
  ERR_clear_error();
  return Error(code, std::move(what), file, "check --tls-cert and --tls-key");
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> make_tls_server_context(const TlsFiles& files) {
  std::error_code ignored;
  for (const std::string& file : {files.certificate_chain, files.private_key}) {
    if (!std::filesystem::exists(file, ignored)) return at_fault(ErrorCode::not_found, "there is no such file", file);
  }
  std::shared_ptr<ssl_ctx_st> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) return Error(ErrorCode::io, "cannot set up TLS: out of memory");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_PRIORITIZE_CHACHA |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets carry the session instead
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_chain.c_str()) != 1) {
    return at_fault(ErrorCode::invalid, "this file holds no certificate in PEM form", files.certificate_chain);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool foreign = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    return at_fault(ErrorCode::invalid,
                    foreign ? "this key does not belong to the certificate" : "this file holds no key in PEM form",
                    files.private_key);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return at_fault(ErrorCode::invalid, "this key does not belong to the certificate", files.private_key);
  }
  return context;
}

}  // namespace leanspec::net::server
