#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <thread>

#include "hub/api/edits_for_test.h"
#include "spec/timestamp.h"

namespace leanspec::hub::api {
namespace {

using access::Scope;
using net::Method;

std::string body_hash(const std::string& file) {
  return to_hex(digest::sha256(file.substr(file.find("# First"))));
}

TEST_F(Edits, a_status_change_is_one_new_version_of_the_file_and_nothing_else_of_it_changes) {
  const auto answer = patch(R"({"status":"in-progress"})");
  ASSERT_EQ(status, 200U) << boost::json::serialize(answer);
  const std::string at = to_rfc3339(api.clock.now());
  const std::string expected =
      "---\nstatus: in-progress\ncreated: '2026-01-02'  # by hand\npriority: high\ntags: [web, sync]\nsprint: 42\n"
      "transitions:\n  - status: in-progress\n    at: '" + at + "'\nupdated_at: '" + at + "'\n---\n\n" + readme.substr(readme.find("# First"));
  EXPECT_EQ(raw(), expected);
  EXPECT_TRUE(answer.at("success").as_bool());
  EXPECT_TRUE(answer.at("changed").as_bool());
  EXPECT_EQ(answer.at("specId"), "001-first");
  EXPECT_EQ(answer.at("frontmatter").at("status"), "in-progress");
  EXPECT_EQ(answer.at("frontmatter").at("priority"), "high");
  EXPECT_EQ(text(answer.at("frontmatter").at("updatedAt")), spec::with_shown_fraction(at));
  EXPECT_FALSE(answer.at("frontmatter").as_object().contains("assignee"));
  EXPECT_EQ(text(answer.at("contentHash")), body_hash(expected));
  EXPECT_EQ(text(answer.at("fileHash")), file_hash(expected));
  EXPECT_EQ(answer.at("seq").to_number<int>(), 2);
  const auto versions = history();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].at("version"), answer.at("version"));
  EXPECT_EQ(versions[0].at("user").at("name"), "ada");
  EXPECT_TRUE(versions[0].at("machine").is_null());
  EXPECT_TRUE(versions[1].at("user").is_null());
}

TEST_F(Edits, a_change_that_is_there_already_is_answered_and_makes_no_version) {
  const auto made = patch(R"({"priority":"critical","addTags":["new"],"parent":null})");
  ASSERT_EQ(status, 200U);
  api.clock.advance(std::chrono::hours(1));
  const auto again = patch(R"({"priority":"urgent","addTags":["new"],"parent":null,"expectedVersion":")" +
                           to_string(first.head_version->value()) + "\"}");
  EXPECT_EQ(status, 200U) << "a retry names the version that it began from";
  EXPECT_FALSE(again.at("changed").as_bool());
  EXPECT_EQ(again.at("version"), made.at("version"));
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(Edits, who_says_what_they_saw_is_refused_when_it_is_not_so_any_more) {
  const auto expecting = [&](const std::string& name, const std::string& value) {
    (void)patch(R"({"priority":"low",")" + name + "\":\"" + value + "\"}");
    return status;
  };
  EXPECT_EQ(expecting("expectedContentHash", "00"), 409U);
  EXPECT_EQ(expecting("expectedVersion", "00000000-0000-7000-8000-000000000001"), 409U);
  EXPECT_EQ(expecting("expectedVersion", "yesterday"), 422U);
  const auto refused = patch(R"({"priority":"low","expectedContentHash":"00"})");
  EXPECT_EQ(refused.at("code"), "CONFLICT");
  EXPECT_EQ(text(refused.at("details").at("contentHash")), body_hash(readme));
  EXPECT_EQ(text(refused.at("details").at("fileHash")), file_hash(readme));
  EXPECT_EQ(text(refused.at("details").at("version")), to_string(first.head_version->value()));
  EXPECT_EQ(history().size(), 1U);
  EXPECT_EQ(expecting("expectedContentHash", body_hash(readme)), 200U);
  (void)patch(R"({"priority":"high"})");
  EXPECT_EQ(expecting("expectedContentHash", file_hash(raw())), 200U);
}

