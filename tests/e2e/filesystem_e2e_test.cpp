#include "tests/e2e/folder_hub.h"

namespace leanspec::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

using Filesystem = FolderHub;

TEST_F(Filesystem, the_folder_of_the_working_folder_is_served_on_a_read_only_disk_and_edits_are_refused_in_words) {
  const fs::path view = scratch / "view";
  ReadOnlyView disk(view, home);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  working_folder = view;
  ASSERT_TRUE(start({{"SPECS_MODE", "filesystem"}, {"LEANSPEC_API_KEY", key}, {"HOME", view.string()}}));
  EXPECT_EQ(total(), 2);
  const HttpResponse refused = patch("/api/projects/view/specs/001-first/metadata", R"({"priority":"high"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("cannot be written"));
  EXPECT_EQ(on_disk("001-first/README.md"), spec_text("First"));
  // What is saved at the other place of the folder is seen all the same.
  save("003-third/README.md", spec_text("Third"));
  EXPECT_TRUE(wait_until([&] { return total() == 3; }));
}

TEST_F(Filesystem, its_configuration_says_where_the_specs_are) {
  save_in_place(home / ".lean-spec/config.json", R"({"specsDir": "notes/plans"})");
  save_in_place(home / "notes/plans/007-planned/README.md", spec_text("Planned"));
  ASSERT_TRUE(start_alone());
  EXPECT_EQ(total(), 1);
  EXPECT_EQ(get("/api/specs/007-planned").status, 200);
}

TEST_F(Filesystem, specs_in_folders_of_dates_and_of_what_is_archived_are_served) {
  save("20251101/003-dated/README.md", spec_text("Dated"));
  save("archived/004-old/README.md", spec_text("Old"));
  ASSERT_TRUE(start_alone());
  EXPECT_EQ(total(), 4);
  EXPECT_EQ(get("/api/specs/003-dated").json().at("filePath"), "20251101/003-dated/README.md");
  ASSERT_EQ(patch("/api/projects/demo/specs/004-old/metadata", R"({"priority":"low"})").status, 200);
  EXPECT_THAT(on_disk("archived/004-old/README.md"), HasSubstr("priority: low\n"));
}

TEST_F(Filesystem, the_printed_link_works_once_and_nobody_comes_in_without_it) {
  ASSERT_TRUE(start({{"SPECS_MODE", "filesystem"}}));
  HttpClient nobody(url, "");
  EXPECT_EQ(nobody.get("/api/specs").status, 401);
  EXPECT_EQ(nobody.post("/api/session/link", R"({"token":")" + token + "\"}").status, 200);
  EXPECT_EQ(nobody.post("/api/session/link", R"({"token":")" + token + "\"}").status, 401);
  EXPECT_FALSE(fs::exists(home / "leanspec-data"));
}

TEST_F(Filesystem, off_loopback_it_starts_with_a_key_alone_and_says_what_to_do) {
  const Finished refused = refuse({{"SPECS_MODE", "filesystem"}}, {"--host", "0.0.0.0", "--behind-proxy"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("LEANSPEC_API_KEY"), HasSubstr("127.0.0.1")));
  const Finished short_key = refuse({{"SPECS_MODE", "filesystem"}, {"LEANSPEC_API_KEY", "secret"}});
  EXPECT_EQ(short_key.code, 2);
  EXPECT_THAT(short_key.errors, HasSubstr("16 characters"));
  ASSERT_TRUE(start({{"SPECS_MODE", "filesystem"}, {"LEANSPEC_API_KEY", key}}, {"--host", "0.0.0.0", "--behind-proxy"}));
  url = "http://127.0.0.1:" + std::to_string(parse_address(url).port);
  EXPECT_EQ(total(), 2);
  EXPECT_EQ(HttpClient(url, "another key that somebody made up").get("/api/specs").status, 401);
  EXPECT_EQ(HttpClient(url, "").post("/api/session", R"({"name":"local","password":")" + std::string(key) + "\"}").status, 200)
      << "people from elsewhere have the key as their password";
}

TEST_F(Filesystem, an_edit_that_was_answered_stands_in_the_file_and_one_of_another_text_is_refused) {
  ASSERT_TRUE(start_alone());
  const std::string before = on_disk("001-first/README.md");
  const HttpResponse edited = patch("/api/projects/demo/specs/001-first/metadata", R"({"priority":"high"})");
  ASSERT_EQ(edited.status, 200) << edited.body;
  EXPECT_THAT(on_disk("001-first/README.md"), HasSubstr("priority: high\n"));
  const std::string raw = on_disk("001-first/README.md");
  EXPECT_EQ(patch("/api/projects/demo/specs/001-first/raw",
                  boost::json::serialize(boost::json::object{{"content", "x"}, {"expectedContentHash", sha256_hex(before)}}))
                .status,
            409);
  EXPECT_EQ(on_disk("001-first/README.md"), raw);
}

