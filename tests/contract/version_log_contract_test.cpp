#include "sync/rolling_digest.h"
#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class VersionLogContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, VersionLogContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(VersionLogContract, a_branch_starts_empty_and_is_found_by_name_and_id) {
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

TEST_P(VersionLogContract, a_branch_name_is_taken_once_and_needs_its_project) {
  static_cast<void>(make_branch("alpha", "main"));
  write([&](Session& session) {
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"alpha"}, "main")), ErrorCode::already_exists);
    EXPECT_EQ(code_of(session.versions().create_branch(ProjectId{"nobody"}, "main")), ErrorCode::invalid);
  });
}

TEST_P(VersionLogContract, a_branch_remembers_what_it_is_a_fork_of_and_what_it_began_with) {
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

TEST_P(VersionLogContract, a_branch_can_be_renamed_to_a_name_that_is_free) {
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

TEST_P(VersionLogContract, appended_versions_get_seqs_without_gaps_and_the_documented_rolling_digest) {
  const BranchId branch = make_branch();
  const BranchId other = make_branch("alpha", "other");
  std::vector<Version> made;
  write([&](Session& session) {
    for (int i = 0; i < 5; ++i) {
      made.push_back(
          must(session.versions().append(text_version(session, branch, new_document(), "p" + std::to_string(i), "t"))));
      static_cast<void>(must(session.versions().append(text_version(session, other, new_document(), "q", "t"))));
    }
    made.push_back(must(session.versions().append(tombstone(branch, made[0].document, made[0].path))));
  });
  reopen();
  read([&](Session& session) {
    Digest rolling;
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ(made[i].seq, Seq{i + 1});
      EXPECT_EQ(made[i].kind, VersionKind::head);
      rolling = sync::roll(rolling, {made[i].seq, made[i].document, made[i].id, made[i].path, made[i].digest});
      EXPECT_EQ(must(session.versions().rolling_digest(branch, made[i].seq)), rolling);
    }
    const Branch now = must(session.versions().find_branch(branch)).value();
    EXPECT_EQ(now.head, Seq{6});
    EXPECT_EQ(now.head_digest, rolling);
    EXPECT_EQ(must(session.versions().rolling_digest(branch, Seq{7})), std::nullopt);
    EXPECT_EQ(must(session.versions().feed(branch, Seq{}, 100)), made);
    EXPECT_EQ(must(session.versions().feed(branch, Seq{2}, 2)), std::vector<Version>({made[2], made[3]}));
    EXPECT_TRUE(must(session.versions().feed(branch, Seq{6}, 100)).empty());
  });
}

TEST_P(VersionLogContract, a_version_comes_back_with_every_field) {
  const BranchId branch = make_branch();
  Version full;
  Version bare;
  write([&](Session& session) {
    full = text_version(session, branch, new_document(), "082-web-sync/README.md", "text");
    full.parent = VersionId{new_uuid()};
    full.second_parent = VersionId{new_uuid()};
    full.machine = MachineId{new_uuid()};
    full.replica = ReplicaId{new_uuid()};
    full.user = UserId{12};
    full.change = ChangeId{new_uuid()};
    full.group = GroupId{new_uuid()};
    full.commit = "0123abcd";
    full.effective_at = now() - std::chrono::seconds(5);
    full = must(session.versions().append(full));
    bare = must(session.versions().append(tombstone(branch, new_document(), "")));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().version(full.id)), full);
    EXPECT_EQ(must(session.versions().version(bare.id)), bare);
    EXPECT_EQ(must(session.versions().version(VersionId{new_uuid()})), std::nullopt);
  });
}

