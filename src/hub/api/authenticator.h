#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "digest/sha256.h"
#include "host/clock.h"
#include "hub/access/principal.h"
#include "net/http_message.h"
#include "store/store.h"

namespace leanspec::hub::api {

/// The session cookie's name: with TLS the browser itself enforces host, path and Secure (the `__Host-` prefix).
[[nodiscard]] std::string_view session_cookie_name(bool secure);
[[nodiscard]] std::optional<std::string_view> find_cookie(const net::Request& request, std::string_view name);

/// Who sends a request. A bearer key wins over a cookie; with a cookie, unsafe methods need the CSRF token and a same-origin
/// Origin. What the store said is remembered for 30 s or until any right changes in this process. Safe from every thread.
class Authenticator {
 public:
  Authenticator(store::Store& store, const access::AccessVersion& version, const host::Clock& clock);

  /// Anonymous when there are no credentials. Errors: unauthenticated (wrong, expired or revoked ones), forbidden (CSRF).
  [[nodiscard]] Result<access::Principal> authenticate(const net::Request& request);
  /// A bearer key alone, as bridges bring it.
  [[nodiscard]] Result<access::Principal> authenticate_key(std::string_view key, std::string_view address);

  /// A key that was given to the hub when it was started; its record is in the store. It need not look like ours. Before the
  /// first request.
  void accept_given_key(std::string_view key) { given_key_ = digest::sha256(key); }

  /// From now on an unsafe request with a cookie needs no token when the browser says that it comes from the hub's own pages
  /// (Sec-Fetch-Site): for web apps that know of no token. Before the first request.
  void trust_same_origin() { same_origin_is_enough_ = true; }

  static constexpr std::chrono::seconds remembered_for{30};
  /// Principals remembered; beyond, all are forgotten at once and read again.
  static constexpr std::size_t remembered_max = 10'000;

 private:
  struct Remembered {
    access::Principal principal;
    std::uint64_t version = 0;
    Instant until;
  };
  [[nodiscard]] std::optional<access::Principal> recall(const std::string& token, std::uint64_t version, Instant now);
  void remember(const std::string& token, const access::Principal& principal, std::uint64_t version, Instant now);
  [[nodiscard]] Result<access::Principal> by_credentials(const net::Request& request);
  /// Projects that anyone may read, as of the newest rights. Error: the store's.
  [[nodiscard]] Result<std::shared_ptr<const std::set<ProjectId>>> open_projects();
  [[nodiscard]] Result<access::Principal> by_cookie(std::string_view cookie);

  store::Store& store_;
  const access::AccessVersion& version_;
  const host::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;  ///< by "k:" or "c:" and the credential's digest
  std::optional<Digest> given_key_;
  std::shared_ptr<const std::set<ProjectId>> open_projects_;
  std::uint64_t open_projects_version_ = 0;
  bool same_origin_is_enough_ = false;
};

}  // namespace leanspec::hub::api
