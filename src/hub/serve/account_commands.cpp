#include "hub/serve/account_commands.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <utility>

#include "digest/sha256.h"
#include "hub/access/api_key.h"
#include "hub/access/one_time_link.h"
#include "hub/access/password.h"

namespace leanspec::hub::serve {

namespace json = boost::json;

namespace {

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

[[nodiscard]] access::FillRandom fill_from(host::Entropy& entropy) {
  return [&entropy](std::span<std::uint8_t> bytes) { entropy.fill(bytes); };
}

[[nodiscard]] Result<std::string> read_password(const std::string& file) {
  std::string password;
  if (file == "-") {
    std::getline(std::cin, password);
  } else {
    std::ifstream input(file);
    if (!input) return Error(ErrorCode::not_found, "cannot be read", file, "Give a file with the password on its first line.");
    std::getline(input, password);
  }
  if (!password.empty() && password.back() == '\r') password.pop_back();
  return password;
}

[[nodiscard]] std::string expiry_text(const store::ApiKey& key) { return key.expires_at ? to_rfc3339(*key.expires_at) : "never"; }

}  // namespace

Status add_user(store::Store& store, host::Entropy& entropy, const Options& options, Instant now) {
  LEANSPEC_TRY(access::check_user_name(options.user.name));
  LEANSPEC_ASSIGN(const std::string password, read_password(options.user.password_file));
  LEANSPEC_TRY(access::check_new_password(password, options.user.name));
  store::User user;
  user.name = options.user.name;
  user.created_at = now;
  LEANSPEC_ASSIGN(user.password_hash, access::hash_password(password, fill_from(entropy)));
  const Status written = store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto users, session.accounts().users());
    user.administrator = options.user.administrator || users.empty();
    LEANSPEC_ASSIGN(user.id, session.accounts().create_user(user));
    return session.accounts().append_audit({now, "system", "user add", user.name, "ok", "command line"});
  });
  if (!written && written.error().code == ErrorCode::already_exists) {
    return Error(ErrorCode::invalid, "somebody of this name is there already", user.name,
                 "Choose another name; leanspec-hub user list shows who there is.");
  }
  if (!written) return written.error();
  if (options.json) {
    print(json::serialize(json::object{{"id", user.id.value()}, {"name", user.name}, {"administrator", user.administrator}}));
  } else {
    print("Added " + user.name + (user.administrator ? ", administrator." : "."));
  }
  return {};
}

Status list_users(store::Store& store, const Options& options) {
  std::vector<store::User> users;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(users, session.accounts().users());
    return {};
  }));
  if (options.json) {
    json::array array;
    for (const store::User& user : users) {
      array.push_back(json::object{{"id", user.id.value()}, {"name", user.name}, {"administrator", user.administrator}});
    }
    print(json::serialize(json::object{{"users", std::move(array)}}));
    return {};
  }
  for (const store::User& user : users) print(user.name + (user.administrator ? "  administrator" : ""));
  return {};
}

Status create_key(store::Store& store, host::Entropy& entropy, const Options& options, Instant now) {
  access::KeyRequest request;
  request.name = options.key.name;
  for (const std::string& text : options.key.scopes) {
    const auto scope = access::parse_scope(text);
    if (!scope) {
      return Error(ErrorCode::invalid, "'" + text + "' is no scope", "--scopes", "Use specs:read, specs:write, bridge:sync or project:admin.");
    }
    request.scopes.push_back(*scope);
  }
  if (!options.key.project.empty()) request.project = ProjectId(options.key.project);
  if (options.key.expires_in_days) {
    if (*options.key.expires_in_days == 0) {
      request.life = std::nullopt;
    } else {
      request.life = std::chrono::days(*options.key.expires_in_days);
    }
  }
  std::optional<access::MintedKey> minted;
  const Status written = store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(access::MintedKey made, access::mint_key_without_maker(session, request, fill_from(entropy), now));
    minted = std::move(made);
    return session.accounts().append_audit({now, "system", "key create", minted->record.name, "ok", "command line"});
  });
  if (!written) return written.error();
  const store::ApiKey& key = minted->record;
  if (options.json) {
    json::array scopes;
    for (const std::string& scope : key.scopes) scopes.emplace_back(scope);
    print(json::serialize(json::object{{"id", key.id.value()},
                                       {"name", key.name},
                                       {"scopes", std::move(scopes)},
                                       {"expiresAt", key.expires_at ? json::value(to_rfc3339(*key.expires_at)) : json::value(nullptr)},
                                       {"secret", minted->secret}}));
  } else {
    print("Key " + std::to_string(key.id.value()) + " (" + key.name + "), expires " + expiry_text(key) + ". It is shown this once:");
    print(minted->secret);
  }
  return {};
}