TEST_P(VersionLogContract, a_version_needs_its_branch_its_body_and_an_id_of_its_own_and_a_refused_one_leaves_no_gap) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    const Version first = must(session.versions().append(text_version(session, branch, new_document(), "a", "t")));
    Version again = first;
    EXPECT_EQ(code_of(session.versions().append(again)), ErrorCode::already_exists);
    Version bodiless = text_version(session, branch, new_document(), "b", "t");
    bodiless.digest = digest::sha256("never stored");
    EXPECT_EQ(code_of(session.versions().append(bodiless)), ErrorCode::invalid);
    EXPECT_EQ(code_of(session.versions().add_side(bodiless)), ErrorCode::invalid);
    EXPECT_EQ(code_of(session.versions().append(tombstone(BranchId{99}, new_document(), "c"))), ErrorCode::not_found);
    EXPECT_EQ(code_of(session.versions().add_side(tombstone(BranchId{99}, new_document(), "c"))),
              ErrorCode::invalid);
    const Version second = must(session.versions().append(text_version(session, branch, new_document(), "d", "t")));
    EXPECT_EQ(second.seq, Seq{2});
  });
  read([&](Session& session) { EXPECT_EQ(must(session.versions().feed(branch, Seq{}, 9)).size(), 2U); });
}

TEST_P(VersionLogContract, the_head_follows_the_last_append_through_edits_moves_and_deletion) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  const auto append = [&](const std::string& path, std::optional<std::string> text) {
    Version made;
    write([&](Session& session) {
      made = must(session.versions().append(text ? text_version(session, branch, document, path, *text)
                                                 : tombstone(branch, document, path)));
    });
    return made;
  };
  const auto expect_head = [&](const Version& version, std::size_t live) {
    read([&](Session& session) {
      EXPECT_EQ(must(session.versions().head(branch, document)), version);
      EXPECT_EQ(must(session.versions().head_at_path(branch, version.path)), version);
      EXPECT_EQ(must(session.versions().live_documents(branch)), live);
      EXPECT_EQ(must(session.versions().heads(branch)).size(), live);
    });
  };
  read([&](Session& session) { EXPECT_EQ(must(session.versions().head(branch, document)), std::nullopt); });
  expect_head(append("a", "one"), 1);
  expect_head(append("a", "two"), 1);
  expect_head(append("b", "two"), 1);
  read([&](Session& session) { EXPECT_EQ(must(session.versions().head_at_path(branch, "a")), std::nullopt); });
  expect_head(append("b", std::nullopt), 0);
  expect_head(append("b", "back"), 1);
}

TEST_P(VersionLogContract, at_a_path_the_living_document_is_found_before_any_tombstone_and_else_the_last_one) {
  const BranchId branch = make_branch();
  Version second_grave;
  Version living;
  write([&](Session& session) {
    const DocumentId first = new_document();
    const DocumentId second = new_document();
    static_cast<void>(must(session.versions().append(text_version(session, branch, first, "p", "1"))));
    static_cast<void>(must(session.versions().append(tombstone(branch, first, "p"))));
    static_cast<void>(must(session.versions().append(text_version(session, branch, second, "p", "2"))));
    second_grave = must(session.versions().append(tombstone(branch, second, "p")));
    EXPECT_EQ(must(session.versions().head_at_path(branch, "p")), second_grave);
    living = must(session.versions().append(text_version(session, branch, new_document(), "p", "3")));
    EXPECT_EQ(must(session.versions().head_at_path(branch, "p")), living);
    static_cast<void>(must(session.versions().append(tombstone(branch, first, "p"))));
    EXPECT_EQ(must(session.versions().head_at_path(branch, "p")), living) << "a newer tombstone is still a tombstone";
    EXPECT_EQ(must(session.versions().head_at_path(branch, "q")), std::nullopt);
  });
}

TEST_P(VersionLogContract, two_documents_may_swap_their_paths_inside_one_transaction) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    const DocumentId x = new_document();
    const DocumentId y = new_document();
    static_cast<void>(must(session.versions().append(text_version(session, branch, x, "082", "x"))));
    static_cast<void>(must(session.versions().append(text_version(session, branch, y, "083", "y"))));
    static_cast<void>(must(session.versions().append(text_version(session, branch, x, "083", "x"))));
    static_cast<void>(must(session.versions().append(text_version(session, branch, y, "082", "y"))));
    EXPECT_EQ(must(session.versions().head_at_path(branch, "083"))->document, x);
    EXPECT_EQ(must(session.versions().head_at_path(branch, "082"))->document, y);
  });
}

