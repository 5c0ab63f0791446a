#include "bridge/disk/watcher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "bridge/disk/file_system_kind.h"
#include "host/clock.h"

namespace leanspec::bridge::disk {
namespace {

using engine::Hint;
using engine::HintKind;

class WatcherTest : public testing::Test {
 protected:
  WatcherTest() {
    char name[] = "/tmp/leanspec-watch-XXXXXX";
    folder_ = ::mkdtemp(name);
    root_ = folder_ + "/specs";
    make_folder("");
  }
  ~WatcherTest() override { EXPECT_EQ(::system(("rm -rf '" + folder_ + "'").c_str()), 0); }

  [[nodiscard]] std::string full(const std::string& path) const { return path.empty() ? root_ : root_ + "/" + path; }
  void make_folder(const std::string& path) const { ASSERT_EQ(::mkdir(full(path).c_str(), 0755), 0); }
  void write(const std::string& path) const {
    std::FILE* file = std::fopen(full(path).c_str(), "we");
    ASSERT_NE(file, nullptr);
    std::fputs("text", file);
    std::fclose(file);
  }
  void rename(const std::string& from, const std::string& to) const {
    ASSERT_EQ(::rename(full(from).c_str(), full(to).c_str()), 0);
  }

  void watch(std::size_t watches_max = 1000) {
    WatcherOptions options;
    options.root = root_;
    options.watches_max = watches_max;
    options.ignored = [](std::string_view path, bool) {
      return path.find("node_modules") != std::string_view::npos || path.ends_with(".swp");
    };
    watcher_ = make_inotify_watcher(options, now_);
  }

  /// Everything until nothing more comes at once: the events of finished system calls are queued before those return.
  std::vector<Hint> hints() {
    std::vector<Hint> all;
    for (;;) {
      pollfd waited{watcher_->descriptor(), POLLIN, 0};
      if (waited.fd < 0 || ::poll(&waited, 1, 0) <= 0) return all;
      for (Hint& hint : watcher_->take(now_)) all.push_back(std::move(hint));
    }
  }

  static bool has(const std::vector<Hint>& hints, HintKind kind, const std::string& path) {
    return std::any_of(hints.begin(), hints.end(),
                       [&](const Hint& hint) { return hint.kind == kind && hint.path == path; });
  }

