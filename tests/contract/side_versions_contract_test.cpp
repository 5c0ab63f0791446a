// What a version log keeps beside the heads, and what became of it.
#include "tests/contract/store_contract.h"

namespace leanspec::store {
namespace {

class SideVersionContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, SideVersionContract, testing::ValuesIn(all_stores()),
                         [](const auto& row) { return row.param.name; });

TEST_P(SideVersionContract, side_versions_are_kept_and_held_until_released_and_never_enter_the_feed) {
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

TEST_P(SideVersionContract, a_side_version_knows_the_head_that_it_was_merged_into) {
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

TEST_P(SideVersionContract, the_merges_of_a_branch_are_listed_newest_first_in_pages) {
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

TEST_P(SideVersionContract, a_replica_finds_its_own_side_version_by_its_bytes) {
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

}  // namespace
}  // namespace leanspec::store
