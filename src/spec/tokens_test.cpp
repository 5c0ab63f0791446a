#include "spec/tokens.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/fakes/corpus.h"

namespace leanspec::spec {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string_view body_of(std::string_view file) {
  std::string_view body = file.substr(file.find("\n---", 3) + 4);
  while (body.starts_with('\n')) body.remove_prefix(1);
  return body;
}

// Expected counts are those of the encoding's own implementation.
TEST(Tokens, texts_count_as_the_reference_counts_them) {
  struct Row {
    std::string text;
    std::size_t tokens;
  };
  const Row rows[] = {
      {"", 0},
      {"Hello, world!", 4},
      {"I'm don't we'll THEY'RE it'\xC5\xBF", 12},
      {repeated("a", 1000), 125},
      {"1234567890", 4},
      {"  leading and trailing  ", 5},
      {"x\n\n  y", 4},
      {"中文分词测试", 6},
      {"😀😀😀", 6},
      {"<|endoftext|>a<|fim_prefix|>", 3},
      {"\t\t\tcode();\r\n\r\n", 3},
      {" !?  !", 4},
      {repeated(" ", 300), 3},
      {"\u00a0word\u3000字", 4},
      {"ab12cd345678", 5},
  };
  for (const Row& row : rows) EXPECT_EQ(count_tokens(row.text), row.tokens) << row.text;
}

TEST(Tokens, badges_change_just_above_their_thresholds) {
  EXPECT_EQ(token_status(0), TokenStatus::optimal);
  EXPECT_EQ(token_status(2000), TokenStatus::optimal);
  EXPECT_EQ(token_status(2001), TokenStatus::good);
  EXPECT_EQ(token_status(3500), TokenStatus::good);
  EXPECT_EQ(token_status(3501), TokenStatus::warning);
  EXPECT_EQ(token_status(5000), TokenStatus::warning);
  EXPECT_EQ(token_status(5001), TokenStatus::critical);
}

TEST(Tokens, content_holds_the_line_break_that_the_body_does_not) {
  const std::string file = "---\nstatus: planned\n---\n\n# Title\n\ntext\n";
  const TokenReport report = count_spec_tokens(file, body_of(file));
  EXPECT_EQ(report.content, report.body + 1);
  EXPECT_EQ(report.title, count_tokens("# Title"));
  EXPECT_EQ(report.frontmatter, count_tokens("---\nstatus: planned\n---"));
}

TEST(Tokens, a_file_without_frontmatter_is_all_content) {
  const std::string file = "# Title\n\n- [x] done\n\n```\ncode\n```\n";
  const TokenReport report = count_spec_tokens(file, file);
  EXPECT_EQ(report.content, report.file);
  EXPECT_EQ(report.frontmatter, 0u);
  EXPECT_EQ(report.title, 0u);
  EXPECT_EQ(report.checklists, count_tokens("- [x] done"));
  EXPECT_EQ(report.code_blocks, count_tokens("```\ncode\n```"));
  EXPECT_EQ(report.prose, 0u);
}

// Figures of the published LeanSpec server 0.2.28 for the same files.
TEST(Tokens, specs_of_the_corpus_count_as_leanspec_counts_them) {
  struct Row {
    const char* id;
    std::size_t body, file, frontmatter, content, title, code_blocks, checklists, prose, sections, in_sections;
  };
  const Row rows[] = {
      {"082-web-realtime-sync-architecture", 4300, 4486, 186, 4301, 8, 764, 886, 2442, 5, 3456},
      {"193-frontend-ui-parity", 16191, 16325, 134, 16192, 22, 2185, 5954, 7285, 8, 13870},
      {"001-typescript-cli-migration", 238, 277, 39, 239, 6, 0, 0, 208, 4, 186},
      {"123-ai-coding-agent-integration", 2798, 2986, 188, 2799, 11, 894, 296, 1479, 6, 1712},
      {"158-persistent-agent-sessions", 4986, 5115, 129, 4987, 11, 1686, 502, 2556, 6, 3131},
      {"054-validate-output-lint-style", 1337, 1479, 142, 1338, 7, 265, 190, 808, 5, 999},
      {"373-tui-polish-scrollbar-theme-board", 3382, 3557, 175, 3383, 14, 382, 899, 1987, 6, 2967},
      {"206-desktop-navigation-seamless-integration", 1771, 1918, 147, 1772, 5, 296, 468, 896, 5, 1453},
      {"249-sessions-sidebar-unified-ux", 2690, 2805, 115, 2691, 7, 1550, 271, 741, 7, 1101},
      {"081-web-app-ux-redesign", 7568, 7751, 183, 7569, 8, 2488, 1644, 3155, 5, 4957},
      {"048-spec-complexity-analysis", 968, 1116, 148, 969, 6, 96, 0, 787, 6, 793},
      {"037-docs-overhaul", 1132, 1297, 165, 1133, 7, 0, 215, 803, 5, 1061},
  };
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.id);
    const std::string file = tests::read_file(*corpus / "leanspec" / "specs" / row.id / "README.md");
    const TokenReport report = count_spec_tokens(file, body_of(file));
    EXPECT_EQ(report.body, row.body);
    EXPECT_EQ(report.file, row.file);
    EXPECT_EQ(report.frontmatter, row.frontmatter);
    EXPECT_EQ(report.content, row.content);
    EXPECT_EQ(report.title, row.title);
    EXPECT_EQ(report.code_blocks, row.code_blocks);
    EXPECT_EQ(report.checklists, row.checklists);
    EXPECT_EQ(report.prose, row.prose);
    EXPECT_EQ(report.sections.size(), row.sections);
    std::size_t in_sections = 0;
    for (const TokenSection& section : report.sections) in_sections += section.tokens;
    EXPECT_EQ(in_sections, row.in_sections);
  }
}

TEST(Tokens, the_whole_corpus_adds_up_to_leanspecs_sums) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  TokenReport sum;
  for (const tests::CorpusFile& file : tests::corpus_files(*corpus)) {
    if (!file.path.ends_with("/README.md")) continue;
    const TokenReport report = count_spec_tokens(file.bytes, body_of(file.bytes));
    sum.body += report.body;
    sum.file += report.file;
    sum.prose += report.prose;
    sum.code_blocks += report.code_blocks;
    sum.checklists += report.checklists;
  }
  EXPECT_EQ(sum.body, 893030u);
  EXPECT_EQ(sum.file, 944449u);
  EXPECT_EQ(sum.prose, 450730u);
  EXPECT_EQ(sum.code_blocks, 225191u);
  EXPECT_EQ(sum.checklists, 170922u);
}

TEST(Tokens, over_the_counted_size_the_rest_is_estimated) {
  const std::string half = repeated("word ", counted_bytes_max / 5 + 1).substr(0, counted_bytes_max);
  const std::size_t counted = count_tokens(half);
  const std::size_t estimated = count_tokens(half + half);
  EXPECT_EQ(estimated, 2 * counted);
}

}  // namespace
}  // namespace leanspec::spec
