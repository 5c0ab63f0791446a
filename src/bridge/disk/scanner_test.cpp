#include "bridge/disk/scanner.h"

#include <gtest/gtest.h>

#include "digest/sha256.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Observation;
using engine::Presence;
using engine::RootHealth;
using engine::ScanRequest;
using engine::ScanResult;

constexpr std::int64_t second_ns = 1'000'000'000;

/// The wall clock of the machine is the disk's: as on a local file system.
class TreeClock final : public host::Clock {
 public:
  explicit TreeClock(const fakes::MemoryFileTree& tree) : tree_(tree) {}
  [[nodiscard]] Instant now() const override {
    return Instant(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(tree_.time())));
  }
  [[nodiscard]] BootTime since_boot() const override { return BootTime(std::chrono::nanoseconds(tree_.time())); }

 private:
  const fakes::MemoryFileTree& tree_;
};

class ScannerTest : public testing::Test {
 protected:
  ScanResult scan(ScanRequest request) {
    request.id = ++id_;
    if (request.file_bytes_max == 0) request.file_bytes_max = 1000;
    if (request.files_max == 0) request.files_max = 1000;
    scanner_.begin(request);
    for (;;) {
      ++steps_;
      if (auto result = scanner_.step(known_)) {
        EXPECT_EQ(result->id, id_);
        EXPECT_TRUE(scanner_.idle());
        return *std::move(result);
      }
    }
  }
  ScanResult scan_all() {
    ScanRequest request;
    request.everything = true;
    return scan(request);
  }
  ScanResult scan_for_good() {
    ScanRequest request;
    request.everything = true;
    request.for_good = true;
    return scan(request);
  }
  ScanResult scan_paths(std::vector<std::string> paths) {
    ScanRequest request;
    request.paths = std::move(paths);
    return scan(request);
  }
  void remember(const ScanResult& result) {
    for (const Observation& seen : result.observations) {
      if (seen.digest) known_[seen.path] = sync::DiskFile{*seen.digest, seen.facts, seen.racy};
    }
  }
  static const Observation* find(const ScanResult& result, const std::string& path) {
    for (const Observation& seen : result.observations) {
      if (seen.path == path) return &seen;
    }
    return nullptr;
  }

  fakes::MemoryFileTree tree_;
  TreeClock clock_{tree_};
  Scanner scanner_{tree_, clock_};
  sync::DiskFiles known_;
  std::uint64_t id_ = 0;
  std::size_t steps_ = 0;
};

TEST_F(ScannerTest, lists_every_file_with_its_digest) {
  tree_.write("082-web/README.md", "one");
  tree_.write("a.md", "two");
  const auto result = scan_all();
  ASSERT_EQ(result.observations.size(), 2U);
  EXPECT_EQ(find(result, "082-web/README.md")->digest, digest::sha256("one"));
  EXPECT_EQ(find(result, "a.md")->facts.size, 3U);
  EXPECT_EQ(result.root_inode, tree_.facts("")->inode);
}

TEST_F(ScannerTest, reads_again_only_what_changed) {
  tree_.write("a.md", "one");
  tree_.write("b.md", "two");
  tree_.advance(10 * second_ns);
  remember(scan_all());
  EXPECT_EQ(tree_.reads(), 2U);
  tree_.advance(second_ns);
  tree_.write("b.md", "TWO");
  tree_.advance(10 * second_ns);
  const auto result = scan_all();
  EXPECT_EQ(tree_.reads(), 3U);
  EXPECT_EQ(find(result, "b.md")->digest, digest::sha256("TWO"));
  EXPECT_EQ(find(result, "a.md")->digest, digest::sha256("one"));
}

TEST_F(ScannerTest, another_text_of_equal_size_within_the_clock_tick_is_found) {
  tree_.set_timestamp_granularity(second_ns);
  tree_.write("a.md", "one");
  const auto first = scan_all();
  EXPECT_TRUE(find(first, "a.md")->racy);
  remember(first);
  tree_.write("a.md", "two");  // the same second, the same size
  EXPECT_EQ(find(scan_all(), "a.md")->digest, digest::sha256("two"));
  tree_.advance(3 * second_ns);
  EXPECT_FALSE(find(scan_all(), "a.md")->racy);
}

/// The clock that stamps files is the kernel's tick, and where a virtual machine was not given its processor for a
/// while the tick is late: then nothing in the facts of a file tells of its last change. The watcher does.
TEST_F(ScannerTest, a_file_that_is_asked_for_by_name_is_read_even_if_its_facts_say_that_nothing_happened) {
  tree_.set_timestamp_granularity(50'000'000);
  tree_.advance(50'000'000);  // a whole second would look like a clock that counts only those
  tree_.write("a/one.md", "one");
  tree_.advance(40'000'000);  // more than a tick after its time stamp
  const auto first = scan_all();
  ASSERT_FALSE(find(first, "a/one.md")->racy);
  remember(first);
  tree_.write("a/one.md", "two");
  EXPECT_EQ(find(scan_paths({"a/one.md"}), "a/one.md")->digest, digest::sha256("two"));
  EXPECT_EQ(find(scan_paths({"a", "a/one.md"}), "a/one.md")->digest, digest::sha256("two"));
}

