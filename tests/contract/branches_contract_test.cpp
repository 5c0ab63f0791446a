// What a version log keeps of branches.
#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class BranchContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, BranchContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(BranchContract, a_branch_starts_empty_and_is_found_by_name_and_id) {
  const BranchId id = make_branch("alpha", "main");
  static_cast<void>(make_branch("alpha", "feature"));
  static_cast<void>(make_branch("beta", "main"));
  read([&](Session& session) {
    const Branch branch = must(session.versions().find_branch(id)).value();
    EXPECT_EQ(branch.project, ProjectId{"alpha"});
    EXPECT_EQ(branch.name, "main");
    EXPECT_EQ(branch.head, Seq{});
    EXPECT_EQ(branch.head_digest, Digest{});
    EXPECT_EQ(must(session.versions().find_branch(ProjectId{"alpha"}, "main")), branch);
    EXPECT_EQ(must(session.versions().find_branch(ProjectId{"alpha"}, "Main")), std::nullopt);
    EXPECT_EQ(must(session.versions().find_branch(BranchId{99})), std::nullopt);
    const std::vector<Branch> all = must(session.versions().branches(ProjectId{"alpha"}));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "feature");
    EXPECT_EQ(must(session.versions().rolling_digest(id, Seq{})), Digest{});
    EXPECT_EQ(must(session.versions().rolling_digest(BranchId{99}, Seq{})), std::nullopt);
  });
}

TEST_P(BranchContract, a_branch_name_is_taken_once_and_needs_its_project) {
  static_cast<void>(make_branch("alpha", "main"));
  write([&](Session& session) {
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"alpha"}, "main")), ErrorCode::already_exists);
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"nobody"}, "main")), ErrorCode::invalid);
  });
}

TEST_P(BranchContract, a_branch_remembers_what_it_is_a_fork_of_and_what_it_began_with) {
  const BranchId main = make_branch("alpha", "main");
  const ReplicaId opener{Uuid{{1, 2, 3}}};
  BranchId made;
  std::vector<Version> of_main;
  write([&](Session& session) {
    for (const char* path : {"c", "a", "b"})
      of_main.push_back(must(session.versions().append(text_version(session, main, new_document(), path, path))));
    of_main.push_back(must(session.versions().append(tombstone(main, of_main[2].document, "b"))));
    Fork fork;
    fork.of = main;
    fork.seq = Seq{3};
    fork.commit = "c0ffee";
    fork.opened_by = opener;
    made = must(session.versions().create_branch(ProjectId{"alpha"}, "topic", fork)).id;
    auto copy = text_version(session, made, of_main[0].document, "c", "c");
    copy.parent = of_main[0].id;
    static_cast<void>(must(session.versions().append(copy)));
    EXPECT_TRUE(session.versions().begin_after_copies(made));
    static_cast<void>(must(session.versions().append(text_version(session, made, of_main[0].document, "c", "newer"))));
    static_cast<void>(must(session.versions().append(text_version(session, made, of_main[1].document, "a", "later"))));
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"alpha"}, "topic", fork)), ErrorCode::already_exists);
    fork.of = BranchId{99};
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"alpha"}, "of nothing", fork)), ErrorCode::invalid);
  });
  reopen();
  read([&](Session& session) {
    auto& versions = session.versions();
    const Branch branch = must(versions.find_branch(made)).value();
    EXPECT_EQ(branch.fork.of, main);
    EXPECT_EQ(branch.fork.seq, Seq{3});
    EXPECT_EQ(branch.fork.commit, "c0ffee");
    EXPECT_EQ(branch.fork.opened_by, opener);
    EXPECT_EQ(branch.copied, Seq{1});
    EXPECT_EQ(must(versions.find_branch(main))->fork, Fork());
    EXPECT_EQ(must(versions.copy_of(made, of_main[0].document))->parent, of_main[0].id);
    EXPECT_EQ(must(versions.copy_of(made, of_main[1].document)), std::nullopt) << "it came later";
    EXPECT_EQ(must(versions.copy_of(main, of_main[0].document)), std::nullopt);
    const auto paths_at = [&](Seq seq) {
      std::string paths;
      for (const Version& head : must(versions.heads_at(main, seq))) paths += head.path;
      return paths;
    };
    EXPECT_EQ(paths_at(Seq{}), "");
    EXPECT_EQ(paths_at(Seq{2}), "ac");
    EXPECT_EQ(paths_at(Seq{3}), "abc");
    EXPECT_EQ(paths_at(Seq{4}), "ac") << "b was deleted";
    EXPECT_EQ(paths_at(Seq{99}), "ac");
  });
}

TEST_P(BranchContract, a_branch_can_be_renamed_to_a_name_that_is_free) {
  const BranchId branch = make_branch("alpha", "");
  static_cast<void>(make_branch("alpha", "topic"));
  write([&](Session& session) {
    EXPECT_TRUE(session.versions().rename_branch(branch, "main"));
    EXPECT_EQ(must(session.versions().find_branch(ProjectId{"alpha"}, "main"))->id, branch);
    EXPECT_EQ(code_of(session.savepoint([&] { return session.versions().rename_branch(branch, "topic"); })),
              ErrorCode::already_exists);
    EXPECT_EQ(must(session.versions().find_branch(ProjectId{"alpha"}, "")), std::nullopt);
  });
}

}  // namespace
}  // namespace leanspec::store
