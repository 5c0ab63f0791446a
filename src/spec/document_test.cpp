#include "spec/document.h"

#include <gtest/gtest.h>

#include <string>

#include "digest/sha256.h"
#include "text/utf8.h"

namespace leanspec::spec {
namespace {

std::shared_ptr<const Spec> parse(std::string path, std::string bytes) {
  SourceFile file;
  file.path = std::move(path);
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return parse_spec(std::move(file));
}

const std::string head = "---\nstatus: planned\ncreated: 2025-11-14\n---\n";

TEST(Document, a_readme_becomes_a_spec) {
  const auto spec = parse("archived/082-web-sync/README.md", head + "\n# Web Sync\n\nText\n");
  EXPECT_EQ(spec->id, "082-web-sync");
  EXPECT_EQ(spec->number, 82U);
  EXPECT_EQ(spec->name, "web-sync");
  EXPECT_EQ(spec->folder, "archived/082-web-sync");
  EXPECT_EQ(spec->title, "Web Sync");
  EXPECT_EQ(spec->body(), "# Web Sync\n\nText\n");
  EXPECT_EQ(spec->body_line, 6U);
  EXPECT_EQ(spec->body_digest, digest::sha256("# Web Sync\n\nText\n"));
  EXPECT_TRUE(spec->findings.empty());
}

TEST(Document, the_title_is_the_first_line_of_that_form_else_the_folder) {
  EXPECT_EQ(parse("1-a/README.md", head + "> quote\n\n#  Spaced `code` \r\n# Second\n")->title, "Spaced `code`");
  EXPECT_EQ(parse("1-a/README.md", head + "## Only a section\n#no\n#\n# \n")->title, "1-a");
  EXPECT_EQ(parse("1-a/README.md", "")->title, "1-a");
  EXPECT_EQ(parse("1-a/README.md", "# No frontmatter\n")->title, "No frontmatter");
}

TEST(Document, a_title_of_megabytes_is_cut_at_a_character) {
  std::string text = "# a";
  while (text.size() < 3'000'000) text += "\xC3\xA4";
  const auto spec = parse("1-a/README.md", head + text + "\n");
  EXPECT_LE(spec->title.size(), title_bytes_max + 3);
  EXPECT_TRUE(spec->title.ends_with("\xE2\x80\xA6"));
  EXPECT_EQ(text::first_invalid_utf8(spec->title), std::nullopt);
  EXPECT_EQ(parse("1-a/README.md", head + "# " + std::string(title_bytes_max, 'x'))->title,
            std::string(title_bytes_max, 'x'));
}

TEST(Document, bytes_that_are_no_text_are_flagged_and_the_rest_is_read) {
  const auto spec = parse("1-a/README.md", head + std::string("# T\xFF\n\nok\n\0\n", 11));
  EXPECT_EQ(spec->status, SpecStatus::planned);
  EXPECT_EQ(spec->title, "T\xEF\xBF\xBD");
  ASSERT_EQ(spec->findings.size(), 2U);
  EXPECT_EQ(spec->findings[0].kind, "encoding");
  EXPECT_EQ(spec->findings[0].line, 5U);
  EXPECT_EQ(spec->findings[1].line, 8U);
  EXPECT_EQ(spec->body().size(), 11U);
}

TEST(Document, a_missing_body_is_an_empty_file) {
  SourceFile file;
  file.path = "1-a/README.md";
  const auto spec = parse_spec(std::move(file));
  EXPECT_FALSE(spec->frontmatter_ok);
  EXPECT_EQ(spec->body(), "");
}

TEST(Document, sub_specs_have_the_names_of_leanspec) {
  const auto name = [](std::string file) {
    SourceFile source;
    source.path = "1-a/" + file;
    return make_sub_spec(std::move(source), "1-a");
  };
  EXPECT_EQ(name("DATABASE.md").name, "Database");
  EXPECT_EQ(name("API_DESIGN-notes.md").name, "API Design Notes");
  EXPECT_EQ(name("API_DESIGN-notes.md").file, "API_DESIGN-notes.md");
  EXPECT_EQ(name("deep/x.md").file, "deep/x.md");
  EXPECT_TRUE(name("DESIGN.md").markdown);
  EXPECT_EQ(name("WORKFLOW.yml").name, "WORKFLOW.yml");
  EXPECT_FALSE(name("WORKFLOW.yml").markdown);
  EXPECT_FALSE(name("README.md.backup").markdown);
  EXPECT_EQ(name("--.md").name, "--");
}

}  // namespace
}  // namespace leanspec::spec