  std::string folder_;
  std::string root_;
  BootTime now_{std::chrono::seconds(1)};
  std::unique_ptr<Watcher> watcher_;
};

TEST_F(WatcherTest, a_save_in_place_and_a_save_by_rename_are_told_apart) {
  watch();
  write("a.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "a.md"));
  write("a.md.tmp");
  rename("a.md.tmp", "a.md");
  const auto seen = hints();
  ASSERT_TRUE(has(seen, HintKind::moved_in, "a.md"));
  EXPECT_EQ(seen.back().from, "a.md.tmp");
  ASSERT_EQ(::unlink(full("a.md").c_str()), 0);
  EXPECT_TRUE(has(hints(), HintKind::removed, "a.md"));
}

TEST_F(WatcherTest, a_file_in_a_folder_made_just_before_is_not_missed) {
  watch();
  make_folder("a");
  make_folder("a/b");
  write("a/b/c.md");
  EXPECT_TRUE(has(hints(), HintKind::folder_changed, "a"));
  write("a/b/c.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "a/b/c.md"));
  EXPECT_EQ(watcher_->watched(), 3U);
}

TEST_F(WatcherTest, a_renamed_folder_is_watched_under_its_new_name) {
  make_folder("old");
  make_folder("old/deep");
  watch();
  rename("old", "new");
  const auto seen = hints();
  ASSERT_TRUE(has(seen, HintKind::moved_in, "new"));
  EXPECT_EQ(seen.back().from, "old");
  EXPECT_TRUE(seen.back().folder);
  write("new/deep/a.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "new/deep/a.md"));
}

TEST_F(WatcherTest, a_folder_moved_out_is_removed_and_no_longer_watched) {
  make_folder("a");
  watch();
  rename("a", "../out");
  EXPECT_TRUE(has(hints(), HintKind::removed, "a"));
  EXPECT_EQ(watcher_->watched(), 1U);
  ASSERT_EQ(::rename((folder_ + "/out").c_str(), full("back").c_str()), 0);
  const auto seen = hints();
  EXPECT_TRUE(has(seen, HintKind::moved_in, "back"));
  EXPECT_EQ(watcher_->watched(), 2U);
}

TEST_F(WatcherTest, ignored_paths_are_neither_watched_nor_told) {
  make_folder("node_modules");
  watch();
  write("node_modules/a.md");
  write(".a.swp");
  EXPECT_TRUE(hints().empty());
  EXPECT_EQ(watcher_->watched(), 1U);
  write("a.md");
  (void)hints();
  rename("a.md", "a.swp");
  EXPECT_TRUE(has(hints(), HintKind::removed, "a.md"));
}

TEST_F(WatcherTest, without_watches_left_folders_are_polled_and_people_are_told_the_cure) {
  make_folder("a");
  make_folder("b");
  watch(2);
  EXPECT_EQ(watcher_->state(), WatchState::polling);
  ASSERT_EQ(watcher_->warnings().size(), 1U);
  EXPECT_NE(watcher_->warnings()[0].find("fs.inotify.max_user_watches"), std::string::npos);
  ASSERT_TRUE(watcher_->deadline());
  EXPECT_EQ(*watcher_->deadline(), now_ + poll_interval);
  EXPECT_TRUE(watcher_->tick(now_).empty());
  now_ += poll_interval;
  const auto polled = watcher_->tick(now_);
  ASSERT_EQ(polled.size(), 1U);
  EXPECT_EQ(polled[0].kind, HintKind::folder_changed);
  // A watch becomes free: recovery without a restart.
  ASSERT_EQ(::rmdir(full(polled[0].path == "a" ? "b" : "a").c_str()), 0);
  (void)hints();
  now_ += poll_interval;
  (void)watcher_->tick(now_);
  EXPECT_EQ(watcher_->state(), WatchState::watching);
  EXPECT_FALSE(watcher_->deadline());
}

TEST_F(WatcherTest, a_root_that_went_away_is_found_again) {
  watch();
  ASSERT_EQ(::rename(root_.c_str(), (folder_ + "/away").c_str()), 0);
  EXPECT_TRUE(has(hints(), HintKind::overflow, ""));
  EXPECT_EQ(watcher_->state(), WatchState::root_gone);
  now_ += root_interval;
  EXPECT_TRUE(watcher_->tick(now_).empty());
  ASSERT_EQ(::rename((folder_ + "/away").c_str(), root_.c_str()), 0);
  now_ += root_interval;
  EXPECT_TRUE(has(watcher_->tick(now_), HintKind::overflow, ""));
  EXPECT_EQ(watcher_->state(), WatchState::watching);
  write("a.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "a.md"));
}

TEST_F(WatcherTest, a_deleted_and_remade_root_is_watched_again) {
  watch();
  ASSERT_EQ(::rmdir(root_.c_str()), 0);
  EXPECT_TRUE(has(hints(), HintKind::overflow, ""));
  make_folder("");
  now_ += root_interval;
  EXPECT_TRUE(has(watcher_->tick(now_), HintKind::overflow, ""));
  write("a.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "a.md"));
}

TEST_F(WatcherTest, lost_events_end_in_one_hint_to_look_at_everything) {
  std::FILE* file = std::fopen("/proc/sys/fs/inotify/max_queued_events", "re");
  long limit = 0;
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fscanf(file, "%ld", &limit), 1);
  std::fclose(file);
  if (limit > 100'000)
    GTEST_SKIP() << "the system's event queue holds " << limit << " events; filling it takes too long";
  watch();
  write("a.md");
  write("b.md");
  for (long i = 0; i <= limit; ++i) {
    ASSERT_EQ(::chmod(full(i % 2 == 0 ? "a.md" : "b.md").c_str(), 0644),
              0);  // two files: equal neighbours are merged by the kernel
  }
  EXPECT_TRUE(has(hints(), HintKind::overflow, ""));
  write("c.md");
  EXPECT_TRUE(has(hints(), HintKind::closed, "c.md"));
}

TEST(FileSystemKind, a_local_disk_tells_changes) {
  EXPECT_TRUE(file_system_kind("/").tells_changes);
  EXPECT_TRUE(file_system_kind("/no/such/folder").tells_changes);
}

}  // namespace
}  // namespace leanspec::bridge::disk