TEST_P(VersionLogContract, heads_are_listed_by_path_in_bytewise_order) {
  const BranchId branch = make_branch();
  write([&](Session& session) {
    for (const char* path : {"b", "a/z", "ä", "Z", "a", "a-b"}) {
      static_cast<void>(must(session.versions().append(text_version(session, branch, new_document(), path, "t"))));
    }
  });
  read([&](Session& session) {
    std::vector<std::string> paths;
    for (const Version& version : must(session.versions().heads(branch))) paths.push_back(version.path);
    EXPECT_EQ(paths, std::vector<std::string>({"Z", "a", "a-b", "a/z", "b", "ä"}));
  });
}

TEST_P(VersionLogContract, an_alias_leads_to_the_canonical_document_also_when_that_becomes_one_itself) {
  const BranchId branch = make_branch();
  const DocumentId loser = new_document();
  const DocumentId middle = new_document();
  const DocumentId winner = new_document();
  write([&](Session& session) {
    const Version head = must(session.versions().append(text_version(session, branch, winner, "p", "t")));
    must(session.versions().add_alias(branch, loser, middle));
    must(session.versions().add_alias(branch, middle, winner));
    EXPECT_EQ(must(session.versions().head(branch, loser)), head);
    EXPECT_EQ(must(session.versions().head(branch, middle)), head);
    const DocumentId late = new_document();
    must(session.versions().add_alias(branch, late, loser));
    EXPECT_EQ(must(session.versions().head(branch, late)), head);
    EXPECT_EQ(code_of(session.versions().add_alias(branch, winner, loser)), ErrorCode::invalid) << "no circles";
  });
}

TEST_P(VersionLogContract, side_versions_are_kept_and_held_until_released_and_never_enter_the_feed) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  Version side;
  write([&](Session& session) {
    static_cast<void>(must(session.versions().append(text_version(session, branch, document, "p", "head"))));
    side = text_version(session, branch, document, "p", "side");
    side.kind = VersionKind::side;
    must(session.versions().add_side(side));
    EXPECT_TRUE(must(session.versions().held(branch)).empty()) << "kept, and not yet listed";
    must(session.versions().hold(side.id, "edited elsewhere meanwhile"));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().held(branch)), std::vector<HeldVersion>({{side, "edited elsewhere meanwhile"}}));
    EXPECT_EQ(must(session.versions().version(side.id)), side);
    EXPECT_EQ(must(session.versions().feed(branch, Seq{}, 9)).size(), 1U);
    EXPECT_EQ(must(session.versions().find_branch(branch))->head, Seq{1});
  });
  write([&](Session& session) {
    must(session.versions().release_held(side.id));
    must(session.versions().release_held(VersionId{new_uuid()}));
  });
  read([&](Session& session) {
    EXPECT_TRUE(must(session.versions().held(branch)).empty());
    EXPECT_EQ(must(session.versions().version(side.id)), side) << "released is not removed";
  });
}

TEST_P(VersionLogContract, a_side_version_knows_the_head_that_it_was_merged_into) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  Version side;
  Version merged;
  write([&](Session& session) {
    const Version old = must(session.versions().append(text_version(session, branch, document, "p", "head")));
    side = text_version(session, branch, document, "p", "side");
    side.kind = VersionKind::side;
    must(session.versions().add_side(side));
    EXPECT_EQ(must(session.versions().merge_of(side.id)), std::nullopt);
    merged = text_version(session, branch, document, "p", "both");
    merged.parent = old.id;
    merged.second_parent = side.id;
    merged = must(session.versions().append(merged));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().merge_of(side.id)), merged);
    EXPECT_EQ(must(session.versions().merge_of(merged.id)), std::nullopt);
  });
}

