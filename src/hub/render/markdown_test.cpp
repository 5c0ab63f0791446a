#include "hub/render/markdown.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/corpus.h"
#include "tests/fakes/harmless_html.h"
#include "text/utf8.h"

namespace leanspec::hub::render {
namespace {

std::string html_of(std::string_view markdown) {
  return render_markdown(markdown).html;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Markdown, writes_githubs_markdown) {
  struct Row {
    const char* markdown;
    const char* html;
  };
  const Row rows[] = {
      {"a **b** ~~c~~ `d<e>`", "<p>a <strong>b</strong> <del>c</del> <code>d&lt;e&gt;</code></p>\n"},
      {"```c++\nx < y\n```", "<pre><code class=\"language-c++\">x &lt; y\n</code></pre>\n"},
      {"| a | b |\n|:--|--:|\n| 1 | 2 |",
       "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
       "<td align=\"left\">1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>\n"},
      {"https://example.org/x",
       "<p><a href=\"https://example.org/x\" target=\"_blank\" rel=\"noopener "
       "noreferrer\">https://example.org/x</a></p>\n"},
      {"[x](./DESIGN.md \"t\")", "<p><a title=\"t\" href=\"./DESIGN.md\">x</a></p>\n"},
      {"[x](#plan)\n# Plan", "<p><a href=\"#plan\">x</a></p>\n<h1 id=\"plan\">\nPlan\n</h1>\n"},
      {"![x](https://example.org/a.png)",
       "<p><img alt=\"x\" src=\"https://example.org/a.png\" loading=\"lazy\"></p>\n"},
      {"<kbd>Ctrl</kbd> H<sub>2</sub>O<br/>x", "<p><kbd>Ctrl</kbd> H<sub>2</sub>O<br>x</p>\n"},
      {"<details open><summary>More</summary>\n\n**b**\n\n</details>",
       "<details open=\"\"><summary>More</summary>\n<p><strong>b</strong></p>\n</details>\n"},
      {"a &amp; b &lt; \"c\"", "<p>a &amp; b &lt; &quot;c&quot;</p>\n"},
  };
  for (const Row& row : rows) EXPECT_EQ(html_of(row.markdown), row.html) << row.markdown;
}

TEST(Markdown, headings_get_slugs_as_github_gives_them) {
  const auto rendered =
      render_markdown("# One & *Two*\n## `code` — C++!\n## `code` — C++!\n### 实时 同步\n# \nSet\n===\n# one--two");
  const std::vector<Heading> expected = {{1, "One & Two", "one--two", 1},
                                         {2, "code — C++!", "code--c", 2},
                                         {2, "code — C++!", "code--c-1", 3},
                                         {3, "实时 同步", "实时-同步", 4},
                                         {1, "", "section", 5},
                                         {1, "Set", "set", 6},
                                         {1, "one--two", "one--two-1", 8}};
  EXPECT_EQ(rendered.headings, expected);
  EXPECT_NE(rendered.html.find("<h3 id=\"实时-同步\">"), std::string::npos) << rendered.html;
}

TEST(Markdown, links_and_code_in_headings_keep_their_text) {
  EXPECT_EQ(html_of("# [a](https://example.org/long-enough-to-be-on-the-heap?and=more) `b` https://example.org/x"),
            "<h1 id=\"a-b-httpsexampleorgx\">\n<a href=\"https://example.org/long-enough-to-be-on-the-heap?and=more\" "
            "target=\"_blank\" rel=\"noopener noreferrer\">a</a> <code>b</code> <a href=\"https://example.org/x\" "
            "target=\"_blank\" rel=\"noopener noreferrer\">https://example.org/x</a>\n</h1>\n");
}

TEST(Markdown, checkboxes_know_their_line_in_the_file) {
  RenderOptions options;
  options.first_line = 10;
  const auto rendered =
      render_markdown("- [ ] one\n- [x] two\n- three\n  - [X] four\n\ntext\n\n1. [ ] five\n\n   more", options);
  EXPECT_EQ(rendered.tasks, (std::vector<Task>{{10, false}, {11, true}, {13, true}, {17, false}}));
  for (const char* part :
       {"<li class=\"task-list-item\"> <input type=\"checkbox\" data-task=\"0\" data-line=\"10\" disabled> one</li>",
        "<input type=\"checkbox\" data-task=\"1\" data-line=\"11\" checked disabled> two</li>", "<li>three\n",
        "data-line=\"13\" checked disabled> four</li>",
        "<p><input type=\"checkbox\" data-task=\"3\" data-line=\"17\" disabled> five</p>"}) {
    EXPECT_NE(rendered.html.find(part), std::string::npos) << part << "\n" << rendered.html;
  }
}

TEST(Markdown, links_between_specs_lead_to_pages_or_are_shown_as_broken) {
  RenderOptions options;
  options.resolve_link = [](std::string_view href) -> std::optional<std::string> {
    if (href == "../082-web-sync/README.md#design") return "/projects/p/specs/082-web-sync#design";
    if (href == "evil") return "javascript:alert(1)";
    return std::nullopt;
  };
  EXPECT_EQ(render_markdown("[a](../082-web-sync/README.md#design)", options).html,
            "<p><a href=\"/projects/p/specs/082-web-sync#design\">a</a></p>\n");
  EXPECT_EQ(render_markdown("[a](../gone)", options).html,
            "<p><span class=\"broken-link\" title=\"There is no ../gone here\">a</span></p>\n");
  EXPECT_EQ(render_markdown("<a href=\"../gone\">a</a>", options).html,
            "<p><span class=\"broken-link\" title=\"There is no ../gone here\">a</span></p>\n");
  EXPECT_EQ(render_markdown("[a](evil)", options).html, "<p><a>a</a></p>\n");
}

TEST(Markdown, footnotes_link_both_ways) {
  const std::string html = html_of("text[^1]\n\n[^1]: note");
  EXPECT_NE(html.find("href=\"#fn-1\""), std::string::npos) << html;
  EXPECT_NE(html.find("<li id=\"fn-1\">"), std::string::npos) << html;
  EXPECT_NE(html.find("id=\"fnref-1\""), std::string::npos) << html;
  EXPECT_NE(html.find("href=\"#fnref-1\""), std::string::npos) << html;
}

TEST(Markdown, raw_html_cannot_claim_what_the_renderer_marks) {
  const auto rendered =
      render_markdown("<h2 data-mark=\"h0\">x</h2> <input data-mark-0-=\"t0\">\n\n# Real\n\n- [x] done");
  EXPECT_EQ(rendered.html.find("<h2 id"), std::string::npos) << rendered.html;
  EXPECT_NE(rendered.html.find("<h1 id=\"real\">"), std::string::npos) << rendered.html;
  EXPECT_EQ(rendered.html.find("data-task"), rendered.html.rfind("data-task")) << rendered.html;
}

TEST(Markdown, ids_of_raw_html_stay_apart_and_are_found_by_links) {
  EXPECT_EQ(html_of("<a id=\"x\"></a>[to](#x)"),
            "<p><a id=\"user-content-x\"></a><a href=\"#user-content-x\">to</a></p>\n");
}

TEST(Markdown, a_picture_keeps_its_words_and_always_has_some_place_for_them) {
  struct Row {
    const char* markdown;
    const char* html;
  };
  const Row rows[] = {
      {"![a \"b\" <c> & *d*](https://e.org/a.png)",
       "<p><img alt=\"a &quot;b&quot; &lt;c&gt; &amp; d\" src=\"https://e.org/a.png\" loading=\"lazy\"></p>\n"},
      {"![](https://e.org/a.png)", "<p><img alt=\"\" src=\"https://e.org/a.png\" loading=\"lazy\"></p>\n"},
      {"<img src=\"https://e.org/a.png\" alt=\"raw\">",
       "<img alt=\"raw\" src=\"https://e.org/a.png\" loading=\"lazy\">\n"},
      {"x <img src=\"https://e.org/a.png\">", "<p>x <img alt=\"\" src=\"https://e.org/a.png\" loading=\"lazy\"></p>\n"},
      {"x <img title=\"t\" src=\"https://e.org/a.png\">",
       "<p>x <img title=\"t\" alt=\"t\" src=\"https://e.org/a.png\" loading=\"lazy\"></p>\n"},
      {"![what was there](javascript:x)", "<p>what was there</p>\n"},
  };
  for (const Row& row : rows) EXPECT_EQ(html_of(row.markdown), row.html) << row.markdown;
}

TEST(Markdown, the_whole_corpus_renders_clean_with_its_checkboxes_and_headings) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  std::size_t files = 0, tasks = 0, headings = 0;
  for (const tests::CorpusFile& file : tests::corpus_files(*corpus)) {
    if (!file.path.ends_with(".md")) continue;
    const auto rendered = render_markdown(file.bytes);
    EXPECT_FALSE(rendered.as_written) << file.path;
    EXPECT_EQ(tests::harmful_part(rendered.html), std::nullopt) << file.path;
    ++files;
    tasks += rendered.tasks.size();
    headings += rendered.headings.size();
    std::size_t boxes = 0;
    for (std::size_t at = rendered.html.find("data-task="); at != std::string::npos;
         at = rendered.html.find("data-task=", at + 1))
      ++boxes;
    EXPECT_EQ(boxes, rendered.tasks.size()) << file.path;
    for (const Heading& heading : rendered.headings) {
      EXPECT_NE(rendered.html.find("id=\"" + heading.slug + "\""), std::string::npos)
          << file.path << ": " << heading.slug;
    }
  }
  EXPECT_GT(files, 400u);
  EXPECT_GT(tasks, 9000u);
  EXPECT_GT(headings, 5000u);
}

TEST(Markdown, above_the_size_limit_a_text_is_shown_as_written) {
  const std::string at_limit = repeated("word\n", rendered_bytes_max / 5);
  EXPECT_FALSE(render_markdown(at_limit).as_written);
  const auto over = render_markdown(at_limit + "<script>");
  EXPECT_TRUE(over.as_written);
  EXPECT_FALSE(over.truncated);
  EXPECT_TRUE(over.html.ends_with("&lt;script&gt;</pre>"));
  const auto cut = render_markdown(repeated("字", shown_bytes_max / 3 + 10));
  EXPECT_TRUE(cut.truncated);
  EXPECT_TRUE(cut.html.ends_with("字</pre>"));
}

TEST(Markdown, nesting_is_followed_to_its_limit) {
  EXPECT_FALSE(render_markdown(repeated("> ", nesting_max - 2) + "x").as_written);
  EXPECT_TRUE(render_markdown(repeated("> ", nesting_max) + "x").as_written);
}

TEST(Markdown, a_footnote_over_several_lines_is_utf8) {
  const std::string bytes(30, '\xBE');
  const std::string name = "[^1" + bytes + "-'~\n" + bytes + "]:";
  EXPECT_FALSE(text::first_invalid_utf8(html_of("-\r tp" + name + "\r-p\r--\n[ tp[^1 ]:--:\r,-\r tp")));
}

TEST(Markdown, a_character_by_a_number_too_large_for_one_is_utf8) {
  EXPECT_FALSE(text::first_invalid_utf8(html_of("<p>&#" + std::string(41, '1'))));
}

TEST(Markdown, what_is_shown_as_written_is_utf8_whatever_the_bytes) {
  const auto deep = render_markdown(repeated(">", nesting_max) + "a\xD5>\xFF");
  EXPECT_TRUE(deep.as_written);
  EXPECT_TRUE(deep.html.ends_with("a\uFFFD&gt;\uFFFD</pre>")) << deep.html;
}

TEST(Markdown, a_definition_that_would_be_copied_into_gigabytes_is_not_followed) {
  EXPECT_TRUE(render_markdown("[a]: " + std::string(50'000, 'x') + "\n\n" + repeated("[a]", 50'000)).as_written);
}

TEST(Markdown, too_much_raw_html_is_shown_as_text) {
  EXPECT_NE(html_of(repeated("<kbd>x</kbd> ", raw_html_tags_max / 2)).find("<kbd>x</kbd>"), std::string::npos);
  const std::string over = html_of(repeated("<kbd>x</kbd> ", raw_html_tags_max / 2 + 1));
  EXPECT_EQ(over.find("<kbd>"), std::string::npos);
  EXPECT_NE(over.find("&lt;kbd&gt;"), std::string::npos);
}

TEST(Markdown, formatting_that_multiplies_is_given_up_within_the_budget) {
  std::string markdown;
  for (int i = 0; i < 900; ++i) markdown += "<b title=" + std::to_string(i) + ">";
  markdown += "\n\n" + repeated("x\n\n", 20000);
  const auto rendered = render_markdown(markdown);
  EXPECT_FALSE(rendered.as_written);
  EXPECT_EQ(rendered.html.find("<b "), std::string::npos);
  EXPECT_EQ(rendered.html.size() > 160000, true);  // the text is all there
}

}  // namespace
}  // namespace leanspec::hub::render
