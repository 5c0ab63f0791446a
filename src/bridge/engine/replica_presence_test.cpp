// Who edits what: told to the hub, and shown of others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bridge/engine/editing.h"
#include "tests/fakes/guard_bench.h"

namespace leanspec::bridge::engine {
namespace {

using fakes::GuardBench;
using fakes::ReplicaBench;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

TEST(replica_presence, an_edit_is_told_at_once_renewed_and_over_after_two_minutes) {
  GuardBench bench;
  bench.save_all(3);
  bench.pass(seconds{150});
  const auto document = bench.document_at("f1.md");
  const auto quiet = bench.hub.editing.size();
  bench.save_now("f1.md", "edited by a person");
  bench.pass(milliseconds{500});
  ASSERT_EQ(bench.hub.editing.size(), quiet + 1);
  EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(document));
  bench.pass(seconds{40});
  EXPECT_GE(bench.hub.editing.size(), quiet + 3) << "said again before it lapses";
  bench.cut();
  bench.connect();
  EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(document)) << "and on each connection";
  bench.pass(seconds{120});
  EXPECT_TRUE(bench.hub.editing.back().documents.empty());
  const auto over = bench.hub.editing.size();
  bench.pass(seconds{300});
  EXPECT_EQ(bench.hub.editing.size(), over) << "nobody edits, and nothing is said";
}

TEST(replica_presence, an_editors_own_file_beside_a_document_says_that_it_is_open) {
  const std::pair<const char*, const char*> files[] = {
      {"a/.f.md.swp", "a/f.md"}, {"a/.#f.md", "a/f.md"}, {"a/.~lock.f.md#", "a/f.md"}, {"a/.f.md.kate-swp", "a/f.md"}};
  for (const auto& [lock, file] : files) {
    EXPECT_EQ(edited_beside(lock), file);
    GuardBench bench;
    bench.save(file, "text");
    bench.pass(seconds{150});
    bench.hint({HintKind::modified, lock, std::nullopt, false});
    ASSERT_FALSE(bench.hub.editing.empty());
    EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(bench.document_at(file))) << lock;
    bench.pass(seconds{600});
    EXPECT_THAT(bench.hub.editing.back().documents, ElementsAre(bench.document_at(file))) << "open, however long";
    bench.hint({HintKind::removed, lock, std::nullopt, false});
    EXPECT_TRUE(bench.hub.editing.back().documents.empty()) << lock;
  }
  for (const char* other : {"a/f.md", "a/.hidden", "a/f.md~", ".#", "a/.swp", ".~lock.#"})
    EXPECT_EQ(edited_beside(other), std::nullopt) << other;
}

TEST(replica_presence, what_others_edit_is_shown_in_the_status_until_it_is_over) {
  GuardBench bench;
  bench.save_all(2);
  wire::Editors editors;
  editors.editors = {{bench.document_at("f1.md"), "desk"}, {DocumentId{ReplicaBench::id(9'999)}, "nobody knows what"}};
  bench.replica->received(editors, bench.now());
  ASSERT_EQ(bench.status().editing.size(), 1U);
  EXPECT_EQ(bench.status().editing[0].path, "f1.md");
  EXPECT_EQ(bench.status().editing[0].why, "desk");
  bench.cut();
  EXPECT_TRUE(bench.status().editing.empty());
}

TEST(replica_presence, of_many_changed_documents_the_last_are_named) {
  GuardBench bench;
  bench.save_all(100);
  for (int i = 0; i < 100; ++i) {
    bench.save_now(GuardBench::name(i), "edited " + std::to_string(i));
    bench.pass(milliseconds{20});
  }
  bench.pass(seconds{2});
  ASSERT_EQ(bench.hub.editing.back().documents.size(), wire::limits::editing_documents_max);
  EXPECT_THAT(bench.hub.editing.back().documents, testing::Contains(bench.document_at("f99.md")));
}

}  // namespace
}  // namespace leanspec::bridge::engine
