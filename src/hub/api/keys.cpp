#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "hub/access/api_key.h"
#include "hub/api/answer.h"
#include "hub/api/routes.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

constexpr std::size_t key_body_bytes_max = 8 * 1024;
constexpr std::int64_t key_life_days_max = 3650;
constexpr std::int64_t overlap_hours_max = 24 * 30;
constexpr std::size_t scopes_max = 16;

[[nodiscard]] json::value time_or_null(const std::optional<Instant>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

[[nodiscard]] json::object key_json(const store::ApiKey& key, Instant now) {
  json::array scopes;
  for (const std::string& scope : key.scopes) scopes.emplace_back(scope);
  json::object object;
  object["id"] = key.id.value();
  object["name"] = key.name;
  object["prefix"] = key.prefix;
  object["scopes"] = std::move(scopes);
  object["projectId"] = key.project ? json::value(key.project->value()) : json::value(nullptr);
  object["createdAt"] = to_rfc3339(key.created_at);
  object["expiresAt"] = time_or_null(key.expires_at);
  object["expired"] = key.expires_at && *key.expires_at <= now;
  object["expiresSoon"] = !access::expiry_warning(key, now).empty();
  object["lastUsedAt"] = time_or_null(key.last_used_at);
  object["lastUsedAddress"] = key.last_used_address.empty() ? json::value(nullptr) : json::value(key.last_used_address);
  object["revoked"] = key.revoked_at.has_value();
  object["rotatedFrom"] = key.rotated_from ? json::value(key.rotated_from->value()) : json::value(nullptr);
  return object;
}

/// A person manages the keys that they made; an administrator every key, those of the command line too.
[[nodiscard]] bool may_manage(const access::Principal& principal, const store::ApiKey& key) {
  const access::Person* person = principal.person();
  if (person != nullptr && person->user.administrator) return true;
  return key.created_by && key.created_by == principal.user();
}

/// The key, if the caller may manage it; else it does not exist for them.
[[nodiscard]] Status check_manageable(store::Session& session, const access::Principal& principal, KeyId id) {
  LEANSPEC_ASSIGN(const auto key, session.accounts().find_key(id));
  if (!key || !may_manage(principal, *key)) return Error(ErrorCode::not_found, "There is no such key.");
  return {};
}

[[nodiscard]] Result<KeyId> requested_key(const Call& call) {
  const std::string_view text = call.request.capture("key");
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc() || end != text.data() + text.size()) return Error(ErrorCode::not_found, "There is no such key.");
  return KeyId(id);
}

[[nodiscard]] Status audit(store::Session& session, const Call& call, std::string_view action, std::string_view key_name) {
  return session.accounts().append_audit(
      {call.now, call.principal.name(), std::string(action), std::string(key_name), "ok", call.request.peer_address});
}

[[nodiscard]] net::Response minted_answer(const access::MintedKey& minted, Instant now) {
  auto response = answer(201, json::object{{"key", key_json(minted.record, now)}, {"secret", minted.secret}});
  response.with_header("Cache-Control", "no-store");
  return response;
}

[[nodiscard]] net::Response list_keys(Services& services, const Call& call) {
  std::vector<store::ApiKey> keys;
  const Status read = services.store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(keys, session.accounts().keys());
    return {};
  });
  if (!read) return error_answer(read.error());
  json::array array;
  for (const store::ApiKey& key : keys) {
    if (may_manage(call.principal, key)) array.push_back(key_json(key, call.now));
  }
  const std::size_t total = array.size();
  return answer(200, json::object{{"keys", std::move(array)}, {"total", total}, {"nextCursor", nullptr}});
}

