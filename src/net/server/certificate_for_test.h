#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "net/server/http_server.h"

namespace leanspec::net::server {

/// A certificate made for one test: what it is for and when it is valid.
struct CertificateWish {
  std::string names = "IP:127.0.0.1,DNS:localhost";  ///< subjectAltName
  long valid_from_seconds = -3600;                   ///< relative to now
  long valid_until_seconds = 3600;
};

/// A self-signed certificate and its key as PEM files in a folder of their own, which goes when this does.
class Certificate {
 public:
  explicit Certificate(const CertificateWish& wish = CertificateWish()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "leanspec-net-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.valid_from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.valid_until_seconds);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("leanspec test"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    add(certificate.get(), NID_subject_alt_name, wish.names.c_str());
    add(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    files_.certificate_chain = folder_ + "/certificate.pem";
    files_.private_key = folder_ + "/key.pem";
    FILE* out = std::fopen(files_.certificate_chain.c_str(), "w");
    PEM_write_X509(out, certificate.get());
    std::fclose(out);
    out = std::fopen(files_.private_key.c_str(), "w");
    PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
  }
  ~Certificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] const TlsFiles& files() const { return files_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  static void add(X509* certificate, int kind, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::string folder_;
  TlsFiles files_;
};

}  // namespace leanspec::net::server
