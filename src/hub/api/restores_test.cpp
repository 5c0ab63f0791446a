// Versions and documents that are brought back.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "hub/api/edits_for_test.h"

namespace leanspec::hub::api {
namespace {

using net::Method;

TEST_F(Edits, an_old_version_comes_back_as_a_new_one) {
  (void)patch(R"({"status":"in-progress"})");
  const std::string old_version = to_string(first.head_version->value());
  const auto answer = ask(Method::post, "/specs/001-first/versions/" + old_version + "/restore", "");
  ASSERT_EQ(status, 200U) << boost::json::serialize(answer);
  EXPECT_EQ(raw(), readme);
  EXPECT_EQ(text(answer.at("contentHash")), file_hash(readme));
  EXPECT_NE(text(answer.at("version")), old_version);
  EXPECT_EQ(answer.at("user").at("name"), "ada");
  EXPECT_EQ(history().size(), 3U);
  const auto again = ask(Method::post, "/versions/" + old_version + "/restore", R"({"expectedVersion":")" + old_version + "\"}");
  EXPECT_EQ(status, 200U);
  EXPECT_FALSE(again.at("changed").as_bool());
  const std::string second = text(history()[1].at("version"));
  (void)ask(Method::post, "/versions/" + second + "/restore", R"({"expectedVersion":")" + old_version + "\"}");
  EXPECT_EQ(status, 409U);
  (void)ask(Method::post, "/versions/yesterday/restore", "");
  EXPECT_EQ(status, 404U);
}

TEST_F(Edits, a_deleted_document_comes_back_where_it_stood_or_elsewhere) {
  engine::HubEdit removal;
  removal.project = ProjectId("demo");
  removal.branch = api.branches.at("demo");
  removal.document = first.document;
  removal.expected = first.head_version;
  removal.path = "001-first/README.md";
  const auto gone = api.commits.edit(removal);
  ASSERT_TRUE(gone && gone->outcome == engine::HubEditOutcome::made);
  EXPECT_EQ(api.get("/api/projects/demo/specs/001-first", ada).status, 404U);
  const auto found = ApiForTest::json(api.get("/api/projects/demo/history?path=001-first/README.md", ada)).at("versions").as_array();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].at("deleted").as_bool());
  EXPECT_EQ(text(found[1].at("version")), to_string(first.head_version->value()));
  EXPECT_EQ(api.get("/api/projects/demo/history?path=nowhere/README.md", ada).status, 404U);
  EXPECT_EQ(api.get("/api/projects/demo/history", ada).status, 422U);
  const std::string path = "/versions/" + to_string(first.head_version->value()) + "/restore";
  (void)ask(Method::post, "/versions/" + to_string(gone->head->id.value()) + "/restore", "");
  EXPECT_EQ(status, 422U) << "a deletion has no text";
  const auto other = api.push("demo", "003-other/README.md", "# Another\n");
  (void)api.push("demo", "001-first/README.md", "# Another\n", other.head_version, other.document);
  (void)ask(Method::post, path, "");
  EXPECT_EQ(status, 409U) << "its place is taken";
  const auto answer = ask(Method::post, path, R"({"path":"002-again/README.md"})");
  EXPECT_EQ(status, 200U);
  EXPECT_EQ(answer.at("path"), "002-again/README.md");
  EXPECT_EQ(raw("/specs/002-again/raw"), readme);
  EXPECT_EQ(raw(), "# Another\n");
}

TEST_F(Edits, what_is_deleted_is_listed_with_its_last_text_and_a_restore_can_be_undone) {
  const std::string version = to_string(first.head_version->value());
  const auto deleted = [&] {
    return ApiForTest::json(api.get("/api/projects/demo/deleted", ada)).at("deleted").as_array();
  };
  EXPECT_TRUE(deleted().empty());
  engine::HubEdit removal;
  removal.project = ProjectId("demo");
  removal.branch = api.branches.at("demo");
  removal.document = first.document;
  removal.expected = first.head_version;
  removal.path = "001-first/README.md";
  const auto gone = api.commits.edit(removal);
  ASSERT_TRUE(gone && gone->outcome == engine::HubEditOutcome::made);
  const std::string tombstone = to_string(gone->head->id.value());
  auto rows = deleted();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(text(rows[0].at("version")), tombstone);
  EXPECT_EQ(rows[0].at("path"), "001-first/README.md");
  EXPECT_EQ(rows[0].at("title"), "First spec");
  EXPECT_EQ(rows[0].at("spec"), "001-first");
  EXPECT_EQ(text(rows[0].at("last").at("version")), version);
  EXPECT_FALSE(rows[0].at("occupied").as_bool());

  const auto back =
      ask(Method::post, "/versions/" + version + "/restore", R"({"expectedVersion":")" + tombstone + "\"}");
  ASSERT_EQ(status, 200U);
  EXPECT_TRUE(deleted().empty());
  const std::string seen = text(back.at("version"));
  (void)ask(Method::post, "/versions/" + tombstone + "/restore", R"({"expectedVersion":")" + version + "\"}");
  EXPECT_EQ(status, 409U) << "somebody else may have edited it meanwhile";
  const auto undone =
      ask(Method::post, "/versions/" + tombstone + "/restore", R"({"expectedVersion":")" + seen + "\"}");
  EXPECT_EQ(status, 200U) << boost::json::serialize(undone);
  EXPECT_TRUE(undone.at("deleted").as_bool());
  EXPECT_EQ(deleted().size(), 1U);
  EXPECT_EQ(api.get("/api/projects/demo/specs/001-first", ada).status, 404U);
}

}  // namespace
}  // namespace leanspec::hub::api
