// links: hub/render
#include <gumbo.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "hub/render/markdown.h"
#include "tests/fakes/harmless_html.h"

/// Whatever the text, the HTML is harmless.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rendered = leanspec::hub::render::render_markdown({reinterpret_cast<const char*>(data), size});
  if (const auto part = leanspec::tests::harmful_part(rendered.html)) {
    std::fprintf(stderr, "%s\n", part->c_str());
    std::abort();
  }
  return 0;
}
