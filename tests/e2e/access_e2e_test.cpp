#include <sqlite3.h>

#include "net/server/certificate_for_test.h"
#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

using net::server::Certificate;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Access : public Site {
 protected:
  /// A machine's own key, beside the one that the questions are asked with.
  MintedKey start_with_own_key() {
    save("001-a/README.md", spec_text("A"));
    MintedKey own;
    if (!hub.start()) return own;
    hub.make_key();
    own = hub.make_key("bridge:sync");
    join(bridge, hub.url(), own.secret);
    EXPECT_TRUE(bridge.start());
    EXPECT_TRUE(lives()) << shown();
    return own;
  }
  /// The bridge says that it may not, and keeps an edit that the hub does not get.
  void keeps_an_edit_meanwhile() {
    save("001-a/README.md", spec_text("A", "Edited while nobody let it in.\n"));
    EXPECT_TRUE(wait_until([&] { return state().pending == 1; })) << shown();
    EXPECT_FALSE(same("001-a/README.md"));
  }
};

TEST_F(Access, a_wrong_key_is_refused_at_login_and_nothing_is_remembered) {
  ASSERT_TRUE(hub.start());
  const std::string wrong = "lsk_v4vDT6tGSILqCWUuuwCI5Zz92NMqbl2xMwbg";
  const Finished refused = bridge.login(hub.url(), wrong);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("does not accept this machine's key: "), HasSubstr("leanspec-bridge login")));
  EXPECT_THAT(refused.errors, Not(HasSubstr(wrong))) << "a key is never shown";
  const Finished nonsense = bridge.login(hub.url(), "no key at all");
  EXPECT_EQ(nonsense.code, 1);
  EXPECT_THAT(nonsense.errors, HasSubstr("key"));
}

TEST_F(Access, a_key_without_the_right_to_sync_is_told_so) {
  ASSERT_TRUE(hub.start());
  const Finished refused = bridge.login(hub.url(), hub.make_key("specs:read").secret);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("bridge:sync"));
}

