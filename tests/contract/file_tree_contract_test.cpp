// What every host::FileTree promises, on the real disk and on the one in memory.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "host/descriptor.h"
#include "host/files.h"
#include "host/system_file_tree.h"
#include "tests/fakes/memory_file_tree.h"

namespace leanspec {
namespace {

using host::FileKind;

constexpr std::uint64_t limit = 1024;

/// A user with a disk: the same acts on either kind.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual host::WritableFileTree& tree() = 0;
  virtual void write(const std::string& path, const std::string& bytes) = 0;
  virtual void replace(const std::string& path, const std::string& bytes) = 0;
  virtual void make_folder(const std::string& path) = 0;
  virtual void make_symlink(const std::string& path, const std::string& target) = 0;
  virtual void remove(const std::string& path) = 0;
  virtual void move(const std::string& from, const std::string& to) = 0;
  virtual void make_unreadable(const std::string& path) = 0;
  virtual void open_writer(const std::string& path) = 0;
  virtual void close_writer() = 0;
  virtual void take_root_away() = 0;
  virtual void bring_root_back() = 0;
};

class MemoryDisk final : public Disk {
 public:
  host::WritableFileTree& tree() override { return tree_; }
  void write(const std::string& path, const std::string& bytes) override {
    tree_.advance(1'000'000), tree_.write(path, bytes);
  }
  void replace(const std::string& path, const std::string& bytes) override {
    tree_.advance(1'000'000), tree_.replace(path, bytes);
  }
  void make_folder(const std::string& path) override { tree_.add_folder(path); }
  void make_symlink(const std::string& path, const std::string&) override { tree_.make_symlink(path); }
  void remove(const std::string& path) override { tree_.remove(path); }
  void move(const std::string& from, const std::string& to) override { tree_.rename(from, to); }
  void make_unreadable(const std::string& path) override {
    tree_.set_failing(path, Error(ErrorCode::forbidden, "may not be read", path));
  }
  void open_writer(const std::string& path) override { tree_.open_writer(writing_ = path); }
  void close_writer() override { tree_.close_writer(writing_); }
  void take_root_away() override { tree_.take_root_away(); }
  void bring_root_back() override { tree_.bring_root_back(); }

 private:
  fakes::MemoryFileTree tree_;
  std::string writing_;
};

class RealDisk final : public Disk {
 public:
  explicit RealDisk(host::LackingDisk lacking = {}) {
    char name[] = "/tmp/leanspec-contract-XXXXXX";
    folder_ = ::mkdtemp(name);
    EXPECT_EQ(::chmod(folder_.c_str(), 0755), 0);
    root_ = folder_ + "/specs";
    EXPECT_EQ(::mkdir(root_.c_str(), 0755), 0);
    // Root may read everything; being somebody else makes EACCES real.
    if (::geteuid() == 0) {
      EXPECT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
      EXPECT_EQ(::chown(root_.c_str(), 65534, 65534), 0);
      EXPECT_EQ(::seteuid(65534), 0);
    }
    tree_ = *host::open_file_tree_without(lacking, root_);
  }
  ~RealDisk() override {
    writer_.reset();
    tree_.reset();
    if (::getuid() == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
    EXPECT_EQ(::system(("chmod -R u+rwx '" + folder_ + "' && rm -rf '" + folder_ + "'").c_str()), 0);
  }
  host::WritableFileTree& tree() override { return *tree_; }
  void write(const std::string& path, const std::string& bytes) override { put(full(path), bytes); }
  void replace(const std::string& path, const std::string& bytes) override {
    put(full(path) + ".tmp", bytes);
    EXPECT_EQ(::rename((full(path) + ".tmp").c_str(), full(path).c_str()), 0);
  }
  void make_folder(const std::string& path) override { EXPECT_EQ(::mkdir(full(path).c_str(), 0755), 0); }
  void make_symlink(const std::string& path, const std::string& target) override {
    EXPECT_EQ(::symlink(target.c_str(), full(path).c_str()), 0);
  }
  void remove(const std::string& path) override { EXPECT_EQ(::system(("rm -rf '" + full(path) + "'").c_str()), 0); }
  void move(const std::string& from, const std::string& to) override {
    EXPECT_EQ(::rename(full(from).c_str(), full(to).c_str()), 0);
  }
  void make_unreadable(const std::string& path) override { EXPECT_EQ(::chmod(full(path).c_str(), 0), 0); }
  void open_writer(const std::string& path) override {
    writer_ = host::Descriptor(::open(full(path).c_str(), O_WRONLY | O_CLOEXEC));
  }
  void close_writer() override { writer_.reset(); }
  void take_root_away() override { EXPECT_EQ(::rename(root_.c_str(), (folder_ + "/away").c_str()), 0); }
  void bring_root_back() override { EXPECT_EQ(::rename((folder_ + "/away").c_str(), root_.c_str()), 0); }
  [[nodiscard]] std::string full(const std::string& path) const { return root_ + "/" + path; }

 private:
  static void put(const std::string& path, const std::string& bytes) {
    std::FILE* file = std::fopen(path.c_str(), "we");
    ASSERT_NE(file, nullptr) << path;
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }

  std::string folder_;
  std::string root_;
  std::unique_ptr<host::WritableFileTree> tree_;
  host::Descriptor writer_;
};

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Disk>()> make;
};

class FileTreeContract : public testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<Disk> disk = GetParam().make();
  host::WritableFileTree& tree = disk->tree();

