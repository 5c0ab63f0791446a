#include "hub/render/plain_html_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "hub/render/html_tree.h"
#include "hub/render/markdown.h"
#include "tests/fakes/corpus.h"
#include "tests/fakes/html_description.h"

namespace leanspec::hub::render {
namespace {

using tests::description_of;

TEST(PlainHtmlTree, plain_html_is_read_as_browsers_read_it) {
  for (const char* html :
       {"", "\n", "<p>a <strong>b</strong> <em>c<del>d</del></em></p>\n", "<p>x &amp; y &lt; &quot;z&quot; &#x27;</p>",
        "<h2 data-mark=\"h0\">\nPlan\n</h2>\n", "<p>a<br />\nb</p>\n<hr />\n",
        "<ul>\n<li><input data-mark=\"t0\">done</li>\n<li>\n<p>two</p>\n<ol "
        "start=\"3\">\n<li>x</li>\n</ol>\n</li>\n</ul>\n",
        "<pre><code class=\"language-c++\">\nx &lt; y\n</code></pre>\n",
        "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"left\"><code>b"
        "</code></td>\n</tr>\n</tbody>\n</table>\n",
        "<blockquote>\n<p><a href=\"x?a=1&amp;b=2\" title=\"t &quot;u&quot;\"><img src=\"y\" alt=\"\" "
        "/></a></p>\n</blockquote>",
        "<p>x<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" data-footnote-ref>1</a></sup></p>\n"
        "<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-1\">\n<p>y</p>\n</li>\n</ol>\n</section>\n"}) {
    EXPECT_EQ(description_of<PlainHtmlTree>(html), description_of<HtmlTree>(html)) << html;
    EXPECT_NE(description_of<PlainHtmlTree>(html), "no tree") << html;
  }
}

TEST(PlainHtmlTree, what_browsers_would_mend_or_what_markdown_never_writes_is_left_to_them) {
  for (const char* html : {"<p>a",
                           "a</p>",
                           "</div>",
                           "<p><em>a</p></em>",
                           "<p><p>a</p></p>",
                           "<p><ul></ul></p>",
                           "<em><p>a</p></em>",
                           "<h1><h2>a</h2></h1>",
                           "<a href=\"x\">a<em><a href=\"y\">b</a></em></a>",
                           "<li>a</li>",
                           "<ul><p>a</p></ul>",
                           "<ul><em>a</em></ul>",
                           "<table>a</table>",
                           "<table><tr></tr></table>",
                           "<table><tbody><td>a</td></tbody></table>",
                           "<table><tbody><tr><em>a</em></tr></tbody></table>",
                           "<pre>\na</pre>",
                           "<p>a & b</p>",
                           "<p>&copy;</p>",
                           "<p>&amp b</p>",
                           "<P>a</P>",
                           "<p >a</p>",
                           "<p class='x'>a</p>",
                           "<p class=x>a</p>",
                           "<p a=\"1\" a=\"2\">b</p>",
                           "<p a=\"<\">b</p>",
                           "<p a=\"b>c</p>",
                           "<p",
                           "<",
                           "<p>a</p",
                           "<p>a</p ><!-- x -->",
                           "<!-- x -->",
                           "<br></br>",
                           "<script>a</script>",
                           "<svg></svg>",
                           "<kbd>a</kbd>",
                           "<details>a</details>",
                           "<template>a</template>",
                           "<p>a\r\nb</p>",
                           "<p>a\bb</p>",
                           "<p>a\x7F</p>",
                           "<p>a\u0085</p>",
                           "<p>a\uFDD0</p>",
                           "<p>a\uFFFE</p>",
                           "<p>a\U0001FFFF</p>"}) {
    EXPECT_EQ(description_of<PlainHtmlTree>(html), "no tree") << html;
  }
  EXPECT_EQ(description_of<PlainHtmlTree>(std::string_view("<p>a\0b</p>", 10)), "no tree");
}

TEST(PlainHtmlTree, nesting_is_followed_to_its_limit) {
  const auto nested = [](std::size_t depth) {
    std::string html;
    for (std::size_t i = 0; i < depth; ++i) html += "<blockquote>";
    for (std::size_t i = 0; i < depth; ++i) html += "</blockquote>";
    return html;
  };
  EXPECT_EQ(description_of<PlainHtmlTree>(nested(200)), description_of<HtmlTree>(nested(200)));
  EXPECT_EQ(description_of<PlainHtmlTree>(nested(201)), "no tree");
}

/// Mostly well formed, since what is not is left alone soon.
rc::Gen<std::string> html_of_depth(int depth) {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "a", " ", "\n", "x &amp; y", "&lt;", "&copy;", "&", "\"", "<br />", "<hr />", "<img src=\"x\" alt=\"\" />",
      "<input data-mark=\"t0\">", "</p>", "<p>", "\t", "é", "<b>", "<!-- -->"});
  if (depth == 0) return piece;
  const auto tag = rc::gen::elementOf(std::vector<std::string>{
      "p",  "p",  "em",  "strong",  "del",   "code",  "a",     "sup", "ul", "ol", "li",  "li",  "blockquote",
      "h1", "h3", "pre", "section", "table", "thead", "tbody", "tr",  "td", "th", "div", "span"});
  const auto inside = rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(html_of_depth(depth - 1)));
  const auto element = rc::gen::apply(
      [](const std::string& name, const std::vector<std::string>& parts) {
        std::string html = "<" + name + ">";
        for (const std::string& part : parts) html += part;
        return html + "</" + name + ">";
      },
      tag, inside);
  return rc::gen::weightedOneOf<std::string>({{2, element}, {1, piece}});
}

RC_GTEST_PROP(PlainHtmlTree, whatever_it_accepts_is_the_tree_that_browsers_make, ()) {
  const std::string html = *html_of_depth(5);
  const std::string found = description_of<PlainHtmlTree>(html);
  if (found == "no tree") return;
  if (found != description_of<HtmlTree>(html)) RC_LOG(html);
  RC_ASSERT(found == description_of<HtmlTree>(html));
}

TEST(PlainHtmlTree, every_page_of_the_corpus_that_is_plain_is_the_tree_that_browsers_make) {
  const auto corpus = tests::corpus_folder();
  if (!corpus) GTEST_SKIP() << tests::corpus_absent;
  std::size_t pages = 0, plain = 0;
  for (const tests::CorpusFile& file : tests::corpus_files(*corpus)) {
    if (!file.path.ends_with(".md")) continue;
    const std::string html = render_markdown(file.bytes).html;
    ++pages;
    const std::string found = description_of<PlainHtmlTree>(html);
    if (found == "no tree") continue;
    ++plain;
    EXPECT_EQ(found, description_of<HtmlTree>(html)) << file.path;
  }
  EXPECT_GT(plain, pages * 9 / 10);
}

}  // namespace
}  // namespace leanspec::hub::render
