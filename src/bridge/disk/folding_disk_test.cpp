// A replica with its scanner and its applier, on a disk that does not keep all names apart.
#include <gtest/gtest.h>

#include "bridge/disk/applier.h"
#include "bridge/disk/scanner.h"
#include "tests/fakes/memory_file_tree.h"
#include "tests/fakes/replica_bench.h"

namespace leanspec::bridge::disk {
namespace {

using engine::FileState;
using engine::HintKind;

class FoldingReplica : public testing::Test {
 protected:
  void start(bool takes_apart = false) {
    fakes::DiskFolding folding;
    folding.letters = folding.accents = true;
    folding.takes_apart = takes_apart;
    disk_.set_folding(folding);
    bench_.mode = engine::SyncMode::two_way;
    bench_.scan_instead = [this](const engine::ScanRequest& request, const sync::DiskFiles& known) {
      scanner_.begin(request);
      for (;;) {
        if (auto result = scanner_.step(known)) return *std::move(result);
      }
    };
    bench_.apply_instead = [this](const engine::ApplyRequest& request) { return applier_.carry_out(request); };
    bench_.start();
    bench_.connect();
    settle();
  }
  void settle() { bench_.pass(std::chrono::seconds(10)); }
  /// A user at the disk.
  void save(const std::string& path, const std::string& text) {
    disk_.advance(1'000'000);
    disk_.write(path, text);
    bench_.hint({HintKind::closed, disk_.spelled(path), std::nullopt, false});
    settle();
  }
  void rename(const std::string& from, const std::string& to, bool folder = false) {
    disk_.rename(from, to);
    bench_.hint({HintKind::removed, from, std::nullopt, folder});
    bench_.hint({HintKind::moved_in, to, from, folder});
    settle();
  }
  void remove(const std::string& path) {
    const auto shown = disk_.spelled(path);
    disk_.remove(path);
    bench_.hint({HintKind::removed, shown, std::nullopt, false});
    settle();
  }
  /// Another machine, or a person at the hub.
  void elsewhere(const DocumentId& document, const std::string& path, std::optional<std::string> text) {
    bench_.hub.change(document, path, std::move(text));
    bench_.tell_head();
    settle();
  }
  /// Nothing happens any more, whoever looks.
  void expect_rest() {
    const auto pushes = bench_.hub.pushes.size();
    const auto applications = bench_.applications;
    bench_.hint({HintKind::overflow, "", std::nullopt, false});
    settle();
    bench_.start();
    bench_.connect();
    settle();
    EXPECT_EQ(bench_.hub.pushes.size(), pushes);
    EXPECT_EQ(bench_.applications, applications);
  }
  [[nodiscard]] std::set<std::string> at_hub() const {
    std::set<std::string> paths;
    for (const auto& [document, version] : bench_.hub.heads) {
      if (version.digest) paths.insert(version.path);
    }
    return paths;
  }
  [[nodiscard]] engine::FileExplanation why(const std::string& path) { return bench_.replica->why(path, bench_.now()); }

