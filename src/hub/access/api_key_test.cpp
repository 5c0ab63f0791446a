#include "hub/access/api_key.h"

#include <gmock/gmock.h>

#include <set>

#include "digest/sha256.h"
#include "hub/access/access_test.h"

namespace leanspec::hub::access {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ApiKeyTest : public AccessFixture {
 protected:
  MintedKey mint(std::vector<Scope> scopes, std::optional<std::chrono::seconds> life = api_key_default_life) {
    KeyRequest request;
    request.name = "ci";
    request.scopes = std::move(scopes);
    request.life = life;
    auto minted = in([&](store::Session& session) { return mint_key_without_maker(session, request, fill(), now()); });
    EXPECT_TRUE(minted.has_value());
    return std::move(minted).value();
  }
  Result<Principal> authenticate(const std::string& key) {
    return in([&](store::Session& session) { return authenticate_key(session, key, now()); });
  }
};

TEST_F(ApiKeyTest, has_the_shape_that_scanners_know) {
  std::set<std::string> keys;
  for (int i = 0; i < 1000; ++i) {
    const auto key = make_api_key(fill());
    EXPECT_EQ(key.size(), api_key_length);
    EXPECT_EQ(key.rfind("lsk_", 0), 0U);
    EXPECT_TRUE(is_well_formed_api_key(key));
    EXPECT_TRUE(keys.insert(key).second);
  }
}

TEST_F(ApiKeyTest, every_single_typo_is_refused_by_the_checksum_alone) {
  const auto key = make_api_key(fill());
  for (std::size_t i = 0; i < key.size(); ++i) {
    auto wrong = key;
    wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(is_well_formed_api_key(wrong)) << i;
  }
  for (const std::string& wrong : {std::string(), std::string("lsk_"), key + "x", key.substr(1), " " + key}) {
    EXPECT_FALSE(is_well_formed_api_key(wrong));
  }
}

TEST_F(ApiKeyTest, is_at_rest_only_as_its_digest) {
  const auto minted = mint({Scope::bridge_sync});
  EXPECT_EQ(minted.record.token, digest::sha256(minted.secret));
  EXPECT_EQ(minted.record.prefix, minted.secret.substr(0, api_key_shown_length));
  const auto principal = authenticate(minted.secret);
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->name(), "key:" + minted.record.prefix);
}

TEST_F(ApiKeyTest, unknown_expired_and_revoked_keys_are_told_apart_in_words) {
  EXPECT_THAT(authenticate("lsk_nonsense").error().what, HasSubstr("mistyped"));
  EXPECT_THAT(authenticate(make_api_key(fill())).error().what, HasSubstr("does not know"));
  const auto brief = mint({Scope::specs_read}, 10s);
  EXPECT_TRUE(authenticate(brief.secret).has_value());
  clock_.advance(10s);
  EXPECT_THAT(authenticate(brief.secret).error().what, HasSubstr("expired"));
  const auto key = mint({Scope::specs_read}, std::nullopt);
  ASSERT_TRUE(in([&](store::Session& session) { return revoke_key(session, key.record.id, now()); }));
  ASSERT_TRUE(in([&](store::Session& session) { return revoke_key(session, key.record.id, now()); })) << "idempotent";
  EXPECT_THAT(authenticate(key.secret).error().what, HasSubstr("revoked"));
  EXPECT_EQ(authenticate(key.secret).error().code, ErrorCode::unauthenticated);
}

TEST_F(ApiKeyTest, rotation_leaves_both_valid_for_the_overlap) {
  const auto old = mint({Scope::specs_read, Scope::bridge_sync});
  auto fresh = in([&](store::Session& session) { return rotate_key(session, old.record.id, 1h, fill(), now()); });
  ASSERT_TRUE(fresh.has_value());
  EXPECT_EQ(fresh->record.rotated_from, old.record.id);
  EXPECT_EQ(fresh->record.scopes, old.record.scopes);
  EXPECT_TRUE(authenticate(old.secret).has_value());
  EXPECT_TRUE(authenticate(fresh->secret).has_value());
  clock_.advance(1h);
  EXPECT_FALSE(authenticate(old.secret).has_value());
  EXPECT_TRUE(authenticate(fresh->secret).has_value());
  EXPECT_EQ(
      in([&](store::Session& session) { return rotate_key(session, old.record.id, 1h, fill(), now()); }).error().code,
      ErrorCode::conflict);
}

TEST_F(ApiKeyTest, no_key_is_wider_than_its_maker) {
  project("a");
  project("b");
  const auto ada = user("ada");
  member(ada, "a", store::Role::editor);
  KeyRequest narrow;
  narrow.name = "k";
  narrow.scopes = {Scope::specs_read};
  narrow.project = ProjectId{"a"};
  Person person;
  person.user = ada;
  person.memberships = {store::Membership{ada.id, ProjectId{"a"}, store::Role::editor}};
  const Principal maker(person);
  const auto minted = in([&](store::Session& session) { return mint_key(session, maker, narrow, fill(), now()); });
  ASSERT_TRUE(minted.has_value());
  const auto holder = *authenticate(minted->secret);

  const auto tries = [&](const Principal& who, std::vector<Scope> scopes, std::optional<ProjectId> for_project) {
    KeyRequest request;
    request.name = "k";
    request.scopes = std::move(scopes);
    request.project = std::move(for_project);
    const auto made = in([&](store::Session& session) { return mint_key(session, who, request, fill(), now()); });
    return made ? std::optional<ErrorCode>() : made.error().code;
  };
  EXPECT_EQ(tries(maker, {Scope::specs_read}, ProjectId{"b"}), ErrorCode::not_found);
  EXPECT_EQ(tries(holder, {Scope::specs_read}, ProjectId{"a"}), std::nullopt);
  EXPECT_EQ(tries(holder, {Scope::specs_write}, ProjectId{"a"}), ErrorCode::forbidden);
  EXPECT_EQ(tries(holder, {Scope::specs_read}, std::nullopt), ErrorCode::forbidden);
  EXPECT_EQ(tries(Principal(), {Scope::specs_read}, std::nullopt), ErrorCode::unauthenticated);
  EXPECT_EQ(tries(maker, {}, std::nullopt), ErrorCode::invalid);
}

TEST_F(ApiKeyTest, last_use_is_written_at_most_once_a_minute) {
  const auto key = mint({Scope::specs_read});
  const auto use = [&](const std::string& address) {
    EXPECT_TRUE(in([&](store::Session& session) { return record_key_use(session, key.record.id, address, now()); }));
    return (*authenticate(key.secret)).key_holder()->key.last_used_address;
  };
  EXPECT_EQ(use("10.0.0.1"), "10.0.0.1");
  clock_.advance(59s);
  EXPECT_EQ(use("10.0.0.2"), "10.0.0.1");
  clock_.advance(1s);
  EXPECT_EQ(use("10.0.0.3"), "10.0.0.3");
}

TEST_F(ApiKeyTest, warns_from_a_fortnight_before_its_end) {
  const auto key = mint({Scope::specs_read}, std::chrono::days(20)).record;
  EXPECT_EQ(expiry_warning(key, now()), "");
  EXPECT_EQ(expiry_warning(key, now() + std::chrono::days(6)), "the key expires in 14 days");
  EXPECT_EQ(expiry_warning(key, now() + std::chrono::days(19)), "the key expires in 24 hours");
  EXPECT_EQ(expiry_warning(key, now() + std::chrono::days(20)), "the key has expired");
  EXPECT_EQ(expiry_warning(mint({Scope::specs_read}, std::nullopt).record, now()), "");
}

}  // namespace
}  // namespace leanspec::hub::access