Status list_keys(store::Store& store, const Options& options, Instant now) {
  std::vector<store::ApiKey> keys;
  LEANSPEC_TRY(store.read([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(keys, session.accounts().keys());
    return {};
  }));
  json::array array;
  for (const store::ApiKey& key : keys) {
    const std::string state = key.revoked_at ? "revoked" : key.expires_at && *key.expires_at <= now ? "expired" : "valid";
    if (options.json) {
      array.push_back(json::object{{"id", key.id.value()}, {"name", key.name}, {"prefix", key.prefix}, {"state", state}, {"expires", expiry_text(key)}});
    } else {
      print(std::to_string(key.id.value()) + "  " + key.prefix + "…  " + state + "  expires " + expiry_text(key) + "  " + key.name);
    }
  }
  if (options.json) print(json::serialize(json::object{{"keys", std::move(array)}}));
  return {};
}

Status revoke_key(store::Store& store, const Options& options, Instant now) {
  const Status written = store.write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(access::revoke_key(session, KeyId(options.key_id), now));
    return session.accounts().append_audit({now, "system", "key revoke", std::to_string(options.key_id), "ok", "command line"});
  });
  if (!written) return written.error();
  print("Revoked. A running hub closes its connections within two seconds.");
  return {};
}

Status admit_local_person(store::Store& store, host::Entropy& entropy, std::string_view api_key, Instant now) {
  store::User user;
  user.name = "local";
  user.administrator = true;
  user.created_at = now;
  if (!api_key.empty()) {
    LEANSPEC_ASSIGN(user.password_hash, access::hash_password(api_key, fill_from(entropy)));
  }
  return store.write([&](store::Session& session) -> Status {
    LEANSPEC_TRY(session.accounts().create_user(user));
    if (api_key.empty()) return {};
    store::ApiKey key;
    key.token = digest::sha256(api_key);
    key.prefix = "given";
    key.name = "LEANSPEC_API_KEY";
    for (const auto scope : {access::Scope::specs_read, access::Scope::specs_write, access::Scope::project_admin}) {
      key.scopes.emplace_back(access::to_string(scope));
    }
    key.created_at = now;
    LEANSPEC_TRY(session.accounts().create_key(key));
    return {};
  });
}

Result<std::string> make_link(store::Store& store, host::Entropy& entropy, Instant now) {
  std::string link;
  const Status written = store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const bool open, access::setup_is_open(session));
    if (open) {
      LEANSPEC_ASSIGN(const std::string token, access::make_setup_link(session, fill_from(entropy), now));
      link = "/setup#token=" + token;
      return {};
    }
    LEANSPEC_ASSIGN(const auto users, session.accounts().users());
    for (const store::User& user : users) {
      if (!user.administrator) continue;
      LEANSPEC_ASSIGN(const std::string token, access::make_signin_link(session, user.id, fill_from(entropy), now));
      link = "/login#token=" + token;
      return {};
    }
    return Error(ErrorCode::not_found, "There is no administrator to sign in.", {}, "Add one: leanspec-hub user add NAME --password-file F --administrator.");
  });
  if (!written) return written.error();
  return link;
}

}  // namespace leanspec::hub::serve
