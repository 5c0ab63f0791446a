#include <boost/json/object.hpp>

#include "hub/access/one_time_link.h"
#include "hub/access/password.h"
#include "hub/access/web_session.h"
#include "hub/api/answer.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// A sign-in's few texts; a longer body is not one.
constexpr std::size_t sign_in_body_bytes_max = 8 * 1024;
constexpr std::size_t token_bytes_max = 200;

[[nodiscard]] json::object user_json(const store::User& user) {
  return {{"name", user.name}, {"administrator", user.administrator}};
}

[[nodiscard]] std::string session_cookie(const net::Request& request, std::string_view value, std::chrono::seconds life) {
  std::string cookie(session_cookie_name(request.secure));
  cookie += '=';
  cookie += value;
  cookie += "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(life.count());
  if (request.secure) cookie += "; Secure";
  return cookie;
}

[[nodiscard]] std::string_view role_name(store::Role role) {
  switch (role) {
    case store::Role::viewer:
      return "viewer";
    case store::Role::editor:
      return "editor";
    case store::Role::owner:
      return "owner";
  }
  return {};
}

/// What the person may do in each project that they see, so that an app offers nothing that would be refused.
[[nodiscard]] Result<json::object> roles_json(Services& services, const access::Principal& principal) {
  json::object roles;
  LEANSPEC_ASSIGN(const auto listed, services.directory.list());
  for (const auto& project : listed) {
    const ProjectId& id = project->project.id;
    if (!access::can_see(principal, id)) continue;
    roles[id.value()] = role_name(access::role_in(principal, id).value_or(store::Role::viewer));
  }
  return roles;
}

void audit(Services& services, const net::Request& request, std::string actor, std::string action, std::string outcome) {
  // The record must not decide whether a person gets in.
  (void)services.store.write([&](store::Session& session) {
    return session.accounts().append_audit({services.clock.now(), std::move(actor), std::move(action), "", std::move(outcome), request.peer_address});
  });
}

/// Opens a session for `user` and answers with its cookie.
[[nodiscard]] net::Response signed_in(Services& services, const Call& call, unsigned status, const store::User& user) {
  std::optional<access::OpenedSession> opened;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(access::OpenedSession made, access::open_session(session, user, call.request.header("User-Agent").value_or(""),
                                                                     services.fill_random(), call.now));
    opened = std::move(made);
    return {};
  });
  if (!written) return error_answer(written.error());
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(opened->expires_at - call.now);
  auto response = answer(status, json::object{{"user", user_json(user)}, {"csrfToken", opened->csrf_token}});
  response.with_header("Set-Cookie", session_cookie(call.request, opened->cookie, life));
  response.with_header("Cache-Control", "no-store");
  return response;
}

[[nodiscard]] net::Response show_session(Services& services, const Call& call) {
  bool setup_needed = false;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(setup_needed, access::setup_is_open(session));
    return {};
  });
  if (!read) return error_answer(read.error());
  const access::Person* person = call.principal.person();
  const auto cookie = find_cookie(call.request, session_cookie_name(call.request.secure));
  json::object body;
  body["user"] = person != nullptr ? json::value(user_json(person->user)) : json::value(nullptr);
  auto roles = person != nullptr ? roles_json(services, call.principal) : Result<json::object>(json::object());
  if (!roles) return error_answer(roles.error());
  body["roles"] = *std::move(roles);
  body["setupNeeded"] = setup_needed;
  body["publicReading"] = call.principal.may_read_anything();
  body["csrfToken"] = person != nullptr && cookie ? json::value(access::csrf_token_of(*cookie)) : json::value(nullptr);
  body["version"] = services.version;
  auto response = answer(200, body);
  response.with_header("Cache-Control", "no-store");
  return response;
}

