#include "hub/mirrors/repository_place.h"

#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

RepositoryPlace place(std::string_view text) {
  auto parsed = parse_repository_place(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().sentence();
  return parsed ? *parsed : RepositoryPlace();
}

TEST(RepositoryPlace, is_understood_in_the_ways_in_which_people_write_it) {
  for (const char* text :
       {"codervisor/lean-spec", "https://github.com/codervisor/lean-spec",
        "https://github.com/codervisor/lean-spec.git", "https://www.github.com/codervisor/lean-spec/",
        "git@github.com:codervisor/lean-spec.git", "github.com/codervisor/lean-spec",
        "https://GitHub.com/codervisor/lean-spec?tab=readme#top"}) {
    EXPECT_EQ(place(text).full_name(), "codervisor/lean-spec") << text;
    EXPECT_EQ(place(text).api_url(), "https://api.github.com") << text;
    EXPECT_EQ(place(text).web_url(), "https://github.com/codervisor/lean-spec") << text;
  }
}

TEST(RepositoryPlace, a_link_to_a_folder_names_branch_and_folder) {
  const auto there = place("https://github.com/a/b/tree/develop/docs/specs");
  EXPECT_EQ(there.branch, "develop");
  EXPECT_EQ(there.folder, "docs/specs");
}

TEST(RepositoryPlace, another_host_is_an_enterprise_server) {
  EXPECT_EQ(place("https://git.example.com:8443/a/b").api_url(), "https://git.example.com:8443/api/v3");
}

TEST(RepositoryPlace, what_names_no_repository_is_refused_in_words) {
  for (const char* text :
       {"", "a", "https://github.com", "https://github.com/a", "ftp://github.com/a/b", "a/..", "a b/c",
        "https://user:secret@github.com/a/b", "-a/b", "a/b/issues/3", "a/b/tree", "a/b/tree/x/../../y",
        "https://exa mple/a/b", "file:///etc/passwd", "git@github.com/a/b", "a/b%2e"}) {
    const auto parsed = parse_repository_place(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid) << text;
    EXPECT_EQ(parsed.error().sentence().find("secret"), std::string::npos);
  }
  EXPECT_FALSE(parse_repository_place(std::string(3000, 'a')));
}

TEST(RepositoryPlace, folders_stay_inside_the_repository) {
  EXPECT_EQ(*parse_repository_folder("/docs//specs/"), "docs/specs");
  EXPECT_EQ(*parse_repository_folder("/"), "");
  EXPECT_FALSE(parse_repository_folder("docs/../../etc"));
  EXPECT_FALSE(parse_repository_folder(".git/hooks"));
}

TEST(RepositoryPlace, branches_have_names_that_git_allows) {
  for (const char* name : {"main", "feature/x", "v1.2", "ünïcode"}) EXPECT_TRUE(check_branch_name(name)) << name;
  for (const char* name : {"", "a..b", "a b", "-x", "a~1", "a^", "a:b", "x.lock", "/a", "a/", "a@{1}", "a\nb", "a/.b"})
    EXPECT_FALSE(check_branch_name(name)) << name;
}

}  // namespace
}  // namespace leanspec::hub::mirrors
