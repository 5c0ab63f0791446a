#include "sync/ignore_rules.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace leanspec::sync {
namespace {

struct Row {
  const char* description;
  const char* rules;
  const char* path;
  bool folder;
  const char* by;  ///< the rule that keeps it out; null: synced
};

TEST(ignore_rules, gitignore_syntax_table) {
  const Row rows[] = {
      {"a name matches at any depth", "notes.md", "a/b/notes.md", false, "notes.md"},
      {"a leading slash anchors", "/notes.md", "a/notes.md", false, nullptr},
      {"a slash in the middle anchors", "a/notes.md", "b/a/notes.md", false, nullptr},
      {"a trailing slash means folders only", "drafts/", "drafts", false, nullptr},
      {"what is in an ignored folder is ignored", "drafts/", "x/drafts/y/z.md", false, "drafts/"},
      {"a file in an ignored folder cannot be brought back", "drafts/\n!drafts/keep.md", "drafts/keep.md", false,
       "drafts/"},
      {"the last match decides", "*.md\n!README.md", "a/README.md", false, nullptr},
      {"and may ignore again", "*.md\n!README.md\nREADME.md", "a/README.md", false, "README.md"},
      {"a star stays within one component", "a/*.md", "a/b/c.md", false, nullptr},
      {"two stars cross components", "a/**/c.md", "a/b/d/c.md", false, "a/**/c.md"},
      {"two stars may stand for nothing", "a/**/c.md", "a/c.md", false, "a/**/c.md"},
      {"leading two stars", "**/c.md", "x/y/c.md", false, "**/c.md"},
      {"trailing two stars are the content", "a/**", "a/x", false, "a/**"},
      {"but not the folder", "a/**", "a", true, nullptr},
      {"a question mark is one character", "?.md", "ab.md", false, nullptr},
      {"classes", "[a-c]x", "bx", false, "[a-c]x"},
      {"negated classes", "[!a-c]x", "bx", false, nullptr},
      {"an escaped star is a star", "a\\*b", "a*b", false, "a\\*b"},
      {"a comment is no rule", "# notes.md", "# notes.md", false, nullptr},
      {"an escaped hash is", "\\#x", "#x", false, "\\#x"},
      {"an escaped exclamation mark", "\\!x", "!x", false, "\\!x"},
      {"trailing spaces are dropped", "x.md   ", "x.md", false, "x.md"},
      {"unless escaped", "x\\ ", "x ", false, "x\\ "},
      {"Windows line ends", "x.md\r\ny.md\r\n", "x.md", false, "x.md"},
      {"an unclosed bracket matches nothing", "[ab", "a", false, nullptr},
      {"only its middle is plain", "*mid*", "a/amidst", false, "*mid*"},
      {"and is not there", "*mid*", "a/min", false, nullptr},
      {"the plain part stands beside a class", "?[x-z]ab[!c]*", "nyabd", false, "?[x-z]ab[!c]*"},
      {"what looks plain is in a class", "*[abc]*", "xcx", false, "*[abc]*"},
      {"what is escaped is plain", "*\\*?", "a*b", false, "*\\*?"},
      {"nothing is plain", "*[0-9]?", "a/x1y", false, "*[0-9]?"},
  };
  for (const auto& row : rows) {
    const auto match = IgnoreRules{row.rules}.match(row.path, row.folder);
    EXPECT_EQ(match.has_value(), row.by != nullptr) << row.description;
    if (match && row.by != nullptr) {
      EXPECT_EQ(match->rule, row.by) << row.description;
    }
  }
}

TEST(ignore_rules, droppings_are_kept_out_and_real_files_are_not) {
  const IgnoreRules rules;
  for (const auto* path :
       {".git/config", "a/.git", ".hg/x", ".svn/y", ".jj/z", ".leanspec-sync/staged", "a/.README.md.swp",
        "a/README.md~", "a/.#README.md", "a/#README.md#", "a/4913", ".DS_Store", "a/Thumbs.db", "a/x.tmp",
        "a/README.md.bak", "a/README.md.tmp.4711.1763800000000", "a/.goutputstream-AB12"}) {
    EXPECT_TRUE(rules.match(path, false)) << path;
  }
  for (const auto* path : {"a/README.md.backup", "a/README.md", ".leanspecignore", "a/tmp/x.md", "a/b.gitignore",
                           "a/#1 first.md", "a/x.tmp.md"}) {
    EXPECT_FALSE(rules.match(path, false)) << path;
  }
}

TEST(ignore_rules, says_which_rule_and_where_it_stands) {
  const IgnoreRules rules{"# mine\n\ndrafts/\n"};
  EXPECT_EQ(rules.match("drafts/x.md", false), (IgnoreMatch{"drafts/", ".leanspecignore", 3}));
  EXPECT_EQ(rules.match("#x#", false), (IgnoreMatch{"#*#", "built in", 0}));
}

TEST(ignore_rules, droppings_can_be_brought_back_but_version_control_cannot) {
  const IgnoreRules rules{"!*.bak\n!.git\n!.leanspec-sync\n"};
  EXPECT_FALSE(rules.match("a.bak", false));
  EXPECT_TRUE(rules.match(".git/HEAD", false));
  EXPECT_TRUE(rules.match(".leanspec-sync/x", false));
}

TEST(ignore_rules, limits_drop_rules_and_say_so) {
  std::string many;
  for (std::size_t i = 0; i < IgnoreRules::rules_max + 5; ++i) many += "r" + std::to_string(i) + "\n";
  EXPECT_GT(IgnoreRules{many}.dropped(), 0U);
  EXPECT_EQ(IgnoreRules{std::string(IgnoreRules::pattern_bytes_max, 'a')}.dropped(), 0U);
  EXPECT_EQ(IgnoreRules{std::string(IgnoreRules::pattern_bytes_max + 1, 'a')}.dropped(), 1U);
  EXPECT_EQ(IgnoreRules{std::string(IgnoreRules::text_bytes_max + 1, '\n')}.dropped(), 1U);
}

TEST(ignore_rules, many_stars_do_not_take_long) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(IgnoreRules{pattern + "b"}.match(std::string(1000, 'a'), false));
  std::string folders = "x";
  for (int i = 0; i < 300; ++i) folders += "/**/a";
  EXPECT_FALSE(IgnoreRules{folders}.match("x" + std::string(900, '/') + "b", false));
}

