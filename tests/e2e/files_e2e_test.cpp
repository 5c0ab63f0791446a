#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Files : public Site {};

TEST_F(Files, the_whole_corpus_arrives_byte_for_byte) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  fs::copy(*corpus / "leanspec" / "specs", specs, fs::copy_options::recursive);
  ASSERT_NO_FATAL_FAILURE(start_all());
  const auto files = tests::corpus_files(*corpus);
  EXPECT_EQ(state().in_sync, files.size());
  std::size_t compared = 0;
  for (const auto& file : files) {
    if (!file.path.ends_with(".md") || file.path.find('/') == std::string::npos) continue;
    const auto found = hub.file(project, file.path);
    ASSERT_TRUE(found) << file.path;
    EXPECT_EQ(found->content, file.bytes) << file.path;
    ++compared;
  }
  EXPECT_GE(compared + 2, files.size()) << "all but the two that are no Markdown";
}

TEST_F(Files, an_unreadable_file_is_named_and_synced_once_it_can_be_read) {
  SpawnOptions as_a_user;
  as_a_user.obey_permissions = true;
  bridge.start_with(as_a_user);
  save("001-open/README.md", spec_text("Open"));
  save("002-shut/README.md", spec_text("Shut"));
  ::chmod((specs / "002-shut/README.md").c_str(), 0);
  save("003-locked/README.md", spec_text("In a locked folder"));
  ::chmod((specs / "003-locked").c_str(), 0);
  ASSERT_NO_FATAL_FAILURE(prepare());
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(arrives("001-open/README.md"));
  ASSERT_TRUE(says("002-shut/README.md"));
  EXPECT_THAT(shown(), HasSubstr("003-locked"));
  EXPECT_THAT(bridge.why(specs / "002-shut/README.md"), HasSubstr("ermission"));
  ::chmod((specs / "003-locked").c_str(), 0755);
  ::chmod((specs / "002-shut/README.md").c_str(), 0644);
  EXPECT_TRUE(arrives("002-shut/README.md"));
  EXPECT_TRUE(arrives("003-locked/README.md"));
  EXPECT_TRUE(lives()) << shown();
  EXPECT_EQ(state().problems, 0U) << shown();
}

