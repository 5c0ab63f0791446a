#include <algorithm>
#include <utility>

#include "spec/excerpts.h"
#include "spec/search.h"
#include "spec/text_index.h"
#include "spec/view_filter.h"
#include "spec/view_index.h"

namespace leanspec::spec {
namespace {

/// Excerpts are made for each hit of a page; a page is what a person looks through.
constexpr std::size_t hits_per_page_max = 200;

/// The index of a spec's texts, made when it is first needed and kept for as long as the texts stay.
const TextIndex& text_of(const SpecEntry& entry) {
  SpecMemory& memory = *entry.memory;
  std::call_once(memory.text_once, [&] { memory.text = std::make_shared<const TextIndex>(entry); });
  return *memory.text;
}

struct Ranked {
  double score;
  const SpecEntryPtr* entry;
};

}  // namespace

Result<SearchPage> ProjectView::search(std::string_view query, const SpecFilter& filter, std::size_t offset,
                                       std::size_t limit) const {
  LEANSPEC_ASSIGN(const Query parsed, parse_query(query));
  const PreparedQuery prepared(parsed);
  std::vector<Ranked> ranked;
  for (const SpecEntryPtr& entry : index_->all) {
    if (!matches(*entry, filter)) continue;
    if (const auto score = prepared.score(*entry->spec, text_of(*entry))) ranked.push_back({*score, &entry});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });

  SearchPage page;
  page.total = ranked.size();
  const std::size_t begin = std::min(offset, ranked.size());
  const std::size_t end = begin + std::min({limit, hits_per_page_max, ranked.size() - begin});
  for (std::size_t i = begin; i < end; ++i) {
    const SpecEntryPtr& entry = *ranked[i].entry;
    page.hits.push_back({entry, ranked[i].score, excerpts(prepared, *entry->spec, text_of(*entry))});
  }
  return page;
}

}  // namespace leanspec::spec
