#include "hub/access/api_key.h"

#include <algorithm>
#include <array>
#include <utility>

#include "digest/sha256.h"

namespace leanspec::hub::access {

namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t checksum_length = 6;
constexpr std::size_t random_length = api_key_length - api_key_prefix.size() - checksum_length;
static_assert(random_length == 30);

/// CRC-32 (ISO 3309), bit by bit: 34 bytes once in a while.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string checksum_of(std::string_view text) {
  std::string checksum(checksum_length, '0');
  auto rest = crc32(text);
  for (auto digit = checksum.rbegin(); digit != checksum.rend(); ++digit, rest /= 62) *digit = base62[rest % 62];
  return checksum;
}

Error unauthenticated(std::string why) {
  return Error(ErrorCode::unauthenticated, std::move(why), {}, "Make a key on the hub's Keys page.");
}

bool has_ended(const store::ApiKey& key, Instant now) {
  return key.revoked_at || (key.expires_at && *key.expires_at <= now);
}

Result<MintedKey> store_new_key(store::Session& session, store::ApiKey record, const FillRandom& fill) {
  MintedKey minted;
  minted.secret = make_api_key(fill);
  record.token = digest::sha256(minted.secret);
  record.prefix = minted.secret.substr(0, api_key_shown_length);
  LEANSPEC_ASSIGN(record.id, session.accounts().create_key(record));
  minted.record = std::move(record);
  return minted;
}

Result<store::ApiKey> record_of(const KeyRequest& request, Instant now) {
  if (request.name.empty() || request.name.size() > api_key_name_bytes_max) {
    return Error(ErrorCode::invalid, "a key needs a name of 1 to 200 bytes", "name");
  }
  if (request.scopes.empty()) return Error(ErrorCode::invalid, "a key needs at least one scope", "scopes");
  if (request.life && *request.life <= std::chrono::seconds(0))
    return Error(ErrorCode::invalid, "the key would have expired already", "life");
  store::ApiKey record;
  record.name = request.name;
  for (const auto scope : request.scopes) {
    const std::string name(to_string(scope));
    if (std::find(record.scopes.begin(), record.scopes.end(), name) == record.scopes.end())
      record.scopes.push_back(name);
  }
  record.project = request.project;
  record.created_at = now;
  if (request.life) record.expires_at = now + *request.life;
  return record;
}

/// No key is wider than who makes it.
Status check_not_wider(const Principal& maker, const KeyRequest& request) {
  if (request.project && !can_see(maker, *request.project)) {
    return Error(ErrorCode::not_found, "there is no such project", request.project->value());
  }
  const auto* holder = maker.key_holder();
  if (holder == nullptr) return {};
  for (const auto scope : request.scopes) {
    if (std::find(holder->key.scopes.begin(), holder->key.scopes.end(), to_string(scope)) == holder->key.scopes.end()) {
      return Error(ErrorCode::forbidden,
                   "a key cannot make one with the scope " + std::string(to_string(scope)) + ", which it lacks");
    }
  }
  if (holder->key.project && holder->key.project != request.project) {
    return Error(ErrorCode::forbidden, "a key for one project makes keys for that project only",
                 holder->key.project->value());
  }
  return {};
}

}  // namespace

std::string make_api_key(const FillRandom& fill) {
  std::string key(api_key_prefix);
  while (key.size() < api_key_prefix.size() + random_length) {
    std::array<std::uint8_t, 32> bytes{};
    fill(bytes);
    for (const auto byte : bytes) {
      if (byte >= 248) continue;  // 4 * 62: what lies above would make some characters likelier
      if (key.size() < api_key_prefix.size() + random_length) key.push_back(base62[byte % 62]);
    }
  }
  return key + checksum_of(key);
}

bool is_well_formed_api_key(std::string_view key) {
  if (key.size() != api_key_length || key.substr(0, api_key_prefix.size()) != api_key_prefix) return false;
  const auto rest = key.substr(api_key_prefix.size());
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return base62.find(c) != std::string_view::npos; }))
    return false;
  return key.substr(api_key_length - checksum_length) == checksum_of(key.substr(0, api_key_length - checksum_length));
}

