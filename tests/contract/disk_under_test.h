#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
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

struct DiskKind {
  const char* name;
  std::function<std::unique_ptr<Disk>()> make;
};

/// What every host::FileTree promises. Its tests are instantiated over both kinds of disk in one place.
class FileTreeContract : public testing::TestWithParam<DiskKind> {
 protected:
  /// The largest file that is read.
  static constexpr std::uint64_t limit = 1024;
  std::unique_ptr<Disk> disk = GetParam().make();
  host::WritableFileTree& tree = disk->tree();

  std::string text(const std::string& path) {
    const auto content = tree.read(path, limit);
    return content ? content->bytes : "(" + std::string(to_string(content.error().code)) + ")";
  }
};

}  // namespace leanspec