// Where a rule is anchored the others are asked of every name: beside one no name is passed over.
TEST(ignore_rules, a_name_that_is_passed_over_is_one_that_no_rule_matches) {
  std::mt19937 random{43};
  const auto pick = [&](const auto& from) { return from[random() % std::size(from)]; };
  const std::vector<std::string> pieces{"a",   "b",    "ab", "*",   "?",           "**",  "[ab]", "[!a]",
                                        "\\*", "[]a]", "a*", "[a-", "[[:alpha:]]", "\\a", "[",    "]"};
  const std::vector<std::string> parts{"a", "b", "ab", "*", "[", "]", "\\", "c", "-"};
  const auto several = [&](const auto& from) {
    std::string text;
    for (auto more = 1 + random() % 4; more > 0; --more) text += pick(from);
    return text;
  };
  std::size_t matched = 0;
  for (int round = 0; round < 3'000; ++round) {
    const auto rule = several(pieces);
    const IgnoreRules rules{rule};
    const IgnoreRules beside_one{rule + "\n/nothing/is/here"};
    for (int i = 0; i < 20; ++i) {
      const auto name = several(parts);
      EXPECT_EQ(rules.match(name, false), beside_one.match(name, false)) << rule << " and " << name;
      if (rules.match(name, false)) ++matched;
    }
  }
  EXPECT_GT(matched, 5'000U);
}

/// Runs git with its input in a file; nothing when there is no git.
std::optional<std::string> git_says(const std::filesystem::path& folder, const std::string& command) {
  const auto line = "cd '" + folder.string() + "' && " + command + " 2>/dev/null";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  char buffer[4096];
  for (std::size_t got = 0; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, got);
  pclose(pipe);
  return output;
}

TEST(ignore_rules, agrees_with_git_check_ignore_on_random_rules) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("leanspec-ignore-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directories(folder);
  if (const auto made = git_says(folder, "git init -q . && echo made"); !made || *made != "made\n") {
    std::filesystem::remove_all(folder);
    GTEST_SKIP() << "git is not installed: no oracle for ignore rules";
  }
  std::mt19937 random{42};
  const auto pick = [&](const auto& from) { return from[random() % std::size(from)]; };
  const std::vector<std::string> pieces{"a",   "b",  "ab", "*",   "?",           "**",  "[ab]",  "[!a]",
                                        "\\*", "*b", "a*", "[a-", "[[:alpha:]]", "\\a", "a[/b]", ""};
  const std::vector<std::string> names{"a", "b", "ab", "ba", "aab", "*", "c", "abc"};
  for (int round = 0; round < 60; ++round) {
    std::string rules;
    for (int line = 0; line < 6; ++line) {
      if (random() % 4 == 0) rules += '!';
      if (random() % 5 == 0) rules += '/';
      for (auto parts = 1 + random() % 3; parts > 0; --parts) (rules += pick(pieces)) += parts > 1 ? "/" : "";
      if (random() % 4 == 0) rules += '/';
      if (random() % 8 == 0) rules += "  ";
      rules += '\n';
    }
    std::string paths;
    for (int i = 0; i < 40; ++i) {
      for (auto depth = 1 + random() % 4; depth > 0; --depth) (paths += pick(names)) += depth > 1 ? "/" : "\n";
    }
    std::ofstream{folder / ".git" / "info" / "exclude"} << rules;
    std::ofstream{folder / ".git" / "paths"} << paths;
    // No file exists, so git takes each path for a file, as we do here.
    const auto said = git_says(folder, "git check-ignore --no-index -v -n --stdin < .git/paths");
    ASSERT_TRUE(said);
    const IgnoreRules ours{rules};
    std::size_t lines = 0;
    std::string_view rest = *said;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      ++lines;
      const auto tab = line.find('\t');
      auto path = std::string{line.substr(tab + 1)};
      const auto source = line.substr(0, tab);
      const auto pattern =
          source.starts_with("::") ? std::string_view{} : source.substr(source.find(':', source.find(':') + 1) + 1);
      const bool ignored = !pattern.empty() && !pattern.starts_with('!');
      EXPECT_EQ(ours.match(path, false).has_value(), ignored) << path << " by '" << pattern << "' among\n" << rules;
    }
    EXPECT_EQ(lines, 40U);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace leanspec::sync
