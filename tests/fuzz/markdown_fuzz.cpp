// links: hub/render
#include <gumbo.h>
#include <utf8proc.h>

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

using namespace leanspec;

namespace {

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t character = 0;
    const auto taken = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
    if (taken <= 0) return false;
    at += static_cast<std::size_t>(taken);
  }
  return true;
}

/// What the strict reader accepts it reads as browsers do.
void compare_trees(std::string_view html) {
  const std::string plain = tests::description_of<hub::render::PlainHtmlTree>(html);
  if (plain == "no tree" || plain == tests::description_of<hub::render::HtmlTree>(html)) return;
  std::fprintf(stderr, "read in two ways: %s\n", std::string(html).c_str());
  std::abort();
}

}  // namespace

/// Whatever the text, the HTML is harmless, and whatever the HTML, both readers agree on it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (is_utf8(text)) compare_trees(text);
  const auto rendered = hub::render::render_markdown(text);
  compare_trees(rendered.html);
  if (const auto part = tests::harmful_part(rendered.html)) {
    std::fprintf(stderr, "%s\n", part->c_str());
    std::abort();
  }
  return 0;
}
