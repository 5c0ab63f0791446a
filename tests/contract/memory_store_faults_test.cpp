#include <gtest/gtest.h>

#include "tests/fakes/memory_store.h"

namespace leanspec::fakes {
namespace {

/// What the simulation does to its database.
class MemoryStoreFaults : public testing::Test {
 protected:
  [[nodiscard]] Status create(const std::string& id) {
    return store_.write([&](store::Session& session) {
      store::Project project;
      project.id = ProjectId{id};
      return session.projects().create(project);
    });
  }
  [[nodiscard]] bool has(const std::string& id) {
    bool found = false;
    EXPECT_TRUE(store_
                    .read([&](store::Session& session) -> Status {
                      LEANSPEC_ASSIGN(const std::optional<store::Project> project,
                                      session.projects().find(ProjectId{id}));
                      found = project.has_value();
                      return {};
                    })
                    .has_value());
    return found;
  }

  MemoryStore store_{Epoch{Uuid{{1}}}};
};

TEST_F(MemoryStoreFaults, each_fault_at_commit_has_its_outcome_and_its_error) {
  struct Row {
    CommitFault fault;
    std::optional<ErrorCode> code;
    std::string subject;
    bool stored;
  };
  const Row rows[] = {
      {CommitFault::none, std::nullopt, "", true},
      {CommitFault::fails, ErrorCode::unavailable, "", false},
      {CommitFault::no_space, ErrorCode::no_space, "", false},
      {CommitFault::reply_lost, ErrorCode::unavailable, "commit", true},
      {CommitFault::lost, ErrorCode::unavailable, "commit", false},
  };
  int number = 0;
  for (const Row& row : rows) {
    const std::string id = std::to_string(number++);
    store_.on_commit = [&] { return row.fault; };
    const Status done = create(id);
    EXPECT_EQ(done ? std::nullopt : std::optional(done.error().code), row.code) << id;
    EXPECT_EQ(done ? "" : done.error().subject, row.subject) << id;
    EXPECT_EQ(has(id), row.stored) << id;
  }
  EXPECT_EQ(store_.commits, 2U);
}

TEST_F(MemoryStoreFaults, an_outage_fails_reads_and_writes_until_it_ends) {
  store_.outage = Error(ErrorCode::unavailable, "the database is away");
  EXPECT_FALSE(create("a").has_value());
  EXPECT_FALSE(store_.read([](store::Session&) { return Status(); }).has_value());
  store_.outage.reset();
  EXPECT_TRUE(create("a").has_value());
}

TEST_F(MemoryStoreFaults, a_restored_backup_is_the_old_state_in_a_new_epoch) {
  ASSERT_TRUE(create("before").has_value());
  const MemoryTables backup = store_.backup();
  ASSERT_TRUE(create("after").has_value());
  store_.restore(backup, Epoch{Uuid{{2}}});
  EXPECT_TRUE(has("before"));
  EXPECT_FALSE(has("after"));
  EXPECT_EQ(store_.epoch(), Epoch{Uuid{{2}}});
}

}  // namespace
}  // namespace leanspec::fakes