TEST_P(VersionLogContract, the_merges_of_a_branch_are_listed_newest_first_in_pages) {
  const BranchId branch = make_branch();
  const BranchId other = make_branch("alpha", "other");
  std::vector<Version> merged;
  write([&](Session& session) {
    const auto add = [&](BranchId where) {
      const DocumentId document = new_document();
      Version side = text_version(session, where, document, "p", "side");
      side.kind = VersionKind::side;
      must(session.versions().add_side(side));
      Version head = text_version(session, where, document, "p" + to_string(document.value()), "both");
      head.second_parent = side.id;
      return must(session.versions().append(head));
    };
    for (int i = 0; i < 3; ++i) merged.insert(merged.begin(), add(branch));
    static_cast<void>(add(other));
    static_cast<void>(must(session.versions().append(text_version(session, branch, new_document(), "q", "t"))));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().merges(branch, std::nullopt, 9)), merged);
    EXPECT_EQ(must(session.versions().merges(branch, std::nullopt, 2)), std::vector<Version>({merged[0], merged[1]}));
    EXPECT_EQ(must(session.versions().merges(branch, merged[1].id, 2)), std::vector<Version>({merged[2]}));
    EXPECT_TRUE(must(session.versions().merges(branch, merged[2].id, 2)).empty());
    EXPECT_TRUE(must(session.versions().merges(branch, VersionId{new_uuid()}, 2)).empty()) << "unknown";
  });
}

TEST_P(VersionLogContract, what_is_deleted_now_is_listed_the_last_to_go_first_in_pages) {
  const BranchId branch = make_branch();
  const BranchId other = make_branch("alpha", "other");
  std::vector<Version> gone;
  write([&](Session& session) {
    const auto remove = [&](BranchId where, const DocumentId& document, const std::string& path) {
      Version tombstone = text_version(session, where, document, path, "t");
      tombstone.digest.reset();
      tombstone.size = 0;
      return must(session.versions().append(tombstone));
    };
    for (const char* path : {"a", "b", "c"}) {
      const DocumentId document = new_document();
      static_cast<void>(must(session.versions().append(text_version(session, branch, document, path, "t"))));
      gone.insert(gone.begin(), remove(branch, document, path));
    }
    const DocumentId back = new_document();
    static_cast<void>(remove(branch, back, "d"));
    static_cast<void>(must(session.versions().append(text_version(session, branch, back, "d", "again"))));
    static_cast<void>(remove(other, new_document(), "e"));
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().deleted(branch, std::nullopt, 9)), gone) << "what came back is not deleted";
    EXPECT_EQ(must(session.versions().deleted(branch, std::nullopt, 2)), std::vector<Version>({gone[0], gone[1]}));
    EXPECT_EQ(must(session.versions().deleted(branch, gone[1].id, 2)), std::vector<Version>({gone[2]}));
    EXPECT_TRUE(must(session.versions().deleted(branch, gone[2].id, 2)).empty());
    EXPECT_TRUE(must(session.versions().deleted(branch, VersionId{new_uuid()}, 2)).empty()) << "unknown";
  });
}

TEST_P(VersionLogContract, a_replica_finds_its_own_side_version_by_its_bytes) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  const ReplicaId mine{new_uuid()};
  std::vector<VersionId> made;
  std::optional<Digest> digest;
  write([&](Session& session) {
    for (const auto& replica : {mine, ReplicaId{new_uuid()}}) {
      Version side = text_version(session, branch, document, "p", "text");
      side.kind = VersionKind::side;
      side.replica = replica;
      must(session.versions().add_side(side));
      made.push_back(side.id);
      digest = side.digest;
    }
    Version head = text_version(session, branch, document, "p", "text");
    head.replica = mine;
    static_cast<void>(must(session.versions().append(head)));
  });
  read([&](Session& session) {
    auto& versions = session.versions();
    EXPECT_EQ(must(versions.side_with_digest(branch, document, *digest, mine))->id, made[0]);
    EXPECT_EQ(must(versions.side_with_digest(branch, document, Digest{}, mine)), std::nullopt);
    EXPECT_EQ(must(versions.side_with_digest(branch, new_document(), *digest, mine)), std::nullopt);
  });
}