  std::string text(const std::string& path) {
    const auto content = tree.read(path, limit);
    return content ? content->bytes : "(" + std::string(to_string(content.error().code)) + ")";
  }
};

TEST_P(FileTreeContract, a_file_is_read_whole_with_its_facts) {
  disk->write("a.md", "hello");
  const auto content = tree.read("a.md", limit);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->bytes, "hello");
  EXPECT_TRUE(content->stable);
  EXPECT_EQ(content->facts, *tree.facts("a.md"));
  EXPECT_EQ(content->facts.kind, FileKind::regular);
  EXPECT_EQ(content->facts.size, 5U);
  EXPECT_EQ(content->facts.mode & 0600U, 0600U);
}

TEST_P(FileTreeContract, an_empty_file_is_a_file) {
  disk->write("a.md", "");
  EXPECT_EQ(tree.read("a.md", limit)->bytes, "");
}

TEST_P(FileTreeContract, the_limit_is_the_largest_size_that_is_read) {
  disk->write("at.md", std::string(limit, 'x'));
  disk->write("over.md", std::string(limit + 1, 'x'));
  EXPECT_EQ(tree.read("at.md", limit)->bytes.size(), limit);
  EXPECT_EQ(tree.read("over.md", limit).error().code, ErrorCode::too_large);
}

TEST_P(FileTreeContract, names_come_in_bytewise_order_with_their_kind) {
  disk->make_folder("b");
  disk->write("b/inner.md", "x");
  disk->write("a.md", "x");
  disk->write("Z.md", "x");
  disk->make_symlink("link", "a.md");
  const auto entries = tree.list("");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 4U);
  EXPECT_EQ((*entries)[0].name, "Z.md");
  EXPECT_EQ((*entries)[1].name, "a.md");
  EXPECT_EQ((*entries)[2].name, "b");
  EXPECT_EQ((*entries)[2].kind, FileKind::directory);
  EXPECT_EQ((*entries)[3].name, "link");
  EXPECT_EQ((*entries)[3].kind, FileKind::symlink);
  ASSERT_EQ(tree.list("b")->size(), 1U);
}

