#include "tests/layering/house_rules.h"

#include <gtest/gtest.h>

#include <iostream>

namespace leanspec::layering {
namespace {

TEST(HouseRules, a_name_that_says_nothing_is_found_and_longer_words_are_not) {
  for (const char* path : {"src/net/utils.cpp", "src/common/a.h", "src/net/socket_helper.h", "web/src/lib/common.ts",
                           "src/hub/session_manager.cpp"}) {
    EXPECT_NE(empty_word_in(path), "") << path;
  }
  for (const char* path : {"src/net/commonmark.cpp", "src/sync/utilisation.h", "web/src/uncommon.ts"}) {
    EXPECT_EQ(empty_word_in(path), "") << path;
  }
}

TEST(HouseRules, a_double_colon_cast_in_sql_is_found_and_one_in_other_text_is_not) {
  EXPECT_EQ(lint_sql_casts("a.cpp", tokens_of("auto s = R\"(SELECT $1::text)\";")).size(), 1U);
  EXPECT_TRUE(
      lint_sql_casts("a.cpp",
                     tokens_of("auto s = \"std::string\"; auto t = \"SELECT CAST($1 AS TEXT)\"; std::vector<int> v;"))
          .empty());
}

class FilesOfTheHouse : public testing::Test {
 protected:
  static std::vector<std::string> sources() {
    auto files = files_below(source_root(), "src", {".h", ".cpp", ".sql"});
    for (const std::string_view folder : {"tests", "web/src", "proto"}) {
      const auto more =
          files_below(source_root(), folder, {".h", ".cpp", ".ts", ".svelte", ".css", ".mjs", ".js", ".proto"});
      files.insert(files.end(), more.begin(), more.end());
    }
    return files;
  }
};

TEST_F(FilesOfTheHouse, every_file_name_says_what_the_file_is) {
  for (const auto& file : sources()) {
    EXPECT_EQ(empty_word_in(file), "") << file;
  }
}

TEST_F(FilesOfTheHouse, sql_casts_are_written_so_that_both_databases_read_them) {
  std::vector<Finding> findings;
  for (const auto& file : files_below(source_root(), "src/store", {".h", ".cpp"})) {
    const auto found = lint_sql_casts(file, tokens_of(read_source(source_root() / file)));
    findings.insert(findings.end(), found.begin(), found.end());
  }
  for (const auto& file : files_below(source_root(), "src/store", {".sql"})) {
    EXPECT_EQ(read_source(source_root() / file).find("::"), std::string::npos) << file;
  }
  EXPECT_TRUE(findings.empty()) << to_string(findings);
}

TEST_F(FilesOfTheHouse, no_file_outgrows_one_noun) {
  for (const auto& file : sources()) {
    const auto lines = count_lines(read_source(source_root() / file));
    if (lines > lines_expected_max) {
      std::cout << "long file: " << lines << " lines  " << file << "\n";
    }
    const bool is_product = file.starts_with("src/") && file.find("_test.") == std::string::npos &&
                            file.find("_table") == std::string::npos;
    EXPECT_TRUE(!is_product || lines <= lines_allowed_max) << file << " has " << lines << " lines";
  }
}

}  // namespace
}  // namespace leanspec::layering