TEST_F(ScannerTest, a_kept_modification_time_hides_no_change) {
  tree_.write("a.md", "one");
  const auto modified = tree_.facts("a.md")->modified_ns;
  tree_.advance(10 * second_ns);
  remember(scan_all());
  tree_.advance(second_ns);
  tree_.write("a.md", "two");
  tree_.set_modified("a.md", modified);
  EXPECT_EQ(find(scan_all(), "a.md")->digest, digest::sha256("two"));
}

TEST_F(ScannerTest, a_file_changed_while_read_has_no_digest) {
  tree_.write("a.md", "old old");
  tree_.write_during_next_read("a.md", "new new");
  const auto result = scan_all();
  EXPECT_TRUE(find(result, "a.md")->changing);
  EXPECT_FALSE(find(result, "a.md")->digest);
  EXPECT_EQ(find(scan_all(), "a.md")->digest, digest::sha256("new new"));
}

TEST_F(ScannerTest, what_cannot_be_read_is_unknown_and_never_absent) {
  tree_.write("a.md", "x");
  tree_.write("folder/b.md", "x");
  tree_.write("c.md", "x");
  tree_.set_failing("a.md", Error(ErrorCode::forbidden, "may not be read"));
  tree_.set_failing("folder", Error(ErrorCode::io, "the disk failed"));
  const auto result = scan_all();
  EXPECT_EQ(find(result, "a.md")->presence, Presence::unknown);
  EXPECT_EQ(find(result, "folder")->presence, Presence::unknown);
  EXPECT_EQ(find(result, "folder")->problem, "the disk failed");
  EXPECT_TRUE(find(result, "c.md")->digest);
  EXPECT_EQ(find(scan_paths({"folder/b.md"}), "folder/b.md")->presence, Presence::unknown);
}

TEST_F(ScannerTest, links_are_listed_and_never_followed) {
  tree_.write("a.md", "x");
  tree_.make_symlink("link");
  const auto result = scan_all();
  EXPECT_EQ(find(result, "link")->facts.kind, sync::FileKind::symlink);
  EXPECT_FALSE(find(result, "link")->digest);
  EXPECT_EQ(find(scan_paths({"link/a.md"}), "link/a.md"), nullptr);
}

TEST_F(ScannerTest, an_open_writer_is_reported) {
  tree_.write("a.md", "x");
  tree_.open_writer("a.md");
  EXPECT_TRUE(find(scan_all(), "a.md")->writer_open);
}

TEST_F(ScannerTest, asked_paths_are_files_folders_or_absent) {
  tree_.write("a.md", "x");
  tree_.write("folder/b.md", "x");
  tree_.write("folder/deep/c.md", "x");
  const auto result = scan_paths({"folder", "folder/b.md", "a.md", "gone.md"});
  EXPECT_EQ(result.observations.size(), 4U);
  EXPECT_EQ(find(result, "gone.md")->presence, Presence::absent);
  EXPECT_TRUE(find(result, "folder/deep/c.md")->digest);
  EXPECT_EQ(tree_.reads(), 3U);
}

TEST_F(ScannerTest, ignored_paths_are_counted_with_their_rule) {
  tree_.write(".leanspecignore", "drafts/\n");
  tree_.write("drafts/a.md", "x");
  tree_.write("b.md", "x");
  tree_.write(".git/HEAD", "x");
  const auto result = scan_all();
  ASSERT_TRUE(result.rules);
  EXPECT_FALSE(find(result, "drafts/a.md"));
  EXPECT_TRUE(find(result, "b.md"));
  EXPECT_EQ(result.ignored_count, 2U);
  ASSERT_EQ(result.ignored.size(), 2U);
  EXPECT_EQ(result.ignored[1].path, "drafts");
  EXPECT_EQ(result.ignored[1].match.line, 1U);
  EXPECT_TRUE(scan_paths({"drafts/a.md"}).observations.empty());
}

TEST_F(ScannerTest, changed_rules_are_handed_over_once) {
  tree_.write("a.md", "x");
  EXPECT_TRUE(scan_all().rules);
  EXPECT_FALSE(scan_all().rules);
  tree_.advance(second_ns);
  tree_.write(".leanspecignore", "a.md\n");
  const auto result = scan_paths({".leanspecignore"});
  ASSERT_TRUE(result.rules);
  EXPECT_TRUE(result.rules->match("a.md", false));
}

TEST_F(ScannerTest, unreadable_rules_stop_everything_since_what_is_sent_cannot_be_called_back) {
  tree_.write("secret.md", "x");
  tree_.write(".leanspecignore", "secret.md\n");
  tree_.set_failing(".leanspecignore", Error(ErrorCode::forbidden, "may not be read", ".leanspecignore"));
  const auto result = scan_all();
  EXPECT_EQ(result.root, RootHealth::unreadable);
  EXPECT_TRUE(result.observations.empty());
}

