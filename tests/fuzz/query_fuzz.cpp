// links: spec
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "spec/excerpts.h"
#include "spec/search.h"
#include "text/utf8.h"

using namespace leanspec::spec;

/// The first line is the query, the rest the text. Any query parses or explains itself; excerpts are whole characters.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = input.find('\n');
  const auto query = parse_query(input.substr(0, newline));
  if (!query) return query.error().what.empty() ? std::abort(), 0 : 0;

  auto spec = std::make_shared<Spec>();
  spec->id = "001-fuzz";
  spec->title = "Fuzz";
  spec->source.bytes = std::make_shared<const std::string>(
      newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1));
  SpecEntry entry;
  entry.spec = spec;
  const TextIndex text(entry);
  const PreparedQuery prepared(*query);
  (void)prepared.score(*spec, text);
  for (const Excerpt& excerpt : excerpts(prepared, *spec, text)) {
    if (leanspec::text::first_invalid_utf8(excerpt.text)) std::abort();
    for (const auto& [begin, end] : excerpt.highlights) {
      if (begin >= end || end > excerpt.text.size()) std::abort();
      if (leanspec::text::character_boundary(excerpt.text, begin) != begin || leanspec::text::character_boundary(excerpt.text, end) != end)
        std::abort();
    }
  }
  return 0;
}
