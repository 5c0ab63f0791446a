// links: merge
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "merge/merge_documents.h"

using namespace leanspec::merge;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// Three texts, parted by bytes that are in no UTF-8 text. A merge is symmetric, gives a text or conflicts, and every
/// conflict can be decided.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto first = all.find('\xFF');
  if (first == std::string_view::npos) return 0;
  const auto second = all.find('\xFF', first + 1);
  if (second == std::string_view::npos) return 0;
  const auto base = all.substr(0, first);
  const auto ours = all.substr(first + 1, second - first - 1);
  const auto theirs = all.substr(second + 1);
  const Outcome outcome = merge_documents(base, ours, theirs, Side::theirs);
  const Outcome exchanged = merge_documents(base, theirs, ours, Side::ours);
  require(outcome.clean() == exchanged.clean() && outcome.text == exchanged.text);
  require(outcome.clean() || outcome.text.empty());
  if (!outcome.clean()) {
    for (const auto take : {Choice::Take::ours, Choice::Take::theirs, Choice::Take::both, Choice::Take::base}) {
      const auto decided = decide(outcome, std::vector<Choice>(outcome.conflicts.size(), Choice{take, ""}));
      require(decided.size() <= 4 * size + 16);
    }
  }
  return 0;
}
