#include "hub/access/web_session.h"

#include <atomic>
#include <thread>
#include <vector>

#include "hub/access/access_test.h"
#include "hub/access/one_time_link.h"
#include "hub/access/password.h"

namespace leanspec::hub::access {
namespace {

using namespace std::chrono_literals;

class WebSessionTest : public AccessFixture {
 protected:
  OpenedSession open(const store::User& who) {
    return *in([&](store::Session& session) { return open_session(session, who, "Firefox", fill(), now()); });
  }
  Result<Principal> authenticate(const std::string& cookie) {
    return in([&](store::Session& session) { return authenticate_session(session, cookie, now(), true); });
  }
};

TEST_F(WebSessionTest, a_cookie_is_its_person_until_it_is_closed) {
  const auto ada = user("ada");
  project("p");
  member(ada, "p", store::Role::editor);
  const auto opened = open(ada);
  const auto principal = authenticate(opened.cookie);
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->name(), "user:ada");
  ASSERT_EQ(principal->person()->memberships.size(), 1U);
  EXPECT_FALSE(authenticate(opened.cookie.substr(1) + "x").has_value());
  EXPECT_FALSE(authenticate("").has_value());
  ASSERT_TRUE(in([&](store::Session& session) { return close_session(session, opened.cookie); }));
  EXPECT_EQ(authenticate(opened.cookie).error().code, ErrorCode::unauthenticated);
}

TEST_F(WebSessionTest, ends_after_a_week_unused_and_a_month_in_any_case) {
  const auto ada = user("ada");
  const auto idle = open(ada);
  clock_.advance(session_idle_max + 1s);
  EXPECT_FALSE(authenticate(idle.cookie).has_value());
  const auto used = open(ada);
  for (int day = 0; day < 29; ++day) {
    clock_.advance(24h);
    ASSERT_TRUE(authenticate(used.cookie).has_value()) << day;
  }
  clock_.advance(24h);
  EXPECT_FALSE(authenticate(used.cookie).has_value());
}

TEST_F(WebSessionTest, signing_out_everywhere_ends_every_session) {
  const auto ada = user("ada");
  const auto one = open(ada);
  const auto two = open(ada);
  const auto before = *authenticate(one.cookie);
  ASSERT_TRUE(in([&](store::Session& session) { return close_all_sessions(session, ada.id); }));
  EXPECT_FALSE(authenticate(one.cookie).has_value());
  EXPECT_FALSE(authenticate(two.cookie).has_value());
  EXPECT_FALSE(in([&](store::Session& session) { return reload(session, before, now()); }).has_value());
}

TEST_F(WebSessionTest, the_csrf_token_belongs_to_its_cookie) {
  const auto opened = open(user("ada"));
  EXPECT_TRUE(csrf_token_matches(opened.cookie, opened.csrf_token));
  EXPECT_FALSE(csrf_token_matches(opened.cookie, opened.cookie));
  EXPECT_FALSE(csrf_token_matches("another", opened.csrf_token));
  EXPECT_FALSE(csrf_token_matches(opened.cookie, ""));
}

class OneTimeLinkTest : public WebSessionTest {};

TEST_F(OneTimeLinkTest, of_two_set_ups_one_makes_the_owner) {
  const auto first = *in([&](store::Session& session) { return make_setup_link(session, fill(), now()); });
  const auto second = *in([&](store::Session& session) { return make_setup_link(session, fill(), now()); });
  const auto owner = in([&](store::Session& session) {
    return set_up(session, access::SetUp{first, "ada", "hash"}, now());
  });
  ASSERT_TRUE(owner.has_value());
  EXPECT_TRUE(owner->administrator);
  EXPECT_EQ(in([&](store::Session& session) {
              return set_up(session, access::SetUp{second, "eve", "hash"}, now());
            })
                .error()
                .code,
            ErrorCode::conflict);
  EXPECT_EQ(in([&](store::Session& session) { return make_setup_link(session, fill(), now()); }).error().code,
            ErrorCode::conflict);
}

TEST_F(OneTimeLinkTest, of_two_parallel_set_ups_one_makes_the_owner) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 2; ++i) {
    tokens.push_back(*in([&](store::Session& session) { return make_setup_link(session, fill(), now()); }));
  }
  std::atomic<int> owners{0};
  std::vector<std::thread> people;
  for (const auto& token : tokens) {
    people.emplace_back([&, token] {
      const auto status = store_->write([&](store::Session& session) -> Status {
        LEANSPEC_TRY(set_up(session, access::SetUp{token, "person-" + token.substr(0, 5), "hash"}, now()));
        return {};
      });
      if (status) ++owners;
    });
  }
  for (auto& person : people) person.join();
  EXPECT_EQ(owners, 1);
}

