#include <atomic>
#include <thread>

#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class TransactionContract : public StoreContract {
 protected:
  [[nodiscard]] std::size_t entries(BranchId branch) {
    std::size_t count = 0;
    read([&](Session& session) { count = must(session.versions().feed(branch, Seq{}, 10'000)).size(); });
    return count;
  }
  [[nodiscard]] Status append(Session& session, BranchId branch, const std::string& path) {
    LEANSPEC_TRY(session.versions().append(text_version(session, branch, new_document(), path, path)));
    return {};
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, TransactionContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(TransactionContract, a_failed_write_leaves_nothing_behind_and_its_error_is_returned) {
  const BranchId branch = make_branch();
  const Status done = store().write([&](Session& session) -> Status {
    must(append(session, branch, "a"));
    must(session.versions().add_alias(branch, new_document(), new_document()));
    return Error(ErrorCode::conflict, "changed my mind");
  });
  EXPECT_EQ(code_of(done), ErrorCode::conflict);
  EXPECT_EQ(entries(branch), 0U);
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().find_branch(branch))->head, Seq{});
    EXPECT_FALSE(must(session.bodies().has(digest::sha256("a"))));
  });
  write([&](Session& session) { must(append(session, branch, "b")); });
  EXPECT_EQ(entries(branch), 1U);
}

TEST_P(TransactionContract, an_exception_rolls_back_and_the_store_goes_on) {
  const BranchId branch = make_branch();
  EXPECT_THROW(static_cast<void>(store().write([&](Session& session) -> Status {
                 must(append(session, branch, "a"));
                 throw std::bad_alloc();
               })),
               std::bad_alloc);
  EXPECT_EQ(entries(branch), 0U);
  write([&](Session& session) { must(append(session, branch, "b")); });
  EXPECT_EQ(entries(branch), 1U);
}

TEST_P(TransactionContract, a_failed_savepoint_undoes_its_own_writes_only_and_leaves_no_gap) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    for (int i = 0; i < 6; ++i) {
      const Status part = session.savepoint([&]() -> Status {
        LEANSPEC_TRY(append(session, branch, "p" + std::to_string(i)));
        if (i % 2 == 1) return Error(ErrorCode::conflict, "odd");
        return {};
      });
      EXPECT_EQ(code_of(part), i % 2 == 1 ? std::optional(ErrorCode::conflict) : std::nullopt);
    }
  });
  read([&](Session& session) {
    const std::vector<Version> feed = must(session.versions().feed(branch, Seq{}, 99));
    ASSERT_EQ(feed.size(), 3U);
    for (std::size_t i = 0; i < feed.size(); ++i) EXPECT_EQ(feed[i].seq, Seq{i + 1});
    EXPECT_EQ(feed[2].path, "p4");
    EXPECT_EQ(must(session.versions().head_at_path(branch, "p3")), std::nullopt);
  });
}

TEST_P(TransactionContract, savepoints_nest) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    must(session.savepoint([&]() -> Status {
      must(append(session, branch, "outer"));
      EXPECT_FALSE(session
                       .savepoint([&]() -> Status {
                         must(append(session, branch, "inner"));
                         return Error(ErrorCode::conflict, "no");
                       })
                       .has_value());
      must(session.savepoint([&] { return append(session, branch, "other"); }));
      return {};
    }));
    EXPECT_FALSE(session
                     .savepoint([&]() -> Status {
                       must(session.savepoint([&] { return append(session, branch, "kept by nobody"); }));
                       return Error(ErrorCode::conflict, "no");
                     })
                     .has_value());
  });
  EXPECT_EQ(entries(branch), 2U);
}

TEST_P(TransactionContract, a_transaction_sees_its_own_writes) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    must(append(session, branch, "a"));
    EXPECT_TRUE(must(session.versions().head_at_path(branch, "a")).has_value());
    EXPECT_EQ(must(session.versions().find_branch(branch))->head, Seq{1});
  });
}

TEST_P(TransactionContract, the_epoch_survives_reopening) {
  const Epoch epoch = store().epoch();
  reopen();
  EXPECT_EQ(store().epoch(), epoch);
}

TEST_P(TransactionContract, readers_see_one_moment_while_a_writer_commits) {
  const BranchId branch = make_branch();
  constexpr std::uint64_t rounds = 60;
  std::atomic<bool> done = false;
  const auto watch = [&] {
    std::uint64_t last = 0;
    while (!done) {
      must(store().read([&](Session& session) -> Status {
        // Two documents are appended per transaction: whoever sees one of a pair, or a head without its entry, saw two
        // moments.
        const std::uint64_t head = must(session.versions().find_branch(branch))->head.value();
        std::this_thread::yield();
        const std::vector<Version> feed = must(session.versions().feed(branch, Seq{}, 10'000));
        EXPECT_EQ(feed.size(), head);
        EXPECT_EQ(head % 2, 0U);
        EXPECT_EQ(must(session.versions().live_documents(branch)), head);
        EXPECT_GE(head, last);
        last = head;
        return {};
      }));
    }
  };
  std::thread first(watch);
  std::thread second(watch);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    write([&](Session& session) {
      must(append(session, branch, "a" + std::to_string(i)));
      must(append(session, branch, "b" + std::to_string(i)));
    });
  }
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(entries(branch), 2 * rounds);
}

TEST_P(TransactionContract, writes_from_several_threads_follow_each_other) {
  const BranchId branch = make_branch();
  std::mutex making_ids;
  const auto push = [&](const std::string& name) {
    for (int i = 0; i < 20; ++i) {
      must(store().write([&](Session& session) {
        const std::lock_guard lock(making_ids);
        return append(session, branch, name + std::to_string(i));
      }));
    }
  };
  std::thread first(push, "a");
  std::thread second(push, "b");
  first.join();
  second.join();
  read([&](Session& session) {
    const std::vector<Version> feed = must(session.versions().feed(branch, Seq{}, 99));
    ASSERT_EQ(feed.size(), 40U);
    for (std::size_t i = 0; i < feed.size(); ++i) EXPECT_EQ(feed[i].seq, Seq{i + 1});
  });
}

}  // namespace
}  // namespace leanspec::store