TEST_F(Edits, what_the_rules_refuse_names_the_field_and_what_is_allowed) {
  auto answer = patch(R"({"status":"bogus"})");
  EXPECT_EQ(status, 422U);
  EXPECT_EQ(answer.at("details").at("field"), "status");
  EXPECT_EQ(answer.at("details").at("validValues").as_array().size(), 5U);
  EXPECT_TRUE(text(answer.at("message")).starts_with("Invalid status: 'bogus'"));
  answer = patch(R"({"addDependsOn":["001-first"]})");
  EXPECT_EQ(status, 422U);
  EXPECT_EQ(answer.at("details").at("field"), "dependsOn");
  answer = patch("{}");
  EXPECT_EQ(status, 422U);
  answer = patch("[");
  EXPECT_EQ(status, 422U);
  answer = patch(R"({"assignee":7})");
  EXPECT_EQ(status, 422U);
  answer = ask(Method::patch, "/specs/001/metadata", R"({"priority":"low"})");
  EXPECT_EQ(status, 404U);
  EXPECT_NE(text(answer.at("message")).find("Did you mean '001-first'?"), std::string::npos);
  EXPECT_EQ(history().size(), 1U);
}

TEST_F(Edits, a_guard_says_no_until_it_is_forced) {
  (void)patch(R"({"status":"draft"})");
  const auto refused = patch(R"({"status":"complete"})");
  EXPECT_EQ(status, 400U);
  EXPECT_EQ(refused.at("code"), "INVALID_REQUEST");
  EXPECT_EQ(refused.at("details").at("field"), "status");
  (void)patch(R"({"status":"complete","force":true})");
  EXPECT_EQ(status, 200U);
}