TEST_F(Filesystem, a_folder_that_is_gone_is_told_of_its_specs_are_shown_and_it_comes_back_by_itself) {
  ASSERT_TRUE(start_alone({{"CACHE_TTL", "200"}}));
  EXPECT_TRUE(project().at("stale").is_null());
  fs::rename(specs, scratch / "away");
  ASSERT_TRUE(wait_until([&] { return project().at("stale").is_object(); }));
  EXPECT_THAT(std::string(project().at("stale").at("why").as_string()), HasSubstr("cannot be followed"));
  const HttpResponse old = get("/api/specs");
  EXPECT_EQ(old.json().at("total").as_int64(), 2);
  EXPECT_EQ(old.headers.at("x-leanspec-stale-since"), std::string(project().at("stale").at("since").as_string()));
  fs::rename(scratch / "away", specs);
  save("003-third/README.md", spec_text("Third"));
  EXPECT_TRUE(wait_until([&] { return project().at("stale").is_null() && total() == 3; }));
  EXPECT_FALSE(get("/api/specs").headers.contains("x-leanspec-stale-since"));
}

TEST_F(Filesystem, without_a_watcher_the_ttl_finds_what_was_saved_and_hardly_a_read_parses) {
  ASSERT_TRUE(start_alone({{"CACHE_TTL", "100"}, {"LEANSPEC_NO_WATCH", "1"}, {"LEANSPEC_REQUESTS_PER_SECOND", "0"}}));
  const std::string reads = R"(leanspec_hub_source_reads_total{source="filesystem"})";
  const std::string parses = R"(leanspec_hub_source_parses_total{source="filesystem"})";
  const double reads_before = metric(reads);
  const double parses_before = metric(parses);
  HttpClient reader(url, key);
  for (int save_number = 0; save_number < 3; ++save_number) {
    const std::string title = "Saved " + std::to_string(save_number);
    save("001-first/README.md", spec_text(title));
    for (int read = 0; read < 200; ++read) ASSERT_EQ(reader.get("/api/specs").status, 200);
    ASSERT_TRUE(wait_until([&] { return reader.get("/api/specs/001-first").json().at("title").as_string() == title; }));
  }
  const double asked = metric(reads) - reads_before;
  const double parsed = metric(parses) - parses_before;
  EXPECT_GE(asked, 600);
  EXPECT_GE(parsed, 3);
  EXPECT_GT(1 - parsed / asked, 0.9) << parsed << " parses for " << asked << " reads";
  EXPECT_GT(metric(R"(leanspec_hub_source_hit_ratio{source="filesystem"})"), 0.9);
}

TEST_F(Filesystem, who_knows_the_secret_makes_it_look_at_once_and_nobody_else) {
  ASSERT_TRUE(start_alone({{"CACHE_TTL", "3600000"}, {"LEANSPEC_NO_WATCH", "1"}, {"REVALIDATION_SECRET", "open sesame"}}));
  save("003-third/README.md", spec_text("Third"));
  HttpClient outside(url, "");
  EXPECT_EQ(outside.post("/api/revalidate", R"({"secret":"open barley"})").status, 401);
  EXPECT_EQ(outside.post("/api/revalidate", "{}").status, 422);
  EXPECT_EQ(total(), 2);
  const HttpResponse done = outside.post("/api/revalidate", R"({"secret":"open sesame","specPath":"003-third"})");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.json().at("revalidated"), true);
  EXPECT_EQ(total(), 3);
}

TEST_F(Filesystem, in_the_mode_of_the_database_no_folder_is_served) {
  ASSERT_TRUE(start({{"SPECS_MODE", "database"}, {"LEANSPEC_DATA_DIR", (scratch / "data").string()}}));
  SpawnOptions options;
  options.output_folder = scratch.path();
  options.name = "key";
  const Finished made = run_program({hub_program(), "--data-dir", (scratch / "data").string(), "key", "create", "--name", "test", "--scopes", "specs:read", "--json"}, options);
  HttpClient reader(url, std::string(boost::json::parse(made.output).at("secret").as_string()));
  EXPECT_EQ(reader.get("/api/projects").json().at("total").as_int64(), 0);
  const HttpResponse none = reader.get("/api/specs");
  EXPECT_EQ(none.status, 503);
  EXPECT_THAT(none.body, HasSubstr("serves no local folder"));
}

TEST_F(Filesystem, of_databases_it_has_sqlite_and_says_so) {
  const Finished refused = refuse({{"DATABASE_URL", "postgres://somewhere/specs"}});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("PostgreSQL"), HasSubstr("sqlite:")));
  ASSERT_TRUE(start({{"DATABASE_URL", "sqlite:" + (scratch / "kept").string()}}));
  EXPECT_TRUE(fs::exists(scratch / "kept/hub.db"));
}

TEST_F(Filesystem, a_folder_that_is_not_there_yet_does_not_keep_the_others_from_being_served) {
  const std::string later = (scratch / "later/specs").string();
  EXPECT_EQ(refuse({{"SPECS_MODE", "filesystem"}, {"SPECS_DIR", later}}).code, 1);
  ASSERT_TRUE(start({{"SPECS_DIR", later}, {"LEANSPEC_DATA_DIR", (scratch / "data").string()}}));
  EXPECT_THAT(process->errors(), HasSubstr("cannot be served yet"));
  save_in_place(fs::path(later) / "001-late/README.md", spec_text("Late"));
  EXPECT_TRUE(wait_until([&] { return process->errors().find("serving a local folder") != std::string::npos; }));
}

}  // namespace
}  // namespace leanspec::e2e