[[nodiscard]] net::Response set_up(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  const Fields fields(*object);
  auto token = fields.text("token", token_bytes_max);
  if (!token) return error_answer(token.error());
  auto name = fields.text("name", access::user_name_bytes_max);
  if (!name) return error_answer(name.error());
  auto password = fields.text("password", access::password_bytes_max);
  if (!password) return error_answer(password.error());
  if (auto fine = access::check_user_name(*name); !fine) return error_answer(fine.error());
  if (auto fine = access::check_new_password(*password, *name); !fine) return error_answer(fine.error());
  auto hash = access::hash_password(*password, services.fill_random());
  if (!hash) return error_answer(hash.error());

  std::optional<store::User> user;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(store::User made, access::set_up(session, {*token, *name, *hash}, call.now));
    user = std::move(made);
    return {};
  });
  if (!written) {
    audit(services, call.request, "anonymous", "setup", written.error().what);
    return written.error().code == ErrorCode::conflict ? error_answer(403, "FORBIDDEN", written.error().sentence())
                                                       : error_answer(written.error());
  }
  services.access_version.raise();
  audit(services, call.request, "user:" + user->name, "setup", "ok");
  return signed_in(services, call, 201, *user);
}

[[nodiscard]] net::Response sign_in(Services& services, const Call& call) {
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  const Fields fields(*object);
  auto name = fields.text("name", access::user_name_bytes_max);
  if (!name) return error_answer(name.error());
  auto password = fields.text("password", access::password_bytes_max);
  if (!password) return error_answer(password.error());

  std::optional<store::User> user;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(user, session.accounts().find_user(*name));
    return {};
  });
  if (!read) return error_answer(read.error());
  auto right = access::verify_password(*password, user ? user->password_hash : std::string());
  if (!right) return error_answer(right.error());
  if (!*right || !user) {
    audit(services, call.request, "user:" + *name, "sign-in", "wrong");
    return error_answer(401, "UNAUTHORIZED", "Name or password is wrong.");
  }
  if (access::needs_rehash(user->password_hash)) {
    if (auto hash = access::hash_password(*password, services.fill_random())) {
      user->password_hash = *std::move(hash);
      (void)services.store.write([&](store::Session& session) { return session.accounts().update_user(*user); });
    }
  }
  audit(services, call.request, "user:" + user->name, "sign-in", "ok");
  return signed_in(services, call, 200, *user);
}

/// A printed link is for the person at the hub's own machine; from elsewhere it is worth nothing.
[[nodiscard]] bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

[[nodiscard]] net::Response sign_in_with_link(Services& services, const Call& call) {
  if (!is_loopback(call.request.peer_address)) {
    return error_answer(403, "FORBIDDEN", "A sign-in link works on the hub's own machine only. Sign in with name and password.");
  }
  auto object = parse_object(call.request.body);
  if (!object) return error_answer(object.error());
  auto token = Fields(*object).text("token", token_bytes_max);
  if (!token) return error_answer(token.error());
  std::optional<store::User> user;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(store::User found, access::sign_in_by_link(session, *token, call.now));
    user = std::move(found);
    return {};
  });
  if (!written) return error_answer(written.error());
  audit(services, call.request, "user:" + user->name, "sign-in by link", "ok");
  return signed_in(services, call, 200, *user);
}

[[nodiscard]] net::Response sign_out(Services& services, const Call& call) {
  if (const auto cookie = find_cookie(call.request, session_cookie_name(call.request.secure))) {
    const Status written = services.store.write([&](store::Session& session) { return access::close_session(session, *cookie); });
    if (!written) return error_answer(written.error());
    services.access_version.raise();
  }
  auto response = no_content();
  response.with_header("Set-Cookie", session_cookie(call.request, "", std::chrono::seconds(0)));
  return response;
}

}  // namespace

void bind_session(Binder& binder) {
  Services& services = binder.services();
  using access::RateKind;
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  binder.open_deferred(net::Method::get, "/api/session", RateKind::api, 0, with(show_session));
  binder.open_deferred(net::Method::post, "/api/setup", RateKind::set_up, sign_in_body_bytes_max, with(set_up));
  binder.open_deferred(net::Method::post, "/api/session", RateKind::sign_in, sign_in_body_bytes_max, with(sign_in));
  binder.open_deferred(net::Method::post, "/api/session/link", RateKind::sign_in, sign_in_body_bytes_max, with(sign_in_with_link));
  binder.open_deferred(net::Method::del, "/api/session", RateKind::api, 0, with(sign_out));
}

}  // namespace leanspec::hub::api