Result<MintedKey> mint_key(store::Session& session, const Principal& maker, const KeyRequest& request,
                           const FillRandom& fill, Instant now) {
  if (maker.anonymous()) return unauthenticated("nobody cannot make keys");
  LEANSPEC_TRY(check_not_wider(maker, request));
  LEANSPEC_ASSIGN(auto record, record_of(request, now));
  record.created_by = maker.user();
  if (const auto* holder = maker.key_holder(); holder != nullptr && holder->key.expires_at) {
    record.expires_at =
        record.expires_at ? std::min(*record.expires_at, *holder->key.expires_at) : holder->key.expires_at;
  }
  return store_new_key(session, std::move(record), fill);
}

Result<MintedKey> mint_key_without_maker(store::Session& session, const KeyRequest& request, const FillRandom& fill,
                                         Instant now) {
  LEANSPEC_ASSIGN(auto record, record_of(request, now));
  return store_new_key(session, std::move(record), fill);
}

Result<MintedKey> rotate_key(store::Session& session, KeyId id, std::chrono::seconds overlap, const FillRandom& fill,
                             Instant now) {
  LEANSPEC_ASSIGN(auto old, session.accounts().find_key(id));
  if (!old) return Error(ErrorCode::not_found, "there is no such key");
  if (has_ended(*old, now))
    return Error(ErrorCode::conflict, "a revoked or expired key cannot be rotated", old->name, "Make a new key.");
  store::ApiKey fresh = *old;
  fresh.created_at = now;
  if (old->expires_at) fresh.expires_at = now + (*old->expires_at - old->created_at);
  fresh.last_used_at.reset();
  fresh.last_used_address.clear();
  fresh.rotated_from = old->id;
  const Instant ends = now + std::max(overlap, std::chrono::seconds(0));
  old->expires_at = old->expires_at ? std::min(*old->expires_at, ends) : ends;
  LEANSPEC_TRY(session.accounts().update_key(*old));
  return store_new_key(session, std::move(fresh), fill);
}

Status revoke_key(store::Session& session, KeyId id, Instant now) {
  LEANSPEC_ASSIGN(auto key, session.accounts().find_key(id));
  if (!key) return Error(ErrorCode::not_found, "there is no such key");
  if (key->revoked_at) return {};
  key->revoked_at = now;
  return session.accounts().update_key(*key);
}

Result<Principal> authenticate_key(store::Session& session, std::string_view key, Instant now) {
  if (!is_well_formed_api_key(key)) return unauthenticated("this is not a key of LeanSpec; was it cut or mistyped?");
  LEANSPEC_ASSIGN(const auto record, session.accounts().find_key(digest::sha256(key)));
  return load_key_holder(session, record, now);
}

Result<Principal> load_key_holder(store::Session& session, const std::optional<store::ApiKey>& key, Instant now) {
  if (!key) return unauthenticated("the hub does not know this key");
  if (key->revoked_at) return unauthenticated("this key was revoked");
  if (key->expires_at && *key->expires_at <= now) return unauthenticated("this key has expired");
  KeyHolder holder;
  holder.key = *key;
  if (key->created_by) {
    LEANSPEC_ASSIGN(holder.maker, session.accounts().find_user(*key->created_by));
    if (!holder.maker) return unauthenticated("who made this key is no longer here");
    LEANSPEC_ASSIGN(holder.memberships, session.accounts().memberships(*key->created_by));
  }
  return Principal(std::move(holder));
}

bool last_use_is_due(const store::ApiKey& key, Instant now) {
  return !key.last_used_at || now - *key.last_used_at >= api_key_last_use_interval;
}

Status record_key_use(store::Session& session, KeyId id, std::string_view address, Instant now) {
  LEANSPEC_ASSIGN(auto key, session.accounts().find_key(id));
  if (!key || !last_use_is_due(*key, now)) return {};
  key->last_used_at = now;
  key->last_used_address = address;
  return session.accounts().update_key(*key);
}

std::string expiry_warning(const store::ApiKey& key, Instant now) {
  if (!key.expires_at || *key.expires_at - now > api_key_warning_before) return {};
  const auto left = *key.expires_at - now;
  if (left <= std::chrono::seconds(0)) return "the key has expired";
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  if (days >= 2) return "the key expires in " + std::to_string(days) + " days";
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(left).count();
  if (hours >= 2) return "the key expires in " + std::to_string(hours) + " hours";
  return "the key expires within two hours";
}

}  // namespace leanspec::hub::access
