// What must not come through: attacks by hand and any mix of dangerous pieces.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "hub/render/markdown.h"
#include "tests/fakes/harmless_html.h"

namespace leanspec::hub::render {
namespace {

std::string html_of(std::string_view markdown) {
  return render_markdown(markdown).html;
}

// From the OWASP and DOMPurify collections and their usual variations.
const char* const attacks[] = {
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" OnError=\"alert(1)\">",
    "<img/src='x'/onerror=alert(1)>",
    "<img src=javascript:alert(1)>",
    "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
    "<img src=\"data:text/html,<script>alert(1)</script>\">",
    "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](https://example.org/a.png)",
    "[x](https://e.example \"t\\\" onclick=\\\"alert(1)\")",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
    "<a href=javascript&colon;alert&lpar;1&rpar;>x</a>",
    "<a xlink:href=\"javascript:alert(1)\">x</a>",
    "<a href=\"https://x\" onclick=alert(1) style=\"position:fixed\">x</a>",
    "<a href='x' target=_top download ping=//evil>x</a>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<div style=\"width: expression(alert(1))\">x</div>",
    "<style>@import '//evil.example';</style>",
    "<style><img src=\"</style><img src=x onerror=alert(1)//\">",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<math><annotation-xml encoding=\"text/html\"><img src=x onerror=alert(1)></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<form action=javascript:alert(1)><button>x</button><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<select onfocus=alert(1) autofocus><option>x</select>",
    "<textarea autofocus onfocus=alert(1)>x</textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    "<video src=x onerror=alert(1)></video>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<html onmouseover=alert(1)>",
    "<base href=javascript:alert(1)//>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noembed><img src=x onerror=alert(1)></noembed>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<title><img src=x onerror=alert(1)></title>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<details open ontoggle=alert(1)>x</details>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<x onclick=alert(1)>x</x>",
    "<custom-element onclick=alert(1) is=\"x\">x</custom-element>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "<!ENTITY xxe SYSTEM \"file:///etc/passwd\">",
    "```\"><img src=x onerror=alert(1)>\nx\n```",
    "```x\" onclick=\"alert(1)\nx\n```",
    "`<img src=x onerror=alert(1)>`",
    "# <img src=x onerror=alert(1)>",
    "# \" onmouseover=\"alert(1)",
    "| <img src=x onerror=alert(1)> |\n|-|\n| <script>alert(1)</script> |",
    "- [ ] <img src=x onerror=alert(1)>",
    "[^<img src=x onerror=alert(1)>]\n\n[^<img src=x onerror=alert(1)>]: x",
    "text[^\" onclick=alert(1) x]\n\n[^\" onclick=alert(1) x]: x",
    "www.example.com/\"onmouseover=\"alert(1)",
    "https://example.com/'onmouseover='alert(1)",
    "foo@example.com\"onclick=\"alert(1)",
    "<a href=\"https://x\x00javascript:alert(1)\">x</a>",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    "<p id=\"x\" class=\"y\" data-line=\"1\" data-task=\"0\">x</p>",
    "<span class=\"broken-link\" role=\"button\" tabindex=0 contenteditable>x</span>",
    "<a name=\"body\" id=\"__proto__\">x</a>",
    "<p><a href=\"#\"><table><a href=\"javascript:alert(1)\">x</table>",
    "<b><p><b><p><script>alert(1)</script>",
};

TEST(MarkdownAttacks, no_attack_gets_through) {
  for (const char* attack : attacks) {
    for (const std::string& markdown :
         {std::string(attack), "text " + std::string(attack) + " text", "> - " + std::string(attack),
          "<details>\n\n" + std::string(attack) + "\n\n</details>"}) {
      const std::string html = html_of(markdown);
      EXPECT_EQ(tests::harmful_part(html), std::nullopt) << markdown << "\n" << html;
    }
  }
}

TEST(MarkdownAttacks, the_judge_of_this_test_is_not_blind) {
  for (const char* harmful : {"<script>x</script>", "<p onclick=x>", "<p style=x>", "<a href=' java\nscript:x'>",
                              "<svg></svg>", "<x-y>", "<img src=data:text/html,x>", "<!--x-->"}) {
    EXPECT_TRUE(tests::harmful_part(harmful).has_value()) << harmful;
  }
}

RC_GTEST_PROP(MarkdownAttacks, any_mix_of_dangerous_pieces_comes_out_clean, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"<",          ">",           "\"",         "'",       "=",         " ",
                               "\n",         "\n\n",        "`",          "```",     "a",         "/",
                               "script",     "style",       "svg",        "math",    "img src=x", "onerror=alert(1)",
                               "href=",      "javascript:", "&#106;",     "&lt;",    "<!--",      "-->",
                               "]]>",        "<a ",         "</a>",       "<table>", "<td>",      "</p>",
                               "<select>",   "<template>",  "[x](",       ")",       "![",        "- [ ] ",
                               "# ",         "> ",          "|",          "|-|",     "<details>", "</details>",
                               "<noscript>", "<title>",     "<textarea>", "[^1]",    "[^1]: "}));
  std::string markdown;
  for (const std::string& piece : pieces) markdown += piece;
  const std::string html = html_of(markdown);
  const auto part = tests::harmful_part(html);
  if (part) RC_LOG(*part + "\n" + html);
  RC_ASSERT(!part.has_value());
}

}  // namespace
}  // namespace leanspec::hub::render
