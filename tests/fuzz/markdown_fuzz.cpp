// links: hub/render text
#include <gumbo.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hub/render/html_tree.h"
#include "hub/render/markdown.h"
#include "hub/render/plain_html_tree.h"
#include "tests/fakes/harmless_html.h"
#include "tests/fakes/html_description.h"
#include "text/utf8.h"

using namespace leanspec;

namespace {

/// What the strict reader accepts it reads as browsers do.
void compare_trees(std::string_view html) {
  const std::string plain = tests::description_of<hub::render::PlainHtmlTree>(html);
  if (plain == "no tree" || plain == tests::description_of<hub::render::HtmlTree>(html)) return;
  std::fprintf(stderr, "read in two ways: %s\n", std::string(html).c_str());
  std::abort();
}

}  // namespace

/// Whatever the bytes, the HTML is harmless UTF-8, and whatever the HTML, both readers agree on it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text::first_invalid_utf8(text)) compare_trees(text);
  const auto rendered = hub::render::render_markdown(text);
  if (text::first_invalid_utf8(rendered.html)) {
    std::fprintf(stderr, "HTML that is no UTF-8\n");
    std::abort();
  }
  compare_trees(rendered.html);
  if (const auto part = tests::harmful_part(rendered.html)) {
    std::fprintf(stderr, "%s\n", part->c_str());
    std::abort();
  }
  return 0;
}