  fakes::MemoryFileTree disk_;
  Scanner scanner_{disk_, host::system_clock()};
  Applier applier_{disk_};
  fakes::ReplicaBench bench_{false};
};

using Paths = std::set<std::string>;
const DocumentId one{fakes::ReplicaBench::id(71)};
const DocumentId other{fakes::ReplicaBench::id(72)};

// FS07
TEST_F(FoldingReplica, a_user_who_changes_the_case_of_a_name_makes_one_rename) {
  start();
  save("Foo.md", "text");
  rename("Foo.md", "foo.md");
  EXPECT_EQ(at_hub(), Paths{"foo.md"});
  EXPECT_EQ(bench_.hub.heads.size(), 1U) << "the same document";
  EXPECT_EQ(bench_.hub.pushes.size(), 2U);
  expect_rest();
}

TEST_F(FoldingReplica, a_name_that_gets_another_case_at_the_hub_gets_it_here) {
  start();
  elsewhere(one, "d/Foo.md", "text");
  elsewhere(one, "d/foo.md", "text");
  EXPECT_EQ(disk_.spelled("d/FOO.md"), "d/foo.md");
  elsewhere(one, "d/FOO.md", "and another text");
  EXPECT_EQ(disk_.spelled("d/foo.md"), "d/FOO.md");
  EXPECT_EQ(disk_.content("d/FOO.md"), "and another text");
  EXPECT_EQ(why("d/FOO.md").state, FileState::in_sync);
  EXPECT_TRUE(bench_.hub.pushes.empty()) << "I8";
  expect_rest();
}

// FS08
TEST_F(FoldingReplica, of_two_documents_that_the_disk_cannot_keep_apart_the_second_waits_and_says_so) {
  start();
  elsewhere(one, "Readme.md", "first");
  elsewhere(other, "README.md", "second");
  EXPECT_EQ(disk_.content("Readme.md"), "first");
  const auto waiting = why("README.md");
  EXPECT_EQ(waiting.state, FileState::incoming);
  EXPECT_NE(waiting.sentence.find("does not keep the two names apart"), std::string::npos) << waiting.sentence;
  EXPECT_NE(waiting.sentence.find("Readme.md"), std::string::npos) << waiting.sentence;
  EXPECT_EQ(why("Readme.md").state, FileState::in_sync);
  EXPECT_TRUE(bench_.hub.pushes.empty());
  expect_rest();
  elsewhere(one, "Manual.md", "first");
  EXPECT_EQ(disk_.spelled("readme.md"), "README.md");
  EXPECT_EQ(disk_.content("README.md"), "second");
  EXPECT_EQ(disk_.content("Manual.md"), "first");
}

TEST_F(FoldingReplica, what_stands_here_in_another_spelling_is_not_written_over) {
  start();
  bench_.cut();
  save("notes.md", "typed here");
  bench_.hub.change(one, "NOTES.md", "from elsewhere");
  bench_.connect();
  settle();
  EXPECT_EQ(disk_.content("notes.md"), "typed here");
  EXPECT_EQ(disk_.spelled("NOTES.md"), "notes.md");
  EXPECT_EQ(why("NOTES.md").state, FileState::incoming);
  expect_rest();
}

// FS09
class AccentsOnDisk : public FoldingReplica, public testing::WithParamInterface<bool> {};

TEST_P(AccentsOnDisk, a_name_with_accents_is_one_document_however_the_disk_spells_it) {
  start(GetParam());
  elsewhere(one, "caf\u00E9/d\u00E9j\u00E0.md", "composed");
  elsewhere(other, "cafe\u0301-2.md", "decomposed");
  save("caf\u00E9/d\u00E9j\u00E0.md", "composed, and edited here");
  save("cafe\u0301-2.md", "decomposed, and edited here");
  EXPECT_EQ(at_hub(), (Paths{"caf\u00E9/d\u00E9j\u00E0.md", "cafe\u0301-2.md"}));
  EXPECT_EQ(bench_.hub.text_at("cafe\u0301-2.md"), "decomposed, and edited here");
  EXPECT_EQ(bench_.hub.heads.size(), 2U);
  save("u\u0308ber.md", "new");
  EXPECT_EQ(at_hub().count("\u00FCber.md"), 1U) << "composed on the wire";
  expect_rest();
  remove("caf\u00E9/d\u00E9j\u00E0.md");
  EXPECT_EQ(at_hub(), (Paths{"cafe\u0301-2.md", "\u00FCber.md"}));
  elsewhere(other, "caf\u00E9-2.md", "decomposed, and edited here");
  EXPECT_EQ(why("caf\u00E9-2.md").state, FileState::in_sync);
  expect_rest();
}

INSTANTIATE_TEST_SUITE_P(Disks, AccentsOnDisk, testing::Bool(),
                         [](const auto& takes_apart) { return takes_apart.param ? "decomposing" : "preserving"; });

TEST_F(FoldingReplica, a_folder_keeps_the_case_that_it_has_here_and_what_is_in_it_is_synced) {
  start();
  save("Plan/a.md", "text");
  elsewhere(bench_.hub.heads.begin()->first, "plan/a.md", "text and more");
  elsewhere(one, "plan/b.md", "second");
  EXPECT_EQ(disk_.spelled("plan/a.md"), "Plan/a.md");
  EXPECT_EQ(disk_.content("Plan/a.md"), "text and more");
  save("Plan/b.md", "second, edited here");
  save("Plan/c.md", "new");
  EXPECT_EQ(at_hub(), (Paths{"plan/a.md", "plan/b.md", "plan/c.md"}));
  EXPECT_EQ(bench_.hub.text_at("plan/b.md"), "second, edited here");
  remove("Plan/c.md");
  rename("Plan", "PLAN", true);
  EXPECT_EQ(at_hub(), (Paths{"plan/a.md", "plan/b.md"}));
  expect_rest();
}

TEST_F(FoldingReplica, two_documents_that_take_each_others_places_in_another_case_do_so) {
  start();
  elsewhere(one, "Aaa.md", "first");
  elsewhere(other, "bbb.md", "second");
  bench_.hub.change(one, "Bbb.md", "first");
  elsewhere(other, "aaa.md", "second");
  EXPECT_EQ(disk_.spelled("AAA.md"), "aaa.md");
  EXPECT_EQ(disk_.content("aaa.md"), "second");
  EXPECT_EQ(disk_.spelled("BBB.md"), "Bbb.md");
  EXPECT_EQ(disk_.content("Bbb.md"), "first");
  expect_rest();
}

TEST_F(FoldingReplica, a_file_that_cannot_be_read_is_not_gone_under_the_name_that_it_had_in_another_case) {
  start();
  save("d/Foo.md", "text");
  disk_.set_failing("d/foo.md", Error(ErrorCode::forbidden, "permission denied", "d/foo.md"));
  rename("d/Foo.md", "d/foo.md");
  EXPECT_EQ(at_hub(), Paths{"d/Foo.md"});
  disk_.set_failing("d/foo.md", std::nullopt);
  bench_.hint({HintKind::overflow, "", std::nullopt, false});
  settle();
  EXPECT_EQ(at_hub(), Paths{"d/foo.md"});
  EXPECT_EQ(bench_.hub.heads.size(), 1U) << "the same document";
}

TEST_F(FoldingReplica, what_is_in_a_folder_that_cannot_be_read_is_not_gone_however_the_hub_spells_the_folder) {
  start();
  save("d/here.md", "made here");
  elsewhere(one, "D/there.md", "made there");
  ASSERT_EQ(disk_.spelled("d/there.md"), "d/there.md") << "the folder keeps the case that it has here";
  disk_.set_failing("d", Error(ErrorCode::forbidden, "permission denied", "d"));
  bench_.hint({HintKind::overflow, "", std::nullopt, false});
  settle();
  EXPECT_EQ(at_hub(), (Paths{"D/there.md", "d/here.md"}));
}

TEST_F(FoldingReplica, a_folder_that_gets_another_case_while_a_former_text_is_kept_makes_no_second_document) {
  start();
  save("d/here.md", "made here");
  elsewhere(one, "d/a.md", "first");
  std::string kept;  // somebody opens the former text as it comes out
  disk_.set_interruption([&](std::string_view path) {
    if (!kept.empty() || !path.starts_with(".leanspec-sync/") || path.ends_with(".gitignore")) return;
    if (disk_.content(path) == "first") disk_.open_writer(kept = path);
  });
  bench_.hub.change(one, "d/a.md", "second");
  bench_.tell_head();
  bench_.pass(std::chrono::seconds(1));
  ASSERT_EQ(disk_.content("d/a.md"), "second");
  ASSERT_FALSE(bench_.replica->state().intents.empty()) << "the former text may yet be written into";
  const auto pushes = bench_.hub.pushes.size();
  elsewhere(one, "D/a.md", "second");
  bench_.hint({HintKind::closed, disk_.spelled("d/a.md"), std::nullopt, false});
  settle();
  EXPECT_EQ(bench_.hub.pushes.size(), pushes);
}

}  // namespace
}  // namespace leanspec::bridge::disk
