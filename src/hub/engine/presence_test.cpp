#include "hub/engine/presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace leanspec::hub::engine {
namespace {

using namespace std::chrono_literals;

Uuid id(std::uint32_t n) {
  Uuid made;
  made.bytes[14] = static_cast<std::uint8_t>(n / 256);
  made.bytes[15] = static_cast<std::uint8_t>(n % 256);
  return made;
}
DocumentId doc(std::uint32_t n) {
  return DocumentId{id(n)};
}

const BranchId branch{1};
const Instant start{std::chrono::milliseconds(1'000'000)};

TEST(presence, is_whole_each_time_and_known_by_its_version) {
  Presence presence;
  std::vector<BranchId> told;
  const auto subscription = presence.subscribe([&](const BranchId& moved) { told.push_back(moved); });
  presence.edits(id(1), branch, "desk", MachineId{id(9)}, {doc(1), doc(2)}, start);
  const auto version = presence.version(branch);
  presence.edits(id(1), branch, "desk", MachineId{id(9)}, {doc(1), doc(2)}, start + 10s);
  EXPECT_EQ(presence.version(branch), version) << "a renewal is no news";
  presence.edits(id(1), branch, "desk", MachineId{id(9)}, {doc(2), doc(3)}, start + 20s);
  const auto editors = presence.of(branch);
  ASSERT_EQ(editors.size(), 2U);
  EXPECT_EQ(editors[0], (PresentEditor{doc(2), "desk", MachineId{id(9)}, start})) << "since it began";
  EXPECT_EQ(editors[1].since, start + 20s);
  EXPECT_TRUE(presence.of(branch, id(1)).empty()) << "of others";
  EXPECT_TRUE(presence.of(BranchId{2}).empty());
  presence.edits(id(1), branch, "desk", std::nullopt, {}, start + 30s);
  EXPECT_TRUE(presence.of(branch).empty());
  EXPECT_EQ(told.size(), 3U);
}

TEST(presence, lapses_after_45_seconds_without_a_renewal) {
  Presence presence;
  presence.edits(id(1), branch, "desk", std::nullopt, {doc(1)}, start);
  presence.edits(id(2), branch, "lap", std::nullopt, {doc(1)}, start + 20s);
  presence.lapse(start + 44s);
  EXPECT_EQ(presence.of(branch).size(), 2U);
  const auto version = presence.version(branch);
  presence.lapse(start + 45s);
  ASSERT_EQ(presence.of(branch).size(), 1U);
  EXPECT_EQ(presence.of(branch)[0].who, "lap");
  EXPECT_NE(presence.version(branch), version);
  presence.leave(id(2));
  EXPECT_TRUE(presence.of(branch).empty());
}

TEST(presence, of_more_machines_than_it_can_show_the_later_ones_are_left_out) {
  Presence presence;
  for (std::uint32_t n = 0; n <= Presence::sources_max; ++n)
    presence.edits(id(n), branch, "m", std::nullopt, {doc(1)}, start);
  EXPECT_EQ(presence.of(branch).size(), Presence::sources_max);
  presence.edits(id(9'999), BranchId{2}, "m", std::nullopt, {doc(1)}, start);
  EXPECT_EQ(presence.of(BranchId{2}).size(), 1U) << "each branch has its own room";
}

}  // namespace
}  // namespace leanspec::hub::engine