TEST_F(ScannerTest, a_missing_root_is_said_and_nothing_is_listed) {
  tree_.write("a.md", "x");
  tree_.take_root_away();
  const auto result = scan_all();
  EXPECT_EQ(result.root, RootHealth::missing);
  EXPECT_TRUE(result.observations.empty());
}

TEST_F(ScannerTest, a_root_that_is_replaced_during_the_walk_is_not_believed) {
  for (int i = 0; i < 10; ++i) tree_.write("file" + std::to_string(i) + ".md", "x");
  tree_.set_interruption([this](std::string_view path) {
    if (path != "file5.md") return;
    tree_.set_interruption({});
    tree_.mount_empty_root();
  });
  const auto result = scan_all();
  EXPECT_EQ(result.root, RootHealth::missing);
  EXPECT_TRUE(result.observations.empty());
}

TEST_F(ScannerTest, files_at_the_limits_pass_and_beyond_are_listed_or_cut) {
  tree_.write("at.md", std::string(1000, 'x'));
  tree_.write("over.md", std::string(1001, 'x'));
  const auto sizes = scan_all();
  EXPECT_TRUE(find(sizes, "at.md")->digest);
  EXPECT_FALSE(find(sizes, "over.md")->digest);
  EXPECT_EQ(find(sizes, "over.md")->facts.size, 1001U);

  ScanRequest request;
  request.everything = true;
  request.files_max = 2;
  EXPECT_FALSE(scan(request).truncated);
  tree_.write("third.md", "x");
  const auto cut = scan(request);
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.observations.size(), 2U);
}

TEST_F(ScannerTest, bodies_come_within_the_budget_and_the_first_always) {
  tree_.write("a.md", std::string(600, 'a'));
  tree_.write("b.md", std::string(600, 'b'));
  tree_.write("c.md", std::string(300, 'c'));
  ScanRequest request;
  request.everything = true;
  request.body_bytes_max = 1000;
  const auto result = scan(request);
  EXPECT_TRUE(find(result, "a.md")->body);
  EXPECT_FALSE(find(result, "b.md")->body);
  EXPECT_TRUE(find(result, "c.md")->body);
  request.body_bytes_max = 10;
  EXPECT_TRUE(find(scan(request), "a.md")->body);
}

TEST_F(ScannerTest, names_that_a_process_before_brought_here_are_on_the_disk_before_they_are_told_of) {
  tree_.add_folder("spec");
  ASSERT_TRUE(tree_.create("spec/one.md", "one", host::usual_mode));
  ASSERT_TRUE(tree_.create("spec/two.md", "two", host::usual_mode));
  ASSERT_TRUE(tree_.sync_folder("spec"));
  remember(scan_all());
  ASSERT_TRUE(tree_.exchange("spec/one.md", "spec/two.md"));  // and it ended
  const auto result = scan_for_good();
  EXPECT_EQ(find(result, "spec/one.md")->digest, digest::sha256("two"));
  EXPECT_FALSE(tree_.is_ours_and_uncertain("spec/one.md"));
}

TEST_F(ScannerTest, what_stands_there_as_it_is_known_costs_no_flush) {
  ASSERT_TRUE(tree_.create("one.md", "one", host::usual_mode));
  tree_.advance(10 * second_ns);
  remember(scan_all());
  (void)scan_for_good();
  EXPECT_TRUE(tree_.is_ours_and_uncertain("one.md"));
}

TEST_F(ScannerTest, names_that_the_disk_does_not_write_down_are_not_believed) {
  tree_.write("spec/one.md", "one");
  bool read = false;
  tree_.set_interruption([&](std::string_view path) {
    read = read || path == "spec/one.md";
    if (read && path == "spec") tree_.set_failing("spec", Error(ErrorCode::io, "could not be flushed", "spec"));
  });
  const auto result = scan_for_good();
  EXPECT_EQ(result.root, RootHealth::unreadable);
  EXPECT_NE(result.root_problem.find("could not be flushed"), std::string::npos) << result.root_problem;
}

TEST_F(ScannerTest, too_deep_folders_are_named_and_not_entered) {
  std::string path = "d";
  for (int depth = 1; depth < 16; ++depth) path += "/d";
  tree_.write(path + "/deep.md", "x");
  tree_.write(path.substr(0, path.size() - 2) + "/ok.md", "x");
  const auto result = scan_all();
  EXPECT_EQ(result.observations.size(), 1U);
  ASSERT_EQ(result.warnings.size(), 1U);
}

TEST_F(ScannerTest, a_large_tree_is_walked_in_many_short_steps) {
  for (int i = 0; i < 900; ++i)
    tree_.write("folder" + std::to_string(i % 9) + "/file" + std::to_string(i) + ".md", std::string(900, 'x'));
  const auto result = scan_all();
  EXPECT_EQ(result.observations.size(), 900U);
  EXPECT_GE(steps_, 3U);
}

}  // namespace
}  // namespace leanspec::bridge::disk
