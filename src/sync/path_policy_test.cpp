#include "sync/path_policy.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sync/normal_form.h"
#include "text/utf8.h"

namespace leanspec::sync {
namespace {

std::string folders(std::size_t count) {
  std::string path;
  for (std::size_t i = 0; i < count; ++i) path += "d/";
  return path + "f.md";
}

TEST(path_policy, takes_what_every_system_can_hold) {
  const std::vector<std::string> paths = {
      "README.md",
      "082-web-sync/README.md",
      "a b/c d.md",
      "日本語/設計.md",
      "été.md",
      "emoji-✔️.md",
      ".hidden",
      ".gitignore",
      ".github/x.yml",
      "com.md",
      "com10.md",
      "console.md",
      "lpt.txt",
      "a..b",
      "...a",
      "git~2",
      std::string(255, 'x'),
      folders(path_depth_max),
      std::string(255, 'a') + "/" + std::string(255, 'b') + "/" + std::string(255, 'c') + "/" +
          std::string(256 - 1, 'd') + "/",
  };
  for (auto path : paths) {
    if (path.back() == '/') path.pop_back();
    EXPECT_TRUE(check_path(path)) << path;
  }
}

TEST(path_policy, refuses_hostile_and_unportable_paths_with_a_reason) {
  const std::vector<std::string> paths = {
      "",
      "/",
      "/etc/passwd",
      "a/",
      "a//b",
      ".",
      "..",
      "../x",
      "a/../b",
      "a/./b",
      "C:/x",
      "C:",
      "f.md:stream",
      "\\\\server\\share",
      "a\\b",
      ".git/hooks/x",
      ".GIT/config",
      "x/.git",
      ".hg/x",
      ".svn/x",
      ".jj/x",
      "GIT~1/x",
      ".leanspec-sync/x",
      ".LeanSpec-Sync/x",
      "con",
      "CON.md",
      "nul.tar.gz",
      "aux .md",
      "d/prn",
      "COM1",
      "lpt9.txt",
      "com\u00B9",
      "CONIN$",
      "trailing.",
      "trailing ",
      "dir./f",
      "dir /f",
      "a<b",
      "a>b",
      "a\"b",
      "a|b",
      "a?b",
      "a*b",
      std::string("nul\0byte", 8),
      "tab\tname",
      "line\nfeed",
      "del\x7F",
      "c1\u0085",
      "rtl\u202Egnp.md",
      "zero\u200Bwidth",
      "join\u200Der",
      "bom\uFEFF",
      "soft\u00ADhyphen",
      "isolate\u2066x",
      "tag\U000E0041",
      "bad\xFFutf8",
      "overlong\xC0\xAF",
      "surrogate\xED\xA0\x80",
      "cut\xE2\x82",
      "beyond\xF4\x90\x80\x80",
      std::string(256, 'x'),
      folders(path_depth_max + 1),
  };
  for (const auto& path : paths) {
    const auto status = check_path(path);
    ASSERT_FALSE(status) << path;
    EXPECT_EQ(status.error().code, ErrorCode::invalid);
    EXPECT_FALSE(status.error().what.empty());
  }
}

TEST(path_policy, holds_the_length_at_the_bound) {
  std::string path;
  while (path.size() < path_bytes_max) path += path.size() % 100 == 99 ? '/' : 'x';
  if (path.back() == '/') path.back() = 'x';
  EXPECT_TRUE(check_path(path));
  EXPECT_FALSE(check_path(path + "x"));
}

TEST(path_policy, spellings_that_one_disk_cannot_keep_apart_share_a_key) {
  const std::vector<std::pair<std::string, std::string>> same = {{"README.md", "readme.MD"},
                                                                 {"ÉTÉ", "été"},
                                                                 {"ŠŽ", "šž"},
                                                                 {"Ÿ", "ÿ"},
                                                                 {"ΣΑΣ", "σας"},
                                                                 {"ЁЖ", "ёж"},
                                                                 {"ԱՖ", "աֆ"},
                                                                 {"ＡＺ", "ａｚ"},
                                                                 {"Ế", "ế"},
                                                                 {"caf\u00E9.md", "cafe\u0301.md"},
                                                                 {"\u01D6", "U\u0308\u0304"},
                                                                 {"\uD55C", "\u1112\u1161\u11AB"}};
  for (const auto& [a, b] : same) EXPECT_EQ(collision_key(a), collision_key(b)) << a;
  const std::vector<std::pair<std::string, std::string>> different = {
      {"a", "b"}, {"e", "é"}, {"×", "÷"}, {"日", "曰"}, {"a\xFF", "a\xFE"}};
  for (const auto& [a, b] : different) EXPECT_NE(collision_key(a), collision_key(b)) << a;
}

TEST(path_policy, the_key_of_a_key_is_itself_for_every_character) {
  for (char32_t point = 1; point < 0x10000; ++point) {
    if (point >= 0xD800 && point < 0xE000) continue;
    std::string name;
    text::append_code_point(name, point);
    const auto key = collision_key(name);
    ASSERT_EQ(collision_key(key), key) << std::hex << static_cast<std::uint32_t>(point);
    ASSERT_EQ(collision_key(composed(name)), key) << std::hex << static_cast<std::uint32_t>(point);
    ASSERT_EQ(collision_key(taken_apart(name)), key) << std::hex << static_cast<std::uint32_t>(point);
  }
}

TEST(path_policy, laws_hold_for_any_bytes) {
  EXPECT_TRUE(rc::check("path policy", [](const std::string& bytes) {
    const auto key = collision_key(bytes);
    RC_ASSERT(collision_key(key) == key);
    if (!check_path(bytes)) return;
    RC_ASSERT(bytes.size() <= path_bytes_max);
    RC_ASSERT(bytes.front() != '/');
    RC_ASSERT(("/" + bytes + "/").find("/../") == std::string::npos);
  }));
}

}  // namespace
}  // namespace leanspec::sync
