#include "sync/guard.h"

#include <gtest/gtest.h>

namespace leanspec::sync {
namespace {

using std::chrono::seconds;

DocumentId document(std::size_t number) {
  Uuid uuid;
  uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return DocumentId{uuid};
}

std::set<DocumentId> documents(std::size_t first, std::size_t count) {
  std::set<DocumentId> set;
  for (std::size_t i = 0; i < count; ++i) set.insert(document(first + i));
  return set;
}

constexpr BootTime start{std::chrono::hours{1}};

TEST(guard, ten_files_or_a_fifth_may_vanish_whichever_is_more) {
  EXPECT_EQ(Guard::allowed(0), 10U);
  EXPECT_EQ(Guard::allowed(50), 10U);
  EXPECT_EQ(Guard::allowed(100), 20U);
  Guard at_limit;
  EXPECT_TRUE(at_limit.release(documents(0, 20), 100, start));
  Guard over;
  EXPECT_FALSE(over.release(documents(0, 21), 100, start));
  EXPECT_EQ(over.reason(), GuardReason::mass_delete);
  EXPECT_EQ(over.held().size(), 21U);
  EXPECT_FALSE(over.halted()) << "edits go on while deletes are held";
}

TEST(guard, deletes_within_a_minute_count_together_and_later_ones_do_not) {
  Guard guard;
  EXPECT_TRUE(guard.release(documents(0, 6), 30, start));
  EXPECT_FALSE(guard.release(documents(6, 5), 24, start + seconds{59}));
  Guard patient;
  EXPECT_TRUE(patient.release(documents(0, 6), 30, start));
  EXPECT_TRUE(patient.release(documents(6, 5), 24, start + seconds{60}));
}

TEST(guard, once_tripped_every_delete_is_held_until_a_person_approves) {
  Guard guard;
  EXPECT_FALSE(guard.release(documents(0, 50), 100, start));
  EXPECT_FALSE(guard.release(documents(60, 1), 100, start + seconds{600}));
  EXPECT_EQ(guard.approve().size(), 51U);
  EXPECT_EQ(guard.reason(), GuardReason::none);
  EXPECT_TRUE(guard.release(documents(70, 1), 49, start + seconds{700}));
}

TEST(guard, files_that_come_back_are_let_go_and_the_last_one_ends_it) {
  Guard guard;
  EXPECT_FALSE(guard.release(documents(0, 12), 20, start));
  for (std::size_t i = 0; i < 11; ++i) guard.returned(document(i));
  EXPECT_EQ(guard.reason(), GuardReason::mass_delete);
  guard.returned(document(11));
  EXPECT_EQ(guard.reason(), GuardReason::none);
}

TEST(guard, a_missing_root_halts_and_cannot_be_approved) {
  Guard guard;
  guard.root_missing();
  EXPECT_TRUE(guard.halted());
  EXPECT_FALSE(guard.release(documents(0, 1), 5, start));
  EXPECT_TRUE(guard.approve().empty());
  EXPECT_EQ(guard.reason(), GuardReason::root_missing);
  guard.root_seen(true, 5, 5);
  EXPECT_FALSE(guard.halted());
}

TEST(guard, an_emptied_root_halts_from_two_documents_on) {
  Guard guard;
  guard.root_seen(true, 0, 1);
  EXPECT_FALSE(guard.halted());
  guard.root_seen(true, 0, 2);
  EXPECT_EQ(guard.reason(), GuardReason::root_emptied);
  EXPECT_FALSE(guard.release(documents(0, 2), 2, start));
  EXPECT_EQ(guard.approve().size(), 2U);
  guard.root_seen(true, 0, 2);
  EXPECT_FALSE(guard.halted()) << "approved stays approved while it is empty";
  guard.root_seen(true, 3, 3);
  guard.root_seen(true, 0, 3);
  EXPECT_TRUE(guard.halted()) << "a second accident is a new one";
}

TEST(guard, deletes_of_an_earlier_process_count_until_their_minute_is_over) {
  Guard guard;
  guard.released_before(start - std::chrono::seconds(30), 8);
  EXPECT_TRUE(guard.release(documents(0, 2), 40, start));
  EXPECT_FALSE(guard.release(documents(2, 1), 38, start + std::chrono::seconds(1)));
  Guard later;
  later.released_before(start - std::chrono::seconds(61), 8);
  EXPECT_TRUE(later.release(documents(0, 10), 40, start));
}

TEST(guard, the_last_files_of_a_root_are_not_deleted_unasked_however_few_they_are) {
  Guard guard;
  guard.root_seen(true, 3, 3);
  guard.root_emptied(3);
  EXPECT_EQ(guard.reason(), GuardReason::root_emptied);
  EXPECT_FALSE(guard.release(documents(0, 3), 3, start));
  EXPECT_EQ(guard.approve().size(), 3U);
  guard.root_emptied(3);
  EXPECT_FALSE(guard.halted());
}

TEST(guard, another_folder_in_place_of_the_root_halts_until_it_is_back_or_approved) {
  Guard guard;
  guard.root_seen(false, 7, 7);
  EXPECT_EQ(guard.reason(), GuardReason::root_replaced);
  guard.root_seen(true, 7, 7);
  EXPECT_FALSE(guard.halted());
  guard.root_seen(false, 7, 7);
  EXPECT_TRUE(guard.approve().empty());
  guard.root_seen(false, 7, 7);
  EXPECT_FALSE(guard.halted());
}

TEST(guard, device_numbers_count_only_within_one_boot) {
  Uuid first_boot;
  Uuid second_boot;
  second_boot.bytes[0] = 1;
  const RootIdentity before{1, 42, first_boot};
  EXPECT_TRUE(same_root(before, {1, 42, first_boot}));
  EXPECT_FALSE(same_root(before, {2, 42, first_boot}));
  EXPECT_TRUE(same_root(before, {2, 42, second_boot}));
  EXPECT_FALSE(same_root(before, {1, 43, second_boot}));
}

}  // namespace
}  // namespace leanspec::sync