TEST_P(VersionLogContract, history_pages_through_heads_and_sides_newest_first) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  std::vector<VersionId> newest_first;
  write([&](Session& session) {
    for (int i = 0; i < 7; ++i) {
      Version version = text_version(session, branch, document, "p", "text " + std::to_string(i));
      if (i % 3 == 2)
        must(session.versions().add_side(version));
      else
        version = must(session.versions().append(version));
      newest_first.insert(newest_first.begin(), version.id);
      static_cast<void>(
          must(session.versions().append(text_version(session, branch, new_document(), "o" + std::to_string(i), "o"))));
    }
  });
  read([&](Session& session) {
    std::vector<VersionId> seen;
    std::optional<VersionId> before;
    while (true) {
      const std::vector<Version> page = must(session.versions().history(branch, document, before, 3));
      if (page.empty()) break;
      for (const Version& version : page) seen.push_back(version.id);
      before = page.back().id;
    }
    EXPECT_EQ(seen, newest_first);
    EXPECT_TRUE(must(session.versions().history(branch, new_document(), std::nullopt, 9)).empty());
    EXPECT_TRUE(must(session.versions().history(branch, document, VersionId{new_uuid()}, 9)).empty());
  });
}

TEST_P(VersionLogContract, the_newest_version_with_given_bytes_is_found) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  write([&](Session& session) {
    static_cast<void>(must(session.versions().append(text_version(session, branch, document, "p", "a"))));
    const Version newer = must(session.versions().append(text_version(session, branch, document, "q", "a")));
    static_cast<void>(must(session.versions().append(text_version(session, branch, document, "q", "b"))));
    static_cast<void>(must(session.versions().append(text_version(session, branch, new_document(), "r", "a"))));
    EXPECT_EQ(must(session.versions().version_with_digest(branch, document, digest::sha256("a"))), newer);
    EXPECT_EQ(must(session.versions().version_with_digest(branch, document, digest::sha256("c"))), std::nullopt);
  });
}

TEST_P(VersionLogContract, what_versions_were_in_a_former_life_is_told_by_life_newest_first) {
  const BranchId branch = make_branch();
  const DocumentId document = new_document();
  const Epoch life{new_uuid()};
  const FormerVersion own{life, VersionId{new_uuid()}, false};
  const FormerVersion edited{life, VersionId{new_uuid()}, true};
  write([&](Session& session) {
    auto& versions = session.versions();
    const Version first = must(versions.append(text_version(session, branch, document, "p", "a")));
    Version side = text_version(session, branch, document, "p", "b");
    side.kind = VersionKind::side;
    must(versions.add_side(side));
    const Version of_another_life = must(versions.append(text_version(session, branch, document, "p", "c")));
    const Version elsewhere = must(versions.append(text_version(session, branch, new_document(), "q", "d")));
    must(versions.note_former(first.id, own));
    must(versions.note_former(side.id, edited));
    must(versions.note_former(of_another_life.id, {Epoch{new_uuid()}, own.version, false}));
    must(versions.note_former(elsewhere.id, own));
    EXPECT_EQ(code_of(versions.note_former(first.id, edited)), ErrorCode::already_exists);
    EXPECT_EQ(code_of(versions.note_former(VersionId{new_uuid()}, own)), ErrorCode::not_found);
    EXPECT_EQ(must(versions.offered_again(branch, document, life, 9)),
              (std::vector<OfferedAgain>{{side.id, edited}, {first.id, own}}));
    EXPECT_EQ(must(versions.offered_again(branch, document, life, 1)).size(), 1U);
    EXPECT_TRUE(must(versions.offered_again(branch, new_document(), life, 9)).empty());
  });
}

TEST_P(VersionLogContract, the_outcome_of_a_change_is_recorded_once) {
  ChangeOutcome outcome;
  outcome.replica = ReplicaId{new_uuid()};
  outcome.change = ChangeId{new_uuid()};
  outcome.request = digest::sha256("request");
  outcome.result = std::string("encoded\0bytes", 13);
  outcome.at = now();
  write([&](Session& session) {
    must(session.versions().record_change(outcome));
    EXPECT_EQ(code_of(session.versions().record_change(outcome)), ErrorCode::already_exists);
  });
  read([&](Session& session) {
    EXPECT_EQ(must(session.versions().change_outcome(outcome.replica, outcome.change)), outcome);
    EXPECT_EQ(must(session.versions().change_outcome(ReplicaId{new_uuid()}, outcome.change)), std::nullopt);
  });
}

}  // namespace
}  // namespace leanspec::store