[[nodiscard]] Result<access::KeyRequest> requested_new_key(const json::object& body) {
  const Fields fields(body);
  access::KeyRequest request;
  LEANSPEC_ASSIGN(request.name, fields.text("name", access::api_key_name_bytes_max));
  LEANSPEC_ASSIGN(const std::vector<std::string> scopes, fields.texts("scopes", scopes_max));
  for (const std::string& text : scopes) {
    const auto scope = access::parse_scope(text);
    if (!scope) {
      return Error(ErrorCode::invalid, "'" + text + "' is no scope", "scopes", "Use specs:read, specs:write, bridge:sync or project:admin.");
    }
    request.scopes.push_back(*scope);
  }
  LEANSPEC_ASSIGN(const auto project, fields.optional_text("projectId", 200));
  if (project && !project->empty()) request.project = ProjectId(*project);
  LEANSPEC_ASSIGN(const auto days, fields.optional_integer("expiresInDays", 1, key_life_days_max));
  if (days) request.life = std::chrono::days(*days);
  return request;
}

[[nodiscard]] net::Response create_key(Services& services, const Call& call) {
  auto body = parse_object(call.request.body);
  if (!body) return error_answer(body.error());
  auto request = requested_new_key(*body);
  if (!request) return error_answer(request.error());
  if (request->project) {
    if (auto project = services.directory.find(*request->project); !project) {
      return error_answer(Error(ErrorCode::invalid, "names no project", "projectId"));
    }
  }
  std::optional<access::MintedKey> minted;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(access::MintedKey made, access::mint_key(session, call.principal, *request, services.fill_random(), call.now));
    minted = std::move(made);
    return audit(session, call, "create key", minted->record.name);
  });
  if (!written) return error_answer(written.error());
  services.access_version.raise();
  return minted_answer(*minted, call.now);
}

[[nodiscard]] net::Response rotate_key(Services& services, const Call& call) {
  auto id = requested_key(call);
  if (!id) return error_answer(id.error(), "KEY_NOT_FOUND");
  auto body = call.request.body.empty() ? Result<json::object>(json::object()) : parse_object(call.request.body);
  if (!body) return error_answer(body.error());
  auto hours = Fields(*body).optional_integer("overlapHours", 0, overlap_hours_max);
  if (!hours) return error_answer(hours.error());
  const std::chrono::seconds overlap = *hours ? std::chrono::hours(**hours) : access::api_key_default_overlap;
  std::optional<access::MintedKey> minted;
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(check_manageable(session, call.principal, *id));
    LEANSPEC_ASSIGN(access::MintedKey made, access::rotate_key(session, *id, overlap, services.fill_random(), call.now));
    minted = std::move(made);
    return audit(session, call, "rotate key", minted->record.name);
  });
  if (!written) return error_answer(written.error(), "KEY_NOT_FOUND");
  services.access_version.raise();
  return minted_answer(*minted, call.now);
}

[[nodiscard]] net::Response revoke_key(Services& services, const Call& call) {
  auto id = requested_key(call);
  if (!id) return error_answer(id.error(), "KEY_NOT_FOUND");
  const Status written = services.store.write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(check_manageable(session, call.principal, *id));
    LEANSPEC_TRY(access::revoke_key(session, *id, call.now));
    return audit(session, call, "revoke key", std::to_string(id->value()));
  });
  if (!written) return error_answer(written.error(), "KEY_NOT_FOUND");
  services.access_version.raise();
  return no_content();
}

}  // namespace

void bind_keys(Binder& binder) {
  Services& services = binder.services();
  const auto with = [&services](net::Response (*handle)(Services&, const Call&)) {
    return [&services, handle](const Call& call) { return handle(services, call); };
  };
  using access::Action;
  binder.call(net::Method::get, "/api/keys", Action::keys_admin, 0, with(list_keys));
  binder.call(net::Method::post, "/api/keys", Action::keys_admin, key_body_bytes_max, with(create_key));
  binder.call(net::Method::post, "/api/keys/{key}/rotate", Action::keys_admin, key_body_bytes_max, with(rotate_key));
  binder.call(net::Method::del, "/api/keys/{key}", Action::keys_admin, 0, with(revoke_key));
}

}  // namespace leanspec::hub::api
