#include "bridge/engine/settle.h"

#include <gtest/gtest.h>

namespace leanspec::bridge::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr BootTime start{std::chrono::hours{1}};

Candidate text(std::uint8_t number, std::uint64_t size = 100) {
  Candidate made;
  made.digest.emplace();
  made.digest->bytes[0] = number;
  made.size = size;
  return made;
}

TEST(settle, each_kind_of_hint_has_its_own_patience) {
  struct Row {
    HintKind kind;
    milliseconds after;
  };
  for (const auto& row : {Row{HintKind::moved_in, milliseconds{0}}, Row{HintKind::closed, milliseconds{10}},
                          Row{HintKind::modified, milliseconds{500}}, Row{HintKind::removed, milliseconds{0}}}) {
    Settle settle;
    settle.hint({row.kind, "a.md", std::nullopt, false}, start);
    EXPECT_EQ(settle.deadline(), start + row.after);
    EXPECT_EQ(settle.due(start + row.after), (std::vector<std::string>{"a.md"}));
    EXPECT_EQ(settle.deadline(), std::nullopt);
  }
}

TEST(settle, a_close_is_looked_at_earlier_than_the_writing_before_it) {
  Settle settle;
  settle.hint({HintKind::modified, "a.md", std::nullopt, false}, start);
  settle.hint({HintKind::closed, "a.md", std::nullopt, false}, start + milliseconds{5});
  EXPECT_EQ(settle.deadline(), start + milliseconds{15});
}

TEST(settle, a_large_file_is_taken_at_most_once_per_second_and_megabyte) {
  Settle settle;
  EXPECT_TRUE(settle.present("a.bin", text(1, 5'000'000), start));
  EXPECT_FALSE(settle.present("a.bin", text(2, 5'000'000), start + seconds{4}));
  EXPECT_EQ(settle.deadline(), start + seconds{5});
  EXPECT_TRUE(settle.present("a.bin", text(2, 5'000'000), start + seconds{5}));
}

TEST(settle, an_absence_counts_only_when_seen_twice_and_never_across_a_failure) {
  Settle settle;
  EXPECT_FALSE(settle.absent("a.md", start));
  EXPECT_EQ(settle.deadline(), start + seconds{2});
  settle.unknown("a.md", start + seconds{3});
  EXPECT_FALSE(settle.absent("a.md", start + seconds{4}));
  EXPECT_TRUE(settle.absent("a.md", start + seconds{6}));
}

TEST(settle, a_text_cut_short_that_came_whole_is_taken_at_once_unless_it_is_empty) {
  Settle settle;
  settle.hint({HintKind::moved_in, "a.md", std::nullopt, false}, start);
  auto cut = text(1);
  cut.cut_short = true;
  EXPECT_TRUE(settle.present("a.md", cut, start));
  settle.hint({HintKind::moved_in, "b.md", std::nullopt, false}, start);
  auto empty = text(2, 0);
  empty.cut_short = true;
  EXPECT_FALSE(settle.present("b.md", empty, start));
  EXPECT_TRUE(settle.present("b.md", empty, start + seconds{2}));
}

TEST(settle, a_quiet_path_is_forgotten) {
  Settle settle;
  settle.hint({HintKind::closed, "a.md", std::nullopt, false}, start);
  (void)settle.due(start + milliseconds{10});
  EXPECT_TRUE(settle.present("a.md", text(1), start + milliseconds{10}));
  settle.unchanged("other.md", start + seconds{10});
  EXPECT_TRUE(settle.waiting().empty());
  EXPECT_EQ(settle.deadline(), std::nullopt);
  EXPECT_FALSE(settle.is_known("a.md"));
}

}  // namespace
}  // namespace leanspec::bridge::engine
