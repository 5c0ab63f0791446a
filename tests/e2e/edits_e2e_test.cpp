// What is changed at the hub, over its API, is on the machine's disk: only the bytes that were meant.
#include <boost/json/object.hpp>

#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

const std::string path = "001-a/README.md";

/// CRLF, a comment, odd quotes and blanks, an unknown field: whatever a rewriting of the YAML would lose.
const std::string odd =
    "---\r\nstatus:   'planned'   # since Monday\r\ncreated: \"2026-01-01\"\r\ntags: [ a,b ]\r\nsprint: 42\r\ntransitions: []\r\n"
    "updated_at: 2026-01-01T00:00:00Z\r\n---\r\n\r\n# Odd\r\n\r\n- [ ] one\r\n- [ ] two\r\n\r\nThe end, without a line end";

class EditsAtTheHub : public Site {
 protected:
  void start_two_way() {
    ASSERT_TRUE(hub.start()) << hub.errors();
    const MintedKey key = hub.make_key();
    ASSERT_EQ(bridge.login(hub.url(), key.secret).code, 0);
    const Finished added = bridge.command({"add", specs.string(), "--project", project, "--mode", "two-way"});
    ASSERT_EQ(added.code, 0) << added.errors;
    ASSERT_TRUE(bridge.start()) << bridge.log();
  }
  boost::json::object ask(const std::string& method, const std::string& what, const std::string& body) {
    const HttpResponse response = hub.client().request(method, "/api/projects/" + project + "/specs/001-a/" + what, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.status == 200 ? response.json().as_object() : boost::json::object();
  }
  [[nodiscard]] bool comes(const std::string& text) const {
    return wait_until([&] { return on_disk(path) == text; });
  }
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(EditsAtTheHub, a_changed_status_and_a_ticked_box_reach_the_disk_and_leave_every_other_byte) {
  ASSERT_NO_FATAL_FAILURE(start_two_way());
  save(path, odd);
  ASSERT_TRUE(arrives(path));
  const auto answer = ask("PATCH", "metadata", R"({"status":"in-progress"})");
  ASSERT_TRUE(answer.contains("frontmatter"));
  const std::string at(answer.at("frontmatter").at("updatedAt").as_string());
  std::string expected = replaced(odd, "'planned'", "'in-progress'");
  expected = replaced(expected, "transitions: []", "transitions: [{ status: in-progress, at: '" + at + "' }]");
  expected = replaced(expected, "2026-01-01T00:00:00Z", at);
  EXPECT_TRUE(comes(expected)) << on_disk(path);
  (void)ask("POST", "checklist-toggle", R"({"toggles":[{"itemText":"two","checked":true}]})");
  expected = replaced(expected, "- [ ] two", "- [x] two");
  EXPECT_TRUE(comes(expected)) << on_disk(path);
  ASSERT_EQ(bridge.command({"flush", "--wait"}).code, 0);
  EXPECT_THAT(hub.history(project, path), testing::SizeIs(3)) << "nothing is sent back";
}

TEST_F(EditsAtTheHub, an_edit_of_the_text_on_the_machine_meanwhile_is_merged_with_it) {
  ASSERT_NO_FATAL_FAILURE(start_two_way());
  save(path, odd);
  ASSERT_TRUE(arrives(path));
  ASSERT_EQ(bridge.stop(), 0);
  save(path, replaced(odd, "- [ ] one\r\n", "- [ ] one, and a half\r\n"));
  const auto answer = ask("PATCH", "metadata", R"({"status":"in-progress","priority":"high"})");
  const std::string at(answer.at("frontmatter").at("updatedAt").as_string());
  ASSERT_TRUE(bridge.start()) << bridge.log();
  ASSERT_TRUE(wait_until([&] { return on_disk(path).find("in-progress") != std::string::npos; })) << shown();
  const std::string merged = on_disk(path);
  std::string expected = replaced(odd, "'planned'", "'in-progress'");
  expected = replaced(expected, "transitions: []", "transitions: [{ status: in-progress, at: '" + at + "' }]");
  expected = replaced(expected, "2026-01-01T00:00:00Z", at);
  expected = replaced(expected, "tags: [ a,b ]\r\n", "tags: [ a,b ]\r\npriority: high\r\n");
  expected = replaced(expected, "- [ ] one\r\n", "- [ ] one, and a half\r\n");
  EXPECT_EQ(merged, expected);
  EXPECT_TRUE(arrives(path));
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(EditsAtTheHub, an_old_version_comes_back_on_the_disk_also_after_the_file_was_deleted) {
  ASSERT_NO_FATAL_FAILURE(start_two_way());
  save(path, odd);
  ASSERT_TRUE(arrives(path));
  const std::string first = hub.history(project, path).front().id;
  std::filesystem::remove_all(specs / "001-a");
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 0; }));
  const HttpResponse answer = hub.client().post("/api/projects/" + project + "/versions/" + first + "/restore", "{}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(specs / path) && on_disk(path) == odd; }));
}

}  // namespace
}  // namespace leanspec::e2e