TEST_P(FileTreeContract, what_is_not_there_is_not_found) {
  EXPECT_EQ(tree.facts("none").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.list("none").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.read("none/deeper", limit).error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.has_writer("none").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, no_path_leaves_the_root) {
  for (const char* path : {"..", "../specs", "/etc/passwd", "a/../b", "./a", "a//b", "a/"}) {
    EXPECT_EQ(tree.facts(path).error().code, ErrorCode::invalid) << path;
    EXPECT_EQ(tree.read(path, limit).error().code, ErrorCode::invalid) << path;
  }
}

TEST_P(FileTreeContract, a_symbolic_link_is_seen_and_never_followed) {
  disk->make_folder("folder");
  disk->write("folder/a.md", "x");
  disk->make_symlink("link", "folder");
  EXPECT_EQ(tree.facts("link")->kind, FileKind::symlink);
  EXPECT_EQ(tree.read("link", limit).error().code, ErrorCode::invalid);
  EXPECT_FALSE(tree.read("link/a.md", limit));
  EXPECT_FALSE(tree.facts("link/a.md"));
  EXPECT_FALSE(tree.list("link"));
}

TEST_P(FileTreeContract, unreadable_is_unknown_and_not_absent) {
  disk->write("a.md", "x");
  disk->make_folder("folder");
  disk->write("folder/b.md", "x");
  disk->make_unreadable("a.md");
  disk->make_unreadable("folder");
  EXPECT_TRUE(tree.facts("a.md"));
  EXPECT_EQ(tree.read("a.md", limit).error().code, ErrorCode::forbidden);
  EXPECT_EQ(tree.list("folder").error().code, ErrorCode::forbidden);
  EXPECT_EQ(tree.facts("folder/b.md").error().code, ErrorCode::forbidden);
}

TEST_P(FileTreeContract, saving_in_place_keeps_the_inode_and_saving_by_rename_does_not) {
  disk->write("a.md", "one");
  const auto first = *tree.facts("a.md");
  disk->write("a.md", "three");
  const auto in_place = *tree.facts("a.md");
  EXPECT_EQ(in_place.inode, first.inode);
  EXPECT_NE(in_place, first);
  disk->replace("a.md", "seven");
  EXPECT_NE(tree.facts("a.md")->inode, first.inode);
}

TEST_P(FileTreeContract, a_moved_file_keeps_inode_and_birth) {
  disk->write("a.md", "x");
  const auto before = *tree.facts("a.md");
  disk->move("a.md", "b.md");
  const auto after = *tree.facts("b.md");
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(after.born_ns, before.born_ns);
  EXPECT_EQ(after.modified_ns, before.modified_ns);
  EXPECT_EQ(tree.facts("a.md").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, an_open_writer_is_noticed_until_it_closes) {
  disk->write("a.md", "x");
  EXPECT_FALSE(*tree.has_writer("a.md"));
  disk->open_writer("a.md");
  EXPECT_TRUE(*tree.has_writer("a.md"));
  disk->close_writer();
  EXPECT_FALSE(*tree.has_writer("a.md"));
}

TEST_P(FileTreeContract, a_root_that_went_away_is_not_found_and_the_same_one_when_it_returns) {
  disk->write("a.md", "x");
  const auto before = *tree.facts("");
  disk->take_root_away();
  EXPECT_EQ(tree.facts("").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.list("").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.facts("a.md").error().code, ErrorCode::not_found);
  disk->bring_root_back();
  const auto after = *tree.facts("");
  EXPECT_EQ(after.device, before.device);
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(tree.read("a.md", limit)->bytes, "x");
}

TEST_P(FileTreeContract, a_file_is_made_whole_with_the_bits_that_it_was_given_and_over_nothing) {
  disk->make_folder("b");
  ASSERT_TRUE(tree.create("b/a.md", "text", 0640));
  EXPECT_EQ(text("b/a.md"), "text");
  EXPECT_EQ(tree.facts("b/a.md")->mode, 0640U);
  ASSERT_TRUE(tree.create("empty.md", "", 0600));
  EXPECT_EQ(text("empty.md"), "");
  EXPECT_EQ(tree.create("b/a.md", "other", 0600).error().code, ErrorCode::already_exists);
  EXPECT_EQ(text("b/a.md"), "text");
  EXPECT_EQ(tree.create("none/a.md", "x", 0600).error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, many_files_are_made_at_once_and_each_stands_or_fails_alone) {
  disk->write("taken.md", "mine");
  disk->make_folder("folder");
  std::vector<host::WritableFileTree::NewFile> files{{"taken.md", "theirs", 0644}, {"nowhere/a.md", "x", 0644}};
  for (int number = 0; number < 40; ++number)
    files.push_back({"folder/" + std::to_string(number) + ".md", "a text", number % 2 == 0 ? 0640U : 0755U});
  const auto made = tree.create_all(files);
  ASSERT_EQ(made.size(), files.size());
  EXPECT_EQ(made[0].error().code, ErrorCode::already_exists);
  EXPECT_EQ(made[1].error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.read("taken.md", limit)->bytes, "mine");
  for (std::size_t number = 2; number < files.size(); ++number) {
    EXPECT_TRUE(made[number]) << files[number].path;
    EXPECT_EQ(tree.read(files[number].path, limit)->bytes, "a text");
    EXPECT_EQ(tree.facts(files[number].path)->mode, files[number].mode);
  }
  EXPECT_TRUE(tree.create_all({}).empty());
  const auto synced = tree.sync_folders({"folder", "nowhere", ""});
  ASSERT_EQ(synced.size(), 3U);
  EXPECT_TRUE(synced[0]);
  EXPECT_EQ(synced[1].error().code, ErrorCode::not_found);
  EXPECT_TRUE(synced[2]);
}

TEST_P(FileTreeContract, two_files_change_places_with_all_that_belongs_to_them) {
  disk->make_folder("b");
  disk->write("a.md", "first");
  disk->write("b/c.md", "second, longer");
  const auto first = *tree.facts("a.md");
  const auto second = *tree.facts("b/c.md");
  ASSERT_TRUE(tree.exchange("a.md", "b/c.md"));
  EXPECT_EQ(text("a.md"), "second, longer");
  EXPECT_EQ(text("b/c.md"), "first");
  EXPECT_EQ(tree.facts("a.md")->inode, second.inode);
  EXPECT_EQ(tree.facts("b/c.md")->inode, first.inode);
  EXPECT_EQ(tree.facts("b/c.md")->modified_ns, first.modified_ns);
  EXPECT_EQ(tree.exchange("a.md", "none.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(text("a.md"), "second, longer");
}

TEST_P(FileTreeContract, a_file_moves_to_a_free_name_only) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("taken.md", "mine");
  EXPECT_EQ(tree.move("a.md", "taken.md").error().code, ErrorCode::already_exists);
  EXPECT_EQ(text("taken.md"), "mine");
  EXPECT_EQ(tree.move("a.md", "b").error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.move("a.md", "none/a.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(tree.move("none.md", "x.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.move("a.md", "b/c.md"));
  EXPECT_EQ(text("b/c.md"), "text");
  EXPECT_FALSE(tree.facts("a.md"));
}

TEST_P(FileTreeContract, files_and_empty_folders_are_removed_and_nothing_else) {
  disk->make_folder("b");
  disk->write("b/a.md", "text");
  EXPECT_EQ(tree.remove_folder("b").error().code, ErrorCode::conflict);
  EXPECT_FALSE(tree.remove_file("b"));
  ASSERT_TRUE(tree.remove_file("b/a.md"));
  EXPECT_EQ(tree.remove_file("b/a.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.sync_folder("b"));
  ASSERT_TRUE(tree.remove_folder("b"));
  EXPECT_FALSE(tree.facts("b"));
  ASSERT_TRUE(tree.make_folder("b"));
  EXPECT_EQ(tree.make_folder("b").error().code, ErrorCode::already_exists);
  EXPECT_TRUE(tree.sync_folder(""));
  EXPECT_EQ(tree.sync_folder("none").error().code, ErrorCode::not_found);
}

TEST_P(FileTreeContract, a_file_gets_a_second_free_name_and_stays_one_file) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("taken.md", "mine");
  ASSERT_TRUE(tree.link("a.md", "b/c.md"));
  EXPECT_EQ(tree.facts("b/c.md")->inode, tree.facts("a.md")->inode);
  disk->write("a.md", "changed");
  EXPECT_EQ(text("b/c.md"), "changed");
  EXPECT_EQ(tree.link("a.md", "taken.md").error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.link("none.md", "x.md").error().code, ErrorCode::not_found);
  ASSERT_TRUE(tree.remove_file("a.md"));
  EXPECT_EQ(text("b/c.md"), "changed");
}

TEST_P(FileTreeContract, a_file_is_put_over_another_or_in_a_free_place) {
  disk->make_folder("b");
  disk->write("a.md", "text");
  disk->write("b/c.md", "old");
  ASSERT_TRUE(tree.put_over("a.md", "b/c.md"));
  EXPECT_EQ(text("b/c.md"), "text");
  EXPECT_FALSE(tree.facts("a.md"));
  ASSERT_TRUE(tree.put_over("b/c.md", "free.md"));
  EXPECT_EQ(text("free.md"), "text");
  EXPECT_EQ(tree.put_over("none.md", "free.md").error().code, ErrorCode::not_found);
  EXPECT_EQ(text("free.md"), "text");
}

TEST_P(FileTreeContract, a_new_file_has_the_usual_bits_if_none_are_given) {
  disk->write("made_by_a_program.md", "x");
  ASSERT_TRUE(tree.create("a.md", "text", host::usual_mode));
  EXPECT_EQ(tree.facts("a.md")->mode, tree.facts("made_by_a_program.md")->mode);
}

TEST_P(FileTreeContract, nothing_is_written_outside_the_root_or_through_a_link) {
  disk->make_folder("folder");
  disk->write("a.md", "x");
  disk->make_symlink("link", "folder");
  for (const char* path : {"../a.md", "/tmp/leanspec-a.md", "folder/../b.md", "link/b.md", "", "folder/"}) {
    EXPECT_FALSE(tree.create(path, "x", 0600)) << path;
    EXPECT_FALSE(tree.move("a.md", path)) << path;
    EXPECT_FALSE(tree.exchange("a.md", path)) << path;
    EXPECT_FALSE(tree.make_folder(path)) << path;
    EXPECT_FALSE(tree.remove_folder(path) && *path != '\0') << path;
  }
  EXPECT_EQ(text("a.md"), "x");
  EXPECT_TRUE(tree.list("folder")->empty());
}

/// A real disk that lacks what some network disks lack.
class PoorDisk : public testing::Test {
 protected:
  RealDisk disk{host::LackingDisk{true, true, true}};
  host::WritableFileTree& tree = disk.tree();
};

TEST_F(PoorDisk, what_it_lacks_is_said_and_files_are_made_whole_all_the_same) {
  disk.write("a.md", "a");
  disk.write("b.md", "b");
  EXPECT_EQ(tree.exchange("a.md", "b.md").error().code, ErrorCode::unsupported);
  EXPECT_EQ(tree.move("a.md", "c.md").error().code, ErrorCode::unsupported);
  EXPECT_EQ(tree.link("a.md", "c.md").error().code, ErrorCode::unsupported);
  ASSERT_TRUE(tree.create("c.md", "text", 0640));
  EXPECT_EQ(tree.read("c.md", limit)->bytes, "text");
  EXPECT_EQ(tree.facts("c.md")->mode, 0640U);
  EXPECT_EQ(tree.create("c.md", "other", 0640).error().code, ErrorCode::already_exists);
  EXPECT_EQ(tree.list("")->size(), 3U) << "no part of a file is left";
}

TEST_F(PoorDisk, without_leases_another_program_that_writes_is_found_among_the_processes) {
  // Who changes users in the middle may not look into its own children.
  if (::getuid() == 0) ASSERT_EQ(::seteuid(0), 0);
  disk.write("a.md", "a");
  EXPECT_TRUE(tree.knows_writers());
  EXPECT_FALSE(*tree.has_writer("a.md"));
  EXPECT_FALSE(tree.knows_writers());
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  for (const bool writes : {true, false}) {
    const pid_t other = ::fork();
    if (other == 0) {
      const int file = ::open(disk.full("a.md").c_str(), writes ? O_WRONLY | O_APPEND : O_RDONLY);
      char letter = file < 0 ? 'x' : 'k';
      if (::write(ready[1], &letter, 1) != 1 || ::read(done[0], &letter, 1) != 1) ::_exit(1);
      ::_exit(0);
    }
    char letter = 0;
    ASSERT_EQ(::read(ready[0], &letter, 1), 1);
    ASSERT_EQ(letter, 'k');
    EXPECT_EQ(*tree.has_writer("a.md"), writes);
    ASSERT_EQ(::write(done[1], &letter, 1), 1);
    int status = 0;
    ASSERT_EQ(::waitpid(other, &status, 0), other);
    EXPECT_FALSE(*tree.has_writer("a.md"));
  }
  for (const int end : {ready[0], ready[1], done[0], done[1]}) ::close(end);
}

INSTANTIATE_TEST_SUITE_P(Disks, FileTreeContract,
                         testing::Values(Kind{"memory", [] { return std::make_unique<MemoryDisk>(); }},
                                         Kind{"real", [] { return std::make_unique<RealDisk>(); }}),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace leanspec