TEST_F(OneTimeLinkTest, a_set_up_needs_its_link_and_a_proper_name) {
  const auto token = *in([&](store::Session& session) { return make_setup_link(session, fill(), now()); });
  const auto tries = [&](const std::string& with, const std::string& name) {
    return in([&](store::Session& session) {
             return set_up(session, access::SetUp{with, name, "hash"}, now());
           })
        .error()
        .code;
  };
  EXPECT_EQ(tries("guess", "ada"), ErrorCode::unauthenticated);
  EXPECT_EQ(tries(token, ""), ErrorCode::invalid);
  EXPECT_EQ(tries(token, "a b"), ErrorCode::invalid);
  EXPECT_EQ(tries(token, std::string(101, 'a')), ErrorCode::invalid);
  clock_.advance(setup_link_life);
  EXPECT_EQ(tries(token, "ada"), ErrorCode::unauthenticated);
}

TEST_F(OneTimeLinkTest, a_sign_in_link_works_once_and_for_ten_minutes) {
  const auto ada = user("ada");
  const auto make = [&] {
    return *in([&](store::Session& session) { return make_signin_link(session, ada.id, fill(), now()); });
  };
  const auto use = [&](const std::string& token) {
    return in([&](store::Session& session) { return sign_in_by_link(session, token, now()); });
  };
  const auto token = make();
  EXPECT_EQ(use(token)->id, ada.id);
  EXPECT_FALSE(use(token).has_value());
  const auto late = make();
  clock_.advance(signin_link_life);
  EXPECT_FALSE(use(late).has_value());
}

TEST(password, is_long_and_not_a_common_one) {
  for (const char* bad :
       {"", "short", "12345678901", "123456789012", "passwordpassword", "AAAAAAAAAAAA", "PasswordPassword"}) {
    EXPECT_FALSE(check_new_password(bad, "ada")) << bad;
  }
  EXPECT_FALSE(check_new_password("administrator-ada", "administrator-ADA"));
  EXPECT_FALSE(check_new_password(std::string(1025, 'a') + "b", "ada"));
  EXPECT_FALSE(check_new_password("ééééééééééé", "ada")) << "characters count, not bytes";
  EXPECT_TRUE(check_new_password("gravel otter maple seven", "ada"));
  EXPECT_TRUE(check_new_password("éééééééééééa", "ada"));
}

TEST(password, is_known_again_by_its_hash) {
  std::uint8_t next = 0;
  const FillRandom fill = [&next](std::span<std::uint8_t> bytes) {
    for (auto& byte : bytes) byte = ++next;
  };
  const auto hash = hash_password("gravel otter maple seven", fill);
  ASSERT_TRUE(hash.has_value());
  EXPECT_EQ(hash->rfind("$argon2id$v=19$m=65536,t=2,p=1$", 0), 0U);
  EXPECT_TRUE(*verify_password("gravel otter maple seven", *hash));
  EXPECT_FALSE(*verify_password("gravel otter maple eight", *hash));
  EXPECT_FALSE(*verify_password("anything at all", ""));
  EXPECT_FALSE(needs_rehash(*hash));
  EXPECT_TRUE(needs_rehash("$argon2id$v=19$m=19456,t=2,p=1$abc$def"));
  EXPECT_FALSE(verify_password("x", "not a hash").has_value());
}

}  // namespace
}  // namespace leanspec::hub::access
