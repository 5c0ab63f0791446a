// What is kept of the texts that an application takes away.
#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "bridge/disk/applier.h"
#include "tests/fakes/applications.h"

namespace leanspec::bridge::disk {
namespace {

using fakes::name;
using fakes::staged;
using fakes::to_change;
using fakes::to_go;
using fakes::was;

class ApplierCopies : public testing::Test {
 protected:
  fakes::MemoryFileTree disk_;
};

/// Keeps what it is given, or refuses.
class KeptCopies final : public CopyKeeper {
 public:
  Status keep(const LeavingText& text, std::string_view bytes) override {
    if (full) return Error(ErrorCode::no_space, "the disk is full");
    kept.emplace_back(text, bytes);
    return {};
  }
  std::vector<std::pair<LeavingText, std::string>> kept;
  bool full = false;
};

TEST_F(ApplierCopies, what_is_replaced_or_removed_is_copied_before_it_goes) {
  KeptCopies copies;
  Applier applier(disk_, &copies);
  disk_.write("a.md", "old");
  disk_.write("b.md", "deleted");
  engine::ApplyRequest request;
  request.items.resize(2);
  request.items[0].name = "one";
  request.items[0].wanted = to_change("a.md", "old", "a.md", "new");
  Uuid version;
  version.bytes[15] = 7;
  request.items[0].wanted.version = VersionId{version};
  request.items[1].name = "two";
  request.items[1].wanted = to_go("b.md", "deleted");
  const auto result = applier.carry_out(request);
  ASSERT_EQ(copies.kept.size(), 2U);
  EXPECT_EQ(copies.kept[0].second, "old");
  EXPECT_EQ(copies.kept[0].first.path, "a.md");
  EXPECT_EQ(copies.kept[0].first.why, CopyReason::replaced);
  EXPECT_EQ(copies.kept[0].first.replaced_by, VersionId{version});
  EXPECT_EQ(copies.kept[1].second, "deleted");
  EXPECT_EQ(copies.kept[1].first.why, CopyReason::deleted);
  EXPECT_FALSE(result.results[0].left_over);
  EXPECT_TRUE(applier.left_overs()->empty());
}

TEST_F(ApplierCopies, without_room_for_a_copy_a_text_goes_only_if_the_hub_has_it) {
  KeptCopies copies;
  copies.full = true;
  Applier applier(disk_, &copies);
  for (const bool only_here : {false, true}) {
    disk_.write("a.md", "old");
    engine::ApplyRequest request;
    request.items.resize(1);
    request.items[0].name = name;
    request.items[0].wanted = to_change("a.md", "old", "a.md", "new");
    request.items[0].wanted.only_here = only_here;
    const auto result = applier.carry_out(request);
    EXPECT_EQ(result.results[0].outcome, ApplyOutcome::applied);
    EXPECT_EQ(result.results[0].left_over.has_value(), only_here);
    EXPECT_FALSE(result.results[0].displaced);
    EXPECT_EQ(disk_.content(staged), only_here ? std::optional<std::string>("old") : std::nullopt);
  }
  copies.full = false;
  auto waiting = was("old");
  waiting.only_here = true;
  EXPECT_TRUE(applier.look_at_left_over(name, waiting)->gone);
  ASSERT_EQ(copies.kept.size(), 1U);
  EXPECT_TRUE(copies.kept[0].first.only_here);
}

}  // namespace
}  // namespace leanspec::bridge::disk
