#include "sync/identify.h"

#include <gtest/gtest.h>

namespace leanspec::sync {
namespace {

DocumentId document(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[15] = number;
  return DocumentId{uuid};
}

DiskFile file(std::uint8_t digest, std::uint64_t inode, std::int64_t born = 1, std::uint64_t size = 100) {
  DiskFile made;
  made.digest.bytes[0] = digest;
  made.facts.device = 1;
  made.facts.inode = inode;
  made.facts.born_ns = born;
  made.facts.size = size;
  return made;
}

Identified run(const KnownFiles& known, const DiskFiles& files, const std::vector<MoveEvidence>& moves = {},
               const std::map<std::string, DocumentId, std::less<>>& remote = {}) {
  std::uint8_t next = 200;
  return identify(
      known, files, moves,
      [&](std::string_view path) -> std::optional<DocumentId> {
        const auto found = remote.find(path);
        return found == remote.end() ? std::nullopt : std::optional{found->second};
      },
      [&] { return document(next++); });
}

using Placed = std::map<std::string, DocumentId, std::less<>>;

TEST(identify, an_atomic_save_with_a_new_inode_is_the_same_document) {
  const auto result = run({{"a.md", {document(1), file(1, 10)}}}, {{"a.md", file(2, 11)}});
  EXPECT_EQ(result.placed, (Placed{{"a.md", document(1)}}));
  EXPECT_TRUE(result.renames.empty());
}

TEST(identify, a_moved_file_keeps_its_document_by_its_inode) {
  const auto result = run({{"a.md", {document(1), file(1, 10)}}}, {{"b.md", file(2, 10)}});
  EXPECT_EQ(result.renames, (std::vector<Rename>{{document(1), "a.md", "b.md"}}));
}

TEST(identify, a_reused_inode_alone_proves_nothing) {
  const auto result = run({{"a.md", {document(1), file(1, 10, 1)}}}, {{"b.md", file(2, 10, 2)}});
  EXPECT_EQ(result.vanished, (std::vector<DocumentId>{document(1)}));
  EXPECT_EQ(result.created.size(), 1U);
}

TEST(identify, an_inode_without_birth_time_pairs_by_equal_digest_only) {
  EXPECT_EQ(run({{"a.md", {document(1), file(1, 10, 0)}}}, {{"b.md", file(1, 10, 0)}}).renames.size(), 1U);
  EXPECT_TRUE(run({{"a.md", {document(1), file(1, 10, 0)}}}, {{"b.md", file(2, 10, 0)}}).renames.empty());
}

TEST(identify, equal_bytes_pair_only_if_unique_and_long_enough) {
  EXPECT_EQ(run({{"a.md", {document(1), file(1, 10)}}}, {{"b.md", file(1, 20, 2)}}).renames.size(), 1U);
  EXPECT_TRUE(run({{"a.md", {document(1), file(1, 10, 1, 64)}}}, {{"b.md", file(1, 20, 2, 64)}}).renames.empty())
      << "a stub";
  EXPECT_EQ(run({{"a.md", {document(1), file(1, 10, 1, 65)}}}, {{"b.md", file(1, 20, 2, 65)}}).renames.size(), 1U);
  EXPECT_TRUE(run({{"a.md", {document(1), file(1, 10)}}}, {{"b.md", file(1, 20, 2)}, {"c.md", file(1, 21, 2)}})
                  .renames.empty());
  EXPECT_TRUE(
      run({{"a.md", {document(1), file(1, 10)}}, {"x.md", {document(2), file(1, 11)}}}, {{"b.md", file(1, 20, 2)}})
          .renames.empty());
}

TEST(identify, what_the_system_saw_beats_inode_and_digest) {
  const auto result = run({{"a.md", {document(1), file(1, 10)}}, {"b.md", {document(2), file(2, 11)}}},
                          {{"c.md", file(9, 99, 9)}}, {{"b.md", "c.md"}});
  EXPECT_EQ(result.placed, (Placed{{"c.md", document(2)}}));
  EXPECT_EQ(result.vanished, (std::vector<DocumentId>{document(1)}));
}

TEST(identify, a_swap_seen_by_the_system_swaps_the_documents) {
  const KnownFiles known{{"a.md", {document(1), file(1, 10)}}, {"b.md", {document(2), file(2, 11)}}};
  const DiskFiles files{{"a.md", file(2, 11)}, {"b.md", file(1, 10)}};
  const auto result = run(known, files, {{"a.md", "t"}, {"b.md", "a.md"}, {"t", "b.md"}});
  EXPECT_EQ(result.placed, (Placed{{"a.md", document(2)}, {"b.md", document(1)}}));
  EXPECT_EQ(run(known, files).renames.size(), 0U) << "unseen, the same path wins";
}

TEST(identify, a_shift_of_folders_moves_every_document_along) {
  const auto result = run({{"082/R.md", {document(1), file(1, 10)}}, {"083/R.md", {document(2), file(2, 11)}}},
                          {{"083/R.md", file(1, 10)}, {"084/R.md", file(2, 11)}}, {{"083", "084"}, {"082", "083"}});
  EXPECT_EQ(result.placed, (Placed{{"083/R.md", document(1)}, {"084/R.md", document(2)}}));
}

TEST(identify, an_editors_backup_by_rename_stays_one_document) {
  const auto result =
      run({{"f.md", {document(1), file(1, 10)}}}, {{"f.md", file(2, 11)}, {"f.old", file(1, 10)}}, {{"f.md", "f.old"}});
  EXPECT_EQ(result.placed.at("f.md"), document(1));
  EXPECT_EQ(result.created.size(), 1U);
}

TEST(identify, a_save_by_renaming_over_a_document_is_an_edit_of_that_document) {
  const auto result = run({{"f.md", {document(1), file(1, 10)}}, {"new.md", {document(2), file(2, 11)}}},
                          {{"f.md", file(2, 11)}}, {{"new.md", "f.md"}});
  EXPECT_EQ(result.placed, (Placed{{"f.md", document(1)}}));
  EXPECT_EQ(result.vanished, (std::vector<DocumentId>{document(2)}));
}

TEST(identify, a_renamed_folder_is_one_group) {
  const auto result =
      run({{"082-x/README.md", {document(1), file(1, 10)}},
           {"082-x/sub/P.md", {document(2), file(2, 11)}},
           {"other.md", {document(3), file(3, 12)}}},
          {{"083-x/README.md", file(1, 10)}, {"083-x/sub/P.md", file(2, 11)}, {"other.md", file(3, 12)}});
  EXPECT_EQ(result.folders, (std::vector<FolderRename>{{"082-x", "083-x", {document(1), document(2)}}}));
}

TEST(identify, a_file_without_history_joins_the_document_that_the_hub_has_there) {
  const auto result = run({}, {{"a.md", file(1, 10)}, {"b.md", file(2, 11)}}, {}, {{"a.md", document(7)}});
  EXPECT_EQ(result.placed, (Placed{{"a.md", document(7)}, {"b.md", document(200)}}));
  EXPECT_EQ(result.joined, (std::vector<DocumentId>{document(7)}));
  EXPECT_EQ(result.created, (std::vector<DocumentId>{document(200)}));
}

TEST(identify, no_document_is_given_to_two_files) {
  const auto result = run({{"a.md", {document(1), file(1, 10)}}}, {{"b.md", file(1, 10)}, {"c.md", file(5, 20)}}, {},
                          {{"c.md", document(1)}});
  EXPECT_EQ(result.placed.at("b.md"), document(1));
  EXPECT_NE(result.placed.at("c.md"), document(1));
}

}  // namespace
}  // namespace leanspec::sync
