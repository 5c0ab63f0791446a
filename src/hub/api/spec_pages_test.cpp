#include "hub/api/spec_pages.h"

#include <gtest/gtest.h>

#include <string>

namespace leanspec::hub::api {
namespace {

spec::SourceFile file(std::uint8_t number, std::size_t bytes) {
  spec::SourceFile source;
  source.path = "001-a/README.md";
  source.bytes = std::make_shared<const std::string>(bytes, 'x');
  source.version = VersionId(Uuid{{number}});
  return source;
}

TEST(SpecPages, a_text_is_rendered_once_for_its_version) {
  SpecPages pages;
  const auto source = file(1, 100);
  const auto first = pages.page(ProjectId("p"), "001-a", source, *source.bytes, 1);
  EXPECT_EQ(pages.page(ProjectId("p"), "001-a", source, *source.bytes, 1), first);
  EXPECT_NE(pages.page(ProjectId("q"), "001-a", source, *source.bytes, 1), first) << "links lead elsewhere";
  const auto next = file(2, 100);
  EXPECT_NE(pages.page(ProjectId("p"), "001-a", next, *next.bytes, 1), first);
}

TEST(SpecPages, of_one_place_the_last_two_versions_are_kept_and_what_they_replaced_takes_no_room) {
  SpecPages pages;
  const auto page = [&](std::uint8_t number) {
    const auto source = file(number, 2'000);
    return pages.page(ProjectId("p"), "001-a", source, *source.bytes, 1);
  };
  const auto first = page(1);
  const auto second = page(2);
  const std::size_t two = pages.bytes();
  EXPECT_EQ(page(1), first) << "another branch has it still";
  const auto third = page(3);
  EXPECT_EQ(pages.bytes(), two);
  EXPECT_EQ(page(2), second);
  EXPECT_EQ(page(3), third);
  EXPECT_NE(page(1), first) << "rendered anew";
  EXPECT_EQ(pages.bytes(), two);
}

TEST(SpecPages, never_grows_beyond_its_bound_and_still_shows_what_is_larger) {
  SpecPages pages(20'000);
  for (std::uint8_t number = 1; number < 100; ++number) {
    const auto source = file(number, 2'000);
    const auto page = pages.page(ProjectId("p"), "001-a", source, *source.bytes, 1);
    EXPECT_EQ(page->html, "<p>" + *source.bytes + "</p>\n");
    EXPECT_LE(pages.bytes(), 20'000U);
    EXPECT_GT(pages.bytes(), 2'000U);
  }
  const std::size_t before = pages.bytes();
  const auto large = file(200, 20'000);
  EXPECT_EQ(pages.page(ProjectId("p"), "001-a", large, *large.bytes, 1)->html.size(), 20'008U);
  EXPECT_EQ(pages.bytes(), before) << "it would have pushed out everything else";
}

}  // namespace
}  // namespace leanspec::hub::api
