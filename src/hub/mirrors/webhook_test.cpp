#include "hub/mirrors/webhook.h"

#include <gtest/gtest.h>

#include "digest/hmac.h"

namespace leanspec::hub::mirrors {
namespace {

store::Mirror mirror() {
  store::Mirror made;
  made.full_name = "ada/specs";
  made.repository = "7";
  made.branch = "main";
  return made;
}

WebhookMeaning meaning(std::string_view event, std::string_view body) {
  return read_webhook(event, body, mirror()).meaning;
}

TEST(Webhook, the_signature_is_the_one_of_githubs_documentation) {
  EXPECT_TRUE(signature_matches("It's a Secret to Everybody", "Hello, World!",
                                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
}

TEST(Webhook, a_signature_that_is_forged_cut_or_of_another_kind_is_refused) {
  const std::string body = "{}";
  const std::string right = "sha256=" + to_hex(digest::hmac_sha256("secret", body));
  EXPECT_TRUE(signature_matches("secret", body, right));
  EXPECT_FALSE(signature_matches("secret", body + " ", right));
  EXPECT_FALSE(signature_matches("other", body, right));
  EXPECT_FALSE(signature_matches("", body, "sha256=" + to_hex(digest::hmac_sha256("", body))));
  EXPECT_FALSE(signature_matches("secret", body, right.substr(0, right.size() - 1)));
  EXPECT_FALSE(signature_matches("secret", body, "sha1=" + right.substr(7)));
  EXPECT_FALSE(signature_matches("secret", body, ""));
}

TEST(Webhook, giteas_signature_has_no_kind_and_gitlab_sends_the_secret_itself) {
  const std::string right = to_hex(digest::hmac_sha256("secret", "{}"));
  EXPECT_TRUE(signature_matches("secret", "{}", right));
  EXPECT_FALSE(signature_matches("secret", "{ }", right));
  EXPECT_TRUE(token_matches("secret", "secret"));
  EXPECT_FALSE(token_matches("secret", "secre"));
  EXPECT_FALSE(token_matches("secret", ""));
  EXPECT_FALSE(token_matches("", ""));
}

TEST(Webhook, a_push_at_gitlab_names_its_project_in_its_own_way) {
  store::Mirror plain = mirror();
  plain.full_name = "team/sub/specs.git";
  plain.repository.clear();
  const auto read = [&](const std::string& project) {
    return read_webhook("Push Hook",
                        R"({"object_kind":"push","ref":"refs/heads/main","after":")" + std::string(40, 'b') +
                            R"(","project":{"id":9,"path_with_namespace":")" + project + R"("}})",
                        plain);
  };
  EXPECT_EQ(read("team/sub/specs").meaning, WebhookMeaning::look);
  EXPECT_EQ(read("team/sub/specs").commit, std::string(40, 'b'));
  EXPECT_EQ(read("team/specs").meaning, WebhookMeaning::wrong);
  EXPECT_EQ(read_webhook("Tag Push Hook", "{}", plain).meaning, WebhookMeaning::nothing);
}

TEST(Webhook, a_push_to_the_mirrored_branch_means_to_look_and_other_pushes_nothing) {
  const std::string repository = R"("repository":{"id":7,"full_name":"ada/specs"}})";
  EXPECT_EQ(meaning("push", R"({"ref":"refs/heads/main",)" + repository), WebhookMeaning::look);
  EXPECT_EQ(meaning("push", R"({"ref":"refs/heads/main2",)" + repository), WebhookMeaning::nothing);
  EXPECT_EQ(meaning("push", R"({"ref":"refs/tags/main",)" + repository), WebhookMeaning::nothing);
  EXPECT_EQ(meaning("repository", R"({"action":"renamed",)" + repository), WebhookMeaning::look);
  EXPECT_EQ(meaning("delete", R"({"ref_type":"branch","ref":"main",)" + repository), WebhookMeaning::look);
  EXPECT_EQ(meaning("delete", R"({"ref_type":"tag","ref":"main",)" + repository), WebhookMeaning::nothing);
  EXPECT_EQ(meaning("ping", R"({"zen":"x"})"), WebhookMeaning::nothing);
  EXPECT_EQ(meaning("star", R"({"action":"created"})"), WebhookMeaning::nothing);
}

TEST(Webhook, a_push_says_which_commit_the_branch_has_now) {
  const std::string id(40, 'a');
  const auto commit = [](const std::string& after) {
    return read_webhook("push", R"({"ref":"refs/heads/main","repository":{"id":7},"after":")" + after + R"("})",
                        mirror())
        .commit;
  };
  EXPECT_EQ(commit(id), id);
  EXPECT_EQ(commit(std::string(40, '0')), "") << "the branch is gone";
  EXPECT_EQ(commit("main"), "");
}

TEST(Webhook, what_has_not_its_shape_or_is_of_another_repository_is_wrong) {
  EXPECT_EQ(meaning("push", R"({"ref":"refs/heads/main","repository":{"id":8,"full_name":"ada/specs"}})"),
            WebhookMeaning::wrong);
  EXPECT_EQ(meaning("push", R"({"repository":{"id":7}})"), WebhookMeaning::wrong);
  EXPECT_EQ(meaning("push", R"({"ref":"refs/heads/main"})"), WebhookMeaning::wrong);
  EXPECT_EQ(meaning("push", "payload=%7B%7D"), WebhookMeaning::wrong);
  EXPECT_EQ(meaning("push", "[]"), WebhookMeaning::wrong);
  EXPECT_EQ(meaning("push", ""), WebhookMeaning::wrong);
}

}  // namespace
}  // namespace leanspec::hub::mirrors
