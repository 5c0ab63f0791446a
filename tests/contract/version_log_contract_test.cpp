#include "sync/rolling_digest.h"
#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class VersionLogContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, VersionLogContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

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