TEST_F(Files, a_file_that_becomes_unreadable_is_not_deleted_at_the_hub) {
  SpawnOptions as_a_user;
  as_a_user.obey_permissions = true;
  bridge.start_with(as_a_user);
  save("001-a/README.md", spec_text("A"));
  save("002-b/README.md", spec_text("B"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  ::chmod((specs / "001-a").c_str(), 0);
  save("002-b/README.md", spec_text("B", "Edited.\n"));
  ASSERT_TRUE(arrives("002-b/README.md"));
  ASSERT_EQ(bridge.command({"flush"}).code, 0);
  ASSERT_TRUE(says("001-a"));
  // No event tells of what does not happen: more than twice the time for which a delete is held.
  EXPECT_TRUE(holds_for(std::chrono::seconds(5), [&] { return !hub.hash(project, "001-a/README.md").empty(); }));
  ::chmod((specs / "001-a").c_str(), 0755);
  EXPECT_TRUE(lives());
}

TEST_F(Files, a_file_that_is_not_utf8_arrives_byte_for_byte) {
  const std::string bytes = "---\nstatus: planned\n---\n# Caf\xe9\n\n\xff\xfe\x80 and NUL \x01\n" + std::string("\0.", 2);
  save("001-latin/README.md", bytes);
  save("002-plain/README.md", spec_text("Plain"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  EXPECT_TRUE(same("001-latin/README.md")) << hub.hash(project, "001-latin/README.md");
  EXPECT_EQ(hub.specs(project), 2U);
  for (const char* page : {"", "/raw", "/history", "/validation", "/tokens"}) {
    EXPECT_EQ(hub.client().get("/api/projects/demo/specs/001-latin" + std::string(page)).status, 200) << page;
  }
  EXPECT_EQ(hub.client().get("/api/projects/demo/search?q=Caf").status, 200);
}

TEST_F(Files, a_name_that_is_not_utf8_is_named_and_the_others_go_on) {
  save("001-a/README.md", spec_text("A"));
  save("001-a/caf\xe9.md", "# Latin-1 in the name\n");
  ASSERT_NO_FATAL_FAILURE(start_all());
  EXPECT_TRUE(same("001-a/README.md"));
  EXPECT_GE(state().problems, 1U) << shown();
  EXPECT_THAT(shown(), HasSubstr("001-a/caf"));
}

TEST_F(Files, a_file_of_70_megabytes_is_held_and_named_and_syncs_when_it_has_shrunk) {
  save("001-small/README.md", spec_text("Small"));
  save("002-large/README.md", spec_text("Large"));
  fs::resize_file(specs / "002-large/README.md", std::uintmax_t{70} * 1024 * 1024);
  ASSERT_NO_FATAL_FAILURE(prepare());
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(arrives("001-small/README.md"));
  ASSERT_TRUE(says("002-large/README.md"));
  EXPECT_THAT(bridge.why(specs / "002-large/README.md"), HasSubstr("64"));
  save("002-large/README.md", spec_text("Large no more"));
  EXPECT_TRUE(arrives("002-large/README.md"));
  EXPECT_TRUE(lives());
  EXPECT_EQ(state().problems, 0U) << shown();
}

TEST_F(Files, a_file_of_five_megabytes_travels_in_parts) {
  std::string text = spec_text("Long");
  for (int line = 0; text.size() < 5U * 1024 * 1024; ++line)
    text += "Line " + std::to_string(line * 7919 % 1000003) + " of a long story.\n";
  save("001-long/README.md", text);
  ASSERT_NO_FATAL_FAILURE(start_all());
  const auto hash_of_head = [&] {
    const auto versions = hub.history(project, "001-long/README.md");
    return versions.empty() ? std::string() : versions.front().hash;
  };
  EXPECT_EQ(hash_of_head(), sha256_hex(text));
  text += "One line more.\n";
  save("001-long/README.md", text);
  EXPECT_TRUE(wait_until([&] { return hash_of_head() == sha256_hex(text); }));
}

TEST_F(Files, links_in_circles_and_out_of_the_tree_are_not_followed) {
  save_in_place(scratch / "outside/secret.md", "# Nobody's business\n");
  save("001-a/README.md", spec_text("A"));
  fs::create_directory_symlink(scratch / "outside", specs / "002-link-out");
  fs::create_symlink(scratch / "outside/secret.md", specs / "001-a/secret.md");
  fs::create_directory_symlink(specs, specs / "001-a/circle");
  fs::create_symlink("self", specs / "001-a/self");
  ASSERT_NO_FATAL_FAILURE(start_all());
  EXPECT_EQ(state().in_sync, 1U) << shown();
  EXPECT_THAT(hub.spec_ids(project), ElementsAre("001-a"));
  EXPECT_FALSE(hub.file(project, "001-a/secret.md"));
  EXPECT_THAT(bridge.why(specs / "001-a/secret.md"), HasSubstr("link"));
  fs::remove(specs / "001-a/secret.md");
  save("001-a/secret.md", "# Ours now\n");
  EXPECT_TRUE(arrives("001-a/secret.md"));
}

TEST_F(Files, a_file_becomes_a_folder_and_a_folder_a_file) {
  save("001-a/README.md", spec_text("A"));
  save("001-a/notes.md", "# A file\n");
  save("002-b/README.md", spec_text("B"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  fs::remove(specs / "001-a/notes.md");
  save("001-a/notes.md/README.md", "# Now in a folder\n");
  fs::remove_all(specs / "002-b");
  save_in_place(specs / "002-b", "a file in the folder's place\n");
  ASSERT_TRUE(wait_until([&] { return state().live() && state().in_sync == 3 && state().problems == 0; })) << shown();
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 1; }));
  fs::remove_all(specs / "001-a/notes.md");
  save("001-a/notes.md", "# A file again\n");
  fs::remove(specs / "002-b");
  save("002-b/README.md", spec_text("B is back"));
  EXPECT_TRUE(arrives("001-a/notes.md"));
  EXPECT_TRUE(arrives("002-b/README.md"));
  EXPECT_TRUE(lives());
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

TEST_F(Files, a_rename_and_a_move_keep_the_history) {
  save("001-a/README.md", spec_text("A", "A text that is long enough to be known again by what it says.\n"));
  save("001-a/old-name.md", "# Notes\n\nWith so many words that nobody takes this file for another one, ever.\n");
  ASSERT_NO_FATAL_FAILURE(start_all());
  save("001-a/old-name.md", on_disk("001-a/old-name.md") + "A second version.\n");
  ASSERT_TRUE(arrives("001-a/old-name.md"));
  fs::rename(specs / "001-a/old-name.md", specs / "001-a/new-name.md");
  ASSERT_TRUE(arrives("001-a/new-name.md"));
  EXPECT_THAT(hub.history(project, "001-a/new-name.md"), SizeIs(3));
  fs::rename(specs / "001-a", specs / "002-moved");
  ASSERT_TRUE(arrives("002-moved/new-name.md"));
  ASSERT_TRUE(arrives("002-moved/README.md"));
  EXPECT_THAT(hub.history(project, "002-moved/new-name.md"), SizeIs(4));
  EXPECT_THAT(hub.spec_ids(project), ElementsAre("002-moved"));
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

}  // namespace
}  // namespace leanspec::e2e
