#include "bridge/run/folder_journal.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::run {
namespace {

class LinesLog final : public host::Log {
 public:
  void write(host::LogLevel level, std::string_view message, std::initializer_list<host::LogField> fields) override {
    std::string line = (level >= host::LogLevel::warning ? "! " : "") + std::string(message);
    for (const auto& field : fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (field.name == "state" || field.name == "why") line += " " + (text != nullptr ? *text : std::string());
    }
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

struct FolderJournalTest : testing::Test {
  bool note() {
    journal.status_changed();
    return journal.note(*bench.replica);
  }

  LinesLog log;
  fakes::FixedClock clock;
  FolderJournal journal{log, clock, "/home/ada/specs"};
  fakes::ReplicaBench bench{false};
};

TEST_F(FolderJournalTest, a_state_is_said_once_and_another_one_after_a_while) {
  EXPECT_FALSE(journal.deadline());
  EXPECT_FALSE(note());
  bench.replica->pause(bench.now());
  bench.carry_out();
  EXPECT_FALSE(note());
  EXPECT_EQ(log.lines, (std::vector<std::string>{"state of the folder offline"}));
  ASSERT_EQ(journal.deadline(), clock.since_boot() + FolderJournal::note_interval);
  clock.advance(FolderJournal::note_interval);
  EXPECT_FALSE(journal.note(*bench.replica));
  EXPECT_EQ(log.lines, (std::vector<std::string>{"state of the folder offline", "state of the folder paused"}));
  EXPECT_FALSE(journal.deadline());
  clock.advance(FolderJournal::note_interval);
  EXPECT_FALSE(note());
  EXPECT_EQ(log.lines.size(), 2U);
}

TEST_F(FolderJournalTest, that_everything_is_in_sync_is_said_at_once) {
  EXPECT_FALSE(note());
  bench.connect();
  EXPECT_TRUE(note());
  EXPECT_FALSE(note());
  EXPECT_EQ(log.lines, (std::vector<std::string>{"state of the folder offline", "state of the folder live"}));
}

TEST_F(FolderJournalTest, what_needs_a_person_is_said_with_the_reason_and_again_when_that_changes) {
  bench.connect();
  bench.disk.root = engine::RootHealth::missing;
  bench.replica->rescan(bench.now());
  bench.carry_out();
  EXPECT_FALSE(note());
  EXPECT_EQ(log.lines, (std::vector<std::string>{"! a folder needs a person halted the folder is not there"}));
  clock.advance(FolderJournal::note_interval);
  EXPECT_FALSE(note());
  EXPECT_EQ(log.lines.size(), 1U);
}

}  // namespace
}  // namespace leanspec::bridge::run
