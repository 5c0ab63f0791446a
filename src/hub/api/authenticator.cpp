#include "hub/api/authenticator.h"

#include <utility>

#include "digest/sha256.h"
#include "hub/access/api_key.h"
#include "hub/access/web_session.h"

namespace leanspec::hub::api {

namespace {

[[nodiscard]] bool is_safe(net::Method method) {
  return method == net::Method::get || method == net::Method::head || method == net::Method::options;
}

/// True unless the browser says that another site sent this.
[[nodiscard]] bool is_same_origin(const net::Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site")) return *site == "same-origin" || *site == "none";
  const auto origin = request.header("Origin");
  if (!origin) return true;
  const auto host = request.header("Host");
  const auto scheme_end = origin->find("://");
  return host && scheme_end != std::string_view::npos && origin->substr(scheme_end + 3) == *host;
}

}  // namespace

std::string_view session_cookie_name(bool secure) { return secure ? "__Host-leanspec" : "leanspec_session"; }

std::optional<std::string_view> find_cookie(const net::Request& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (header.size() != 6 || !net::find_header({{header, value}}, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.substr(0, name.size()) == name && pair[name.size()] == '=') {
        // A view into the request's own header, which outlives the call.
        const auto offset = static_cast<std::size_t>(pair.data() - value.data()) + name.size() + 1;
        return std::string_view(value).substr(offset, pair.size() - name.size() - 1);
      }
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return std::nullopt;
}

Authenticator::Authenticator(store::Store& store, const access::AccessVersion& version, const host::Clock& clock)
    : store_(store), version_(version), clock_(clock) {}

Result<access::Principal> Authenticator::authenticate(const net::Request& request) {
  LEANSPEC_ASSIGN(access::Principal principal, by_credentials(request));
  if (principal.key_holder() == nullptr) {
    LEANSPEC_ASSIGN(auto open, open_projects());
    principal.let_read(std::move(open));
  }
  return principal;
}

Result<std::shared_ptr<const std::set<ProjectId>>> Authenticator::open_projects() {
  const std::uint64_t version = version_.now();
  {
    const std::lock_guard lock(mutex_);
    if (open_projects_ && open_projects_version_ == version) return open_projects_;
  }
  auto open = std::make_shared<std::set<ProjectId>>();
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto mirrors, session.mirrors().list());
    for (const store::Mirror& mirror : mirrors) {
      if (mirror.public_reading) open->insert(mirror.project);
    }
    return {};
  }));
  const std::lock_guard lock(mutex_);
  open_projects_ = open;
  open_projects_version_ = version;
  return open_projects_;
}

Result<access::Principal> Authenticator::by_credentials(const net::Request& request) {
  if (const auto authorization = request.header("Authorization")) {
    constexpr std::string_view bearer = "Bearer ";
    if (!authorization->starts_with(bearer)) {
      return Error(ErrorCode::unauthenticated, "Only 'Authorization: Bearer <key>' is understood.", "Authorization");
    }
    return authenticate_key(authorization->substr(bearer.size()), request.peer_address);
  }
  const auto cookie = find_cookie(request, session_cookie_name(request.secure));
  if (!cookie || cookie->empty()) return access::Principal();
  auto principal = by_cookie(*cookie);
  if (!principal) {
    // A stale cookie is not an attack: the person is simply not signed in any more.
    if (principal.error().code == ErrorCode::unauthenticated) return access::Principal();
    return principal;
  }
  if (!is_safe(request.method)) {
    // Only a browser says so, and no page can make it say it of another site.
    if (same_origin_is_enough_ && request.header("Sec-Fetch-Site") == "same-origin") return principal;
    const auto token = request.header("X-CSRF-Token");
    if (!is_same_origin(request) || !token || !access::csrf_token_matches(*cookie, *token)) {
      return Error(ErrorCode::forbidden, "The request does not carry this session's token.", "X-CSRF-Token",
                   "Reload the page and try again.");
    }
  }
  return principal;
}

Result<access::Principal> Authenticator::authenticate_key(std::string_view key, std::string_view address) {
  // Compared as digests: how long that takes says nothing about the key.
  const Digest digest = digest::sha256(key);
  if (digest != given_key_ && !access::is_well_formed_api_key(key)) {
    return Error(ErrorCode::unauthenticated, "The API key is malformed: it was cut or mistyped.", {}, "Copy the whole key.");
  }
  const Instant now = clock_.now();
  const std::uint64_t version = version_.now();
  const std::string token = "k:" + to_hex(digest);
  if (auto known = recall(token, version, now)) return *std::move(known);

  std::optional<access::Principal> principal;
  LEANSPEC_TRY(store_.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto record, session.accounts().find_key(digest));
    LEANSPEC_ASSIGN(access::Principal found, access::load_key_holder(session, record, now));
    principal = std::move(found);
    return {};
  }));
  const access::KeyHolder* holder = principal->key_holder();
  if (holder != nullptr && access::last_use_is_due(holder->key, now)) {
    // A failed note of the last use must not keep a valid key out.
    (void)store_.write([&](store::Session& session) { return access::record_key_use(session, holder->key.id, address, now); });
  }
  remember(token, *principal, version, now);
  return *std::move(principal);
}

Result<access::Principal> Authenticator::by_cookie(std::string_view cookie) {
  const Instant now = clock_.now();
  const std::uint64_t version = version_.now();
  const std::string token = "c:" + to_hex(digest::sha256(cookie));
  if (auto known = recall(token, version, now)) return *std::move(known);

  std::optional<access::Principal> principal;
  const auto load = [&](bool may_write) {
    return [&, may_write](store::Session& session) -> Status {
      LEANSPEC_ASSIGN(access::Principal found, access::authenticate_session(session, cookie, now, may_write));
      principal = std::move(found);
      return {};
    };
  };
  LEANSPEC_TRY(store_.read(load(false)));
  const access::Person* person = principal->person();
  if (person != nullptr && access::session_use_is_due(person->session, now)) (void)store_.write(load(true));
  remember(token, *principal, version, now);
  return *std::move(principal);
}

std::optional<access::Principal> Authenticator::recall(const std::string& token, std::uint64_t version, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(token);
  if (found == remembered_.end() || found->second.version != version || found->second.until <= now) return std::nullopt;
  return found->second.principal;
}

void Authenticator::remember(const std::string& token, const access::Principal& principal, std::uint64_t version, Instant now) {
  const std::lock_guard lock(mutex_);
  if (remembered_.size() >= remembered_max) remembered_.clear();
  remembered_[token] = {principal, version, now + remembered_for};
}

}  // namespace leanspec::hub::api