TEST_F(Access, a_revoked_key_closes_within_two_seconds_keeps_the_work_and_a_new_login_goes_on_without_a_restart) {
  const MintedKey own = start_with_own_key();
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(hub.command({"key", "revoke", std::to_string(own.id)}).code, 0);
  ASSERT_TRUE(wait_until([&] { return state().state == "refused"; })) << shown();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3)) << "two, and one to ask";
  EXPECT_THAT(state().words, AllOf(HasSubstr("revoked"), HasSubstr("leanspec-bridge login")));
  keeps_an_edit_meanwhile();
  ASSERT_EQ(bridge.stop(), 0);
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(wait_until([&] { return state().state == "refused"; })) << shown();
  EXPECT_THAT(state().words, AllOf(HasSubstr("revoked"), HasSubstr("leanspec-bridge login"))) << "at the door as well";
  EXPECT_EQ(state().pending, 1U);
  ASSERT_EQ(bridge.login(hub.url(), hub.make_key("bridge:sync").secret).code, 0);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(Access, an_expired_key_is_named_and_a_new_login_goes_on_without_a_restart) {
  const MintedKey own = start_with_own_key();
  ASSERT_EQ(hub.stop(), 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((hub.data() / "hub.db").c_str(), &database), SQLITE_OK);
  const std::string expire = "UPDATE api_keys SET expires_at = 1000 WHERE id = " + std::to_string(own.id);
  EXPECT_EQ(sqlite3_exec(database, expire.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
  ASSERT_TRUE(hub.start());
  ASSERT_TRUE(wait_until([&] { return state().state == "refused"; })) << shown();
  EXPECT_THAT(state().words, AllOf(HasSubstr("expired"), HasSubstr("leanspec-bridge login")));
  keeps_an_edit_meanwhile();
  ASSERT_EQ(bridge.login(hub.url(), hub.make_key("bridge:sync").secret).code, 0);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(Access, a_key_file_that_vanished_is_named_and_its_return_is_enough) {
  start_with_own_key();
  std::filesystem::rename(bridge.state() / "hub.key", scratch / "aside");
  bridge.kill_now();
  save("001-a/README.md", spec_text("A", "Edited without a key.\n"));
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(says("hub.key")) << shown();
  const std::string secret = tests::read_file(scratch / "aside");
  ASSERT_EQ(bridge.login(hub.url(), secret.substr(0, secret.size() - 1)).code, 0);
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(Access, a_revoked_machine_is_closed_within_two_seconds_and_keeps_its_work) {
  start_with_own_key();
  const auto machine = hub.machine("bridge");
  ASSERT_TRUE(machine.is_object());
  const auto begun = std::chrono::steady_clock::now();
  const std::string path = "/api/machines/" + std::string(machine.at("id").as_string());
  ASSERT_EQ(hub.client().request("DELETE", path, "").status, 204);
  ASSERT_TRUE(wait_until([&] { return state().state == "refused"; })) << shown();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3)) << "two, and one to ask";
  EXPECT_THAT(state().words, AllOf(HasSubstr("machine was revoked"), HasSubstr("--state-dir"), Not(HasSubstr("key"))));
  keeps_an_edit_meanwhile();
  EXPECT_THAT(hub.history(project, "001-a/README.md"), SizeIs(1));
  EXPECT_THAT(on_disk("001-a/README.md"), HasSubstr("Edited while nobody let it in"));
}

TEST_F(Access, a_name_given_on_the_machine_reaches_the_hub_and_one_given_there_reaches_the_machine) {
  start_with_own_key();
  const Finished renamed = bridge.command({"rename", "desk"});
  ASSERT_EQ(renamed.code, 0) << renamed.errors;
  EXPECT_THAT(renamed.output, HasSubstr("\"desk\""));
  ASSERT_TRUE(wait_until([&] { return hub.machine("desk").is_object(); }));
  EXPECT_TRUE(hub.machine("bridge").is_null());
  EXPECT_TRUE(says("desk")) << shown();
  const std::string path = "/api/machines/" + std::string(hub.machine("desk").at("id").as_string());
  ASSERT_EQ(hub.client().request("PATCH", path, R"({"name":"tower"})").status, 200);
  EXPECT_TRUE(says("tower")) << shown();
  ASSERT_EQ(bridge.stop(), 0);
  ASSERT_EQ(bridge.command({"rename", "attic"}).code, 0);
  ASSERT_EQ(hub.command({"machine", "list"}).code, 0);
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(wait_until([&] { return hub.machine("attic").is_object(); })) << shown();
}

TEST_F(Access, with_tls_only_a_trusted_authority_will_do) {
  const Certificate ours;
  const Certificate another;
  hub.add_words({"--tls-cert", ours.files().certificate_chain, "--tls-key", ours.files().private_key});
  save("001-a/README.md", spec_text("A"));
  ASSERT_TRUE(hub.start()) << hub.errors();
  ASSERT_TRUE(hub.url().starts_with("https://"));
  const std::string secret = hub.make_key().secret;
  const Finished unknown = bridge.login(hub.url(), secret);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.errors, AllOf(HasSubstr("certificate"), HasSubstr("--ca-file")));
  const Finished wrong = bridge.login(hub.url(), secret, {"--ca-file", another.files().certificate_chain});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.errors, HasSubstr("certificate"));
  const Finished right = bridge.login(hub.url(), secret, {"--ca-file", ours.files().certificate_chain});
  ASSERT_EQ(right.code, 0) << right.errors;
  ASSERT_EQ(bridge.add(specs, project).code, 0);
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(arrives("001-a/README.md")) << shown();
}

TEST_F(Access, plain_text_off_loopback_is_refused_by_the_bridge_too) {
  const Finished refused = bridge.login("http://192.0.2.1:8420", "lsk_v4vDT6tGSILqCWUuuwCI5Zz92NMqbl2xMwbg");
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("https"));
}

}  // namespace
}  // namespace leanspec::e2e
