#include "hub/mirrors/git_wire.h"

#include <gtest/gtest.h>

namespace leanspec::hub::mirrors {
namespace {

const std::string id(40, 'a');

std::string line(const std::string& text) {
  char length[5];
  std::snprintf(length, sizeof length, "%04zx", text.size() + 4);
  return length + text;
}

TEST(GitWire, a_server_says_what_it_can_do) {
  const std::string capabilities = line("version 2\n") + line("agent=git/2.39.5\n") + line("ls-refs=unborn\n") +
                                   line("fetch=shallow wait-for-done filter\n") + line("object-format=sha256\n") +
                                   "0000";
  const auto server = parse_git_advertisement(line("# service=git-upload-pack\n") + "0000" + capabilities);
  ASSERT_TRUE(server) << server.error().sentence();
  EXPECT_TRUE(server->filters);
  EXPECT_EQ(server->hash, digest::GitHash::sha256);
  EXPECT_EQ(*parse_git_advertisement(capabilities), *server);
  EXPECT_FALSE(parse_git_advertisement(line("version 2\n") + line("fetch=shallow filters\n") + "0000")->filters);
}

TEST(GitWire, what_is_no_git_server_or_an_old_one_is_said_in_words) {
  EXPECT_EQ(parse_git_advertisement("<html>").error().code, ErrorCode::not_found);
  EXPECT_EQ(parse_git_advertisement("").error().code, ErrorCode::not_found);
  EXPECT_EQ(parse_git_advertisement("0000").error().code, ErrorCode::not_found);
  EXPECT_EQ(parse_git_advertisement(line("version 2\n") + line("ls-refs\n") + "0000").error().code,
            ErrorCode::not_found);
  EXPECT_EQ(parse_git_advertisement(line("# service=git-upload-pack\n") + "0000" + line(id + " HEAD\n")).error().code,
            ErrorCode::unsupported);
  EXPECT_EQ(parse_git_advertisement(line("version 2\n")).error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_git_advertisement(line("ERR no access\x1B[2J")).error().what, "the git server says: no access [2J");
}

TEST(GitWire, names_are_read_with_what_they_stand_for) {
  const auto refs = parse_git_refs(line(id + " HEAD symref-target:refs/heads/main\n") + line(id + " refs/heads/main") +
                                   line("unborn refs/heads/new\n") + "0000");
  ASSERT_TRUE(refs);
  EXPECT_EQ(*refs, (std::vector<GitRef>{{"HEAD", GitId{id}, "refs/heads/main"}, {"refs/heads/main", GitId{id}, ""}}));
  EXPECT_FALSE(parse_git_refs(line(id + " refs/heads/main")));
  EXPECT_FALSE(parse_git_refs("zzzz"));
  EXPECT_FALSE(parse_git_refs("00"));
}

TEST(GitWire, a_fetch_asks_for_one_commit_and_what_is_new) {
  GitFetch fetch{{GitId{id}}, {GitId{std::string(40, 'b')}}, true, "blob:none"};
  const std::string question = git_fetch_question({}, fetch);
  EXPECT_EQ(question, line("command=fetch\n") + line("agent=leanspec-hub\n") + line("object-format=sha1\n") + "0001" +
                          line("no-progress\n") + line("ofs-delta\n") + line("deepen 1\n") +
                          line("filter blob:none\n") + line("want " + id + "\n") +
                          line("have " + std::string(40, 'b') + "\n") + line("done\n") + "0000");
}

TEST(GitWire, the_pack_is_put_together_from_its_band) {
  const std::string start = line("shallow-info\n") + line("shallow " + id) + "0001" + line("packfile\n");
  EXPECT_EQ(*parse_git_fetch(start + line("\1PA") + line("\2counting\n") + line("\1CK") + "0000"), "PACK");
  EXPECT_EQ(parse_git_fetch(start + line("\1PA") + line("\3out of disk\n") + "0000").error().code,
            ErrorCode::unavailable);
  EXPECT_EQ(parse_git_fetch(start + line("\1PA")).error().code, ErrorCode::corrupt) << "cut short";
  EXPECT_EQ(parse_git_fetch(line("acknowledgments\n") + "0000").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_git_fetch(line("ERR upload-pack: not our ref " + id)).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace leanspec::hub::mirrors
