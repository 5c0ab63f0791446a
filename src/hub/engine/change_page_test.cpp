#include "hub/engine/change_page.h"

#include "hub/engine/engine_test.h"
#include "wire/limits.h"

namespace leanspec::hub::engine {
namespace {

class ChangePage : public EngineFixture {
 protected:
  /// The bytes of the bodies in each page of the whole feed, and how many entries all pages hold.
  std::pair<std::vector<std::size_t>, std::size_t> pages() {
    std::vector<std::size_t> bytes;
    std::size_t entries = 0;
    Seq after{};
    for (;;) {
      const auto page = read_page(*store_, branch_, after);
      EXPECT_TRUE(page.has_value()) << page.error().sentence();
      if (!page.has_value() || page->through == after) return {bytes, entries};
      std::size_t sum = 0;
      for (const auto& entry : page->entries) sum += entry.body ? entry.body->size() : 0;
      bytes.push_back(sum);
      entries += page->entries.size();
      after = page->through;
    }
  }
};

TEST_F(ChangePage, no_page_holds_more_bodies_than_a_bridge_takes) {
  constexpr std::size_t size = 7'001;  // does not divide the limit: the body that would cross it begins the next page
  constexpr std::uint32_t documents = 160;
  for (std::uint32_t n = 0; n < documents; ++n) {
    const auto name = std::to_string(n);
    accepted(here_,
             text_push(doc(n), std::nullopt, name + "-x/README.md", name + std::string(size - name.size(), 'x')));
  }
  const auto [bytes, entries] = pages();
  EXPECT_EQ(entries, documents);
  ASSERT_EQ(bytes.size(), 3U);
  for (const auto sum : bytes) EXPECT_LE(sum, wire::limits::page_bytes_max);
  EXPECT_GT(bytes.front() + size, wire::limits::page_bytes_max) << "and a page is filled as far as it goes";
}

}  // namespace
}  // namespace leanspec::hub::engine