TEST_F(Edits, people_who_edit_one_spec_at_once_all_get_through) {
  std::vector<std::thread> people;
  std::atomic<int> made = 0;
  for (int person = 0; person < 6; ++person) {
    people.emplace_back([&, person] {
      for (int i = 0; i < 4; ++i) {
        const std::string tag = std::to_string(person) + "-t" + std::to_string(i);
        // Others get theirs through meanwhile; the hub says so in words after its own attempts, and the person asks again.
        for (;;) {
          const auto answer = api.ask(Method::patch, "/api/projects/demo/specs/001-first/metadata", R"({"addTags":[")" + tag + "\"]}", ada);
          if (answer.status == 503) continue;
          if (answer.status == 200) ++made;
          break;
        }
      }
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(made, 24);
  const auto spec = ApiForTest::json(api.get("/api/projects/demo/specs/001-first", ada));
  EXPECT_EQ(spec.at("tags").as_array().size(), 26U);
  EXPECT_EQ(history().size(), 25U);
}

TEST_F(Edits, a_checkbox_is_toggled_in_the_readme_and_in_a_sub_spec) {
  const std::string path = "/specs/001-first/checklist-toggle";
  auto answer = ask(Method::post, path, R"({"toggles":[{"itemText":"Write it","checked":true},{"line":12,"checked":false}]})");
  ASSERT_EQ(status, 200U) << boost::json::serialize(answer);
  std::string expected = readme;
  expected[expected.find("[ ]") + 1] = 'x';
  expected[expected.find("[x] Read") + 1] = ' ';
  EXPECT_EQ(raw(), expected);
  EXPECT_EQ(text(answer.at("contentHash")), file_hash(expected));
  EXPECT_EQ(answer.at("toggled").at(0).at("line").to_number<int>(), 11);
  EXPECT_EQ(answer.at("toggled").at(0).at("itemText"), "**Write** it");
  (void)ask(Method::post, path, R"({"toggles":[{"itemText":"never","checked":true}]})");
  EXPECT_EQ(status, 409U);
  (void)ask(Method::post, path, R"({"toggles":[]})");
  EXPECT_EQ(status, 422U);
  (void)ask(Method::post, path, R"({"toggles":[{"checked":true}]})");
  EXPECT_EQ(status, 422U);
  (void)ask(Method::post, path, R"({"toggles":[{"itemText":"Write it","checked":true}],"subspec":"PLAN.md"})");
  EXPECT_EQ(status, 404U);
  (void)api.push("demo", "001-first/PLAN.md", "- [ ] plan\r\n- [ ] more");
  (void)ask(Method::post, path, R"({"toggles":[{"itemText":"more","checked":true}],"subspec":"PLAN.md"})");
  EXPECT_EQ(status, 200U);
  EXPECT_EQ(raw("/specs/001-first/subspecs/PLAN.md/raw"), "- [ ] plan\r\n- [x] more");
}

TEST_F(Edits, a_raw_text_replaces_the_one_that_was_seen) {
  const std::string path = "/specs/001-first/raw";
  const auto body = [](const std::string& content, const std::string& hash) {
    return boost::json::serialize(boost::json::object{{"content", content}, {"expectedContentHash", hash}});
  };
  auto answer = ask(Method::put, path, body("# New\n", file_hash(readme)));
  ASSERT_EQ(status, 200U) << boost::json::serialize(answer);
  EXPECT_EQ(answer.at("content"), "# New\n");
  EXPECT_EQ(text(answer.at("contentHash")), file_hash("# New\n"));
  EXPECT_EQ(answer.at("filePath"), "001-first/README.md");
  EXPECT_EQ(answer.at("seq").to_number<int>(), 2);
  answer = ask(Method::patch, path, body("# Newer\n", file_hash(readme)));
  EXPECT_EQ(status, 409U);
  EXPECT_EQ(text(answer.at("details").at("contentHash")), file_hash("# New\n"));
  (void)ask(Method::patch, path, body("# New\n", file_hash(readme)));
  EXPECT_EQ(status, 200U) << "a retry of what has been done";
  (void)ask(Method::patch, path, body("# Newer\n", body_hash(readme)));
  EXPECT_EQ(status, 409U);
  (void)ask(Method::patch, path, R"({"content":7})");
  EXPECT_EQ(status, 422U);
  (void)ask(Method::patch, path, "{}");
  EXPECT_EQ(status, 422U);
  (void)ask(Method::put, path, boost::json::serialize(boost::json::object{{"content", std::string(4 * 1024 * 1024, 'a')}}));
  EXPECT_EQ(status, 200U);
  (void)ask(Method::put, path, boost::json::serialize(boost::json::object{{"content", std::string(4 * 1024 * 1024 + 1, 'a')}}));
  EXPECT_EQ(status, 422U);
  (void)ask(Method::put, "/specs/001-first/subspecs/NONE.md/raw", body("x", ""));
  EXPECT_EQ(status, 404U);
}

TEST_F(Edits, a_raw_text_keeps_the_line_ends_of_the_file_and_spoils_no_bytes_that_were_not_shown) {
  (void)api.push("demo", "001-first/DOS.md", "one\r\ntwo\r\n");
  (void)ask(Method::put, "/specs/001-first/subspecs/DOS.md/raw", R"({"content":"one\nthree\n"})");
  EXPECT_EQ(raw("/specs/001-first/subspecs/DOS.md/raw"), "one\r\nthree\r\n");
  (void)api.push("demo", "001-first/LATIN.md", "caf\xE9\n");
  const auto refused = ask(Method::put, "/specs/001-first/subspecs/LATIN.md/raw", R"({"content":"x"})");
  EXPECT_EQ(status, 400U);
  EXPECT_NE(text(refused.at("message")).find("not UTF-8"), std::string::npos);
}

TEST_F(Edits, a_text_is_joined_with_what_others_made_of_its_version_and_nothing_is_written) {
  const std::string version = to_string(first.head_version->value());
  EXPECT_EQ(text(ApiForTest::json(api.get("/api/projects/demo/specs/001-first/raw", ada)).at("version")), version);
  const auto with = [](std::string file, const std::string& before, const std::string& after) {
    return file.replace(file.find(before), before.size(), after);
  };
  const auto join = [&](const std::string& typed) {
    return ask(Method::post, "/versions/" + version + "/join",
               boost::json::serialize(boost::json::object{{"content", typed}}));
  };
  const std::string theirs = with(readme, "- [x] Read it", "- [x] Read it twice");
  (void)ask(Method::put, "/specs/001-first/raw", boost::json::serialize(boost::json::object{{"content", theirs}}));
  ASSERT_EQ(status, 200U);
  const auto merges = join(with(readme, "# First spec", "# First spec, renamed"));
  ASSERT_EQ(status, 200U) << boost::json::serialize(merges);
  EXPECT_EQ(merges.at("state"), "merges");
  const std::string merged = text(merges.at("mergedText"));
  EXPECT_NE(merged.find("# First spec, renamed"), std::string::npos);
  EXPECT_NE(merged.find("Read it twice"), std::string::npos);
  const auto open = join(with(readme, "- [x] Read it", "- [x] Read it never"));
  EXPECT_EQ(open.at("state"), "open");
  ASSERT_EQ(open.at("places").as_array().size(), 1U);
  EXPECT_EQ(open.at("places").at(0).at("ours").at("text"), "- [x] Read it twice\n");
  EXPECT_EQ(open.at("places").at(0).at("theirs").at("text"), "- [x] Read it never\n");
  EXPECT_FALSE(open.at("draft").as_array().empty());
  EXPECT_EQ(text(open.at("headText")), theirs);
  EXPECT_EQ(text(open.at("head").at("version")), text(history()[0].at("version")));
  EXPECT_EQ(join(theirs).at("state"), "same");
  (void)ask(Method::post, "/versions/" + version + "/join", "{}");
  EXPECT_EQ(status, 422U);
  (void)ask(Method::post, "/versions/00000000-0000-7000-8000-000000000000/join", R"({"content":""})");
  EXPECT_EQ(status, 404U);
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(Edits, a_text_is_shown_as_its_page_would_be_before_it_is_saved) {
  const auto page = ask(Method::post, "/specs/001-first/preview",
                        boost::json::serialize(boost::json::object{
                            {"content", "---\nstatus: bogus\n---\n# New\n\n[next](../002-x/) <script>x</script>\n"}}));
  ASSERT_EQ(status, 200U) << boost::json::serialize(page);
  const std::string html = text(page.at("contentHtml"));
  EXPECT_NE(html.find("/projects/demo/specs/002-x"), std::string::npos) << html;
  EXPECT_EQ(html.find("<script"), std::string::npos) << html;
  EXPECT_EQ(html.find("bogus"), std::string::npos) << "the frontmatter is no part of the page";
  EXPECT_EQ(page.at("toc").at(0).at("text"), "New");
  EXPECT_FALSE(page.at("findings").as_array().empty());
  const auto part =
      ask(Method::post, "/specs/001-first/preview", R"({"content":"---\na: b\n---\n","file":"DESIGN.md"})");
  EXPECT_EQ(status, 200U);
  EXPECT_TRUE(part.at("findings").as_array().empty());
  (void)ask(Method::post, "/specs/001-first/preview", "{}");
  EXPECT_EQ(status, 422U);
  EXPECT_EQ(history().size(), 1U);
}

TEST_F(Edits, who_may_only_read_is_refused) {
  const std::string reader = api.sign_in("rita", false);
  const Status member = api.store.write([&](store::Session& session) -> Status {
    LEANSPEC_ASSIGN(const auto user, session.accounts().find_user("rita"));
    store::Membership membership;
    membership.user = user->id;
    membership.project = ProjectId("demo");
    return session.accounts().set_membership(membership);
  });
  ASSERT_TRUE(member);
  api.access_version.raise();
  const auto asked = [&](const Asked& who) {
    return api.ask(Method::patch, "/api/projects/demo/specs/001-first/metadata", R"({"priority":"low"})", who).status;
  };
  EXPECT_EQ(asked({.cookie = reader}), 403U);
  EXPECT_EQ(asked({.cookie = ada.cookie, .csrf = false}), 403U);
  EXPECT_EQ(asked({.key = api.make_key({Scope::specs_read})}), 403U);
  EXPECT_EQ(history().size(), 1U);
  EXPECT_EQ(asked({.key = api.make_key({Scope::specs_write})}), 200U);
  EXPECT_TRUE(ApiForTest::json(api.get("/api/projects/demo/specs/001-first/history", ada)).at("versions").at(0).at("user").is_null());
}

}  // namespace
}  // namespace leanspec::hub::api
