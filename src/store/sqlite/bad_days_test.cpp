#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "digest/sha256.h"
#include "host/entropy.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/open.h"
#include "store/sqlite/sqlite_store.h"

/// A full disk, a read-only one, a damaged file, a flush that fails: what the hub is told, and that it goes on when the
/// cause is gone.
namespace leanspec::store::sqlite {
namespace {

std::string noise(std::size_t size, std::uint64_t seed) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    byte = static_cast<char>(seed >> 56U);
  }
  return bytes;
}

Status put_noise(Session& session, std::size_t size, std::uint64_t seed) {
  const std::string bytes = noise(size, seed);
  return session.bodies().put(digest::sha256(bytes), bytes);
}

class BadDays : public testing::Test {
 protected:
  BadDays() {
    std::string name = (std::filesystem::temp_directory_path() / "leanspec-bad-days-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~BadDays() override {
    store_.reset();
    if (mounted_) ::umount(folder_.c_str());
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] Status open() {
    LEANSPEC_ASSIGN(store_, open_sqlite(folder_, host::system_clock(), host::system_entropy(), host::silent_log()));
    return {};
  }

  /// The same store with the writer's connection at hand.
  Database& open_with_writer() {
    auto lock = host::FileLock::acquire((folder_ / "hub.lock").string(), "test");
    auto writer = Database::open(folder_ / "hub.db", Access::read_write);
    EXPECT_TRUE(migrate(**writer, migrations()).has_value());
    Database& database = **writer;
    store_ = std::make_unique<SqliteStore>(folder_ / "hub.db", std::move(*lock), std::move(*writer), Epoch{});
    return database;
  }

  /// The folder becomes a file system of its own; false where that is not allowed.
  [[nodiscard]] bool mount_small(const char* size) {
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0;
    return mounted_;
  }
  void remount(unsigned long flags, const char* size) {
    ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | flags, (std::string("size=") + size).c_str()), 0)
        << errno;
  }

  /// Writes until one fails, and checks that a failed write leaves the store as it was and readable.
  [[nodiscard]] Error fill() {
    for (std::uint64_t seed = 1; seed < 1'000; ++seed) {
      const Status done = store_->write([&](Session& session) -> Status {
        Project project;
        project.id = ProjectId{std::to_string(seed)};
        LEANSPEC_TRY(session.projects().create(project));
        LEANSPEC_TRY(put_noise(session, 100'000, 2 * seed));
        return put_noise(session, 100'000, 2 * seed + 1);
      });
      if (done) continue;
      EXPECT_EQ(projects(), seed - 1) << "nothing of the failed write is there, everything of the others is";
      return done.error();
    }
    ADD_FAILURE() << "it never got full";
    return Error(ErrorCode::cancelled, "");
  }

  [[nodiscard]] std::size_t projects() {
    std::size_t count = 0;
    const Status done = store_->read([&](Session& session) -> Status {
      LEANSPEC_ASSIGN(const std::vector<Project> all, session.projects().list());
      count = all.size();
      return {};
    });
    EXPECT_TRUE(done.has_value()) << done.error().sentence();
    return count;
  }

  [[nodiscard]] Status create_project(const std::string& id) {
    return store_->write([&](Session& session) {
      Project project;
      project.id = ProjectId{id};
      return session.projects().create(project);
    });
  }

  [[nodiscard]] Status fill_some() {
    return store_->write([](Session& session) -> Status {
      for (std::uint64_t seed = 0; seed < 20; ++seed) LEANSPEC_TRY(put_noise(session, 10'000, seed));
      return {};
    });
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  bool mounted_ = false;
};

TEST_F(BadDays, a_full_disk_is_said_and_writing_goes_on_when_there_is_space_again) {
  if (!mount_small("2m")) GTEST_SKIP() << "a small file system cannot be mounted here";
  ASSERT_TRUE(open().has_value());
  const Error error = fill();
  EXPECT_EQ(error.code, ErrorCode::no_space) << error.sentence();
  remount(0, "64m");
  EXPECT_TRUE(create_project("after").has_value());
}

TEST_F(BadDays, a_database_at_its_page_limit_is_full_and_writing_goes_on_when_it_is_raised) {
  Database& writer = open_with_writer();
  ASSERT_TRUE(writer.execute("PRAGMA max_page_count = 300").has_value());
  EXPECT_EQ(fill().code, ErrorCode::no_space);
  ASSERT_TRUE(writer.execute("PRAGMA max_page_count = 100000").has_value());
  EXPECT_TRUE(create_project("after").has_value());
}

TEST_F(BadDays, after_the_disk_was_full_nothing_more_of_that_transaction_runs_even_if_the_failure_is_ignored) {
  Database& writer = open_with_writer();
  ASSERT_TRUE(writer.execute("PRAGMA max_page_count = 300").has_value());
  const Status done = store_->write([&](Session& session) -> Status {
    while (put_noise(session, 100'000, 7) && put_noise(session, 4'000'000, 8)) {
    }
    Project project;
    project.id = ProjectId{"on its own"};
    static_cast<void>(session.savepoint([&] { return session.projects().create(project); }));
    return {};
  });
  if (!done) {
    EXPECT_EQ(done.error().code, ErrorCode::no_space);
  }
  EXPECT_EQ(projects(), done ? 1U : 0U) << "all or nothing, never a part on its own";
}

TEST_F(BadDays, a_read_only_disk_is_said_at_the_start) {
  if (!mount_small("8m")) GTEST_SKIP() << "a small file system cannot be mounted here";
  ASSERT_TRUE(open().has_value());
  store_.reset();
  remount(MS_RDONLY, "8m");
  const Status opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::no_space) << opened.error().sentence();
  remount(0, "8m");
  EXPECT_TRUE(open().has_value());
}

TEST_F(BadDays, a_write_that_is_not_allowed_is_no_space) {
  Database& writer = open_with_writer();
  ASSERT_TRUE(writer.execute("PRAGMA query_only = ON").has_value());
  EXPECT_EQ(create_project("a").error().code, ErrorCode::no_space);
  ASSERT_TRUE(writer.execute("PRAGMA query_only = OFF").has_value());
  EXPECT_TRUE(create_project("a").has_value());
}

TEST_F(BadDays, a_database_held_by_another_process_is_unavailable) {
  Database& writer = open_with_writer();
  ASSERT_TRUE(writer.execute("PRAGMA busy_timeout = 1").has_value());
  auto other = Database::open(folder_ / "hub.db", Access::read_write);
  ASSERT_TRUE((*other)->begin("BEGIN IMMEDIATE").has_value());
  EXPECT_EQ(create_project("a").error().code, ErrorCode::unavailable);
  (*other)->roll_back();
  EXPECT_TRUE(create_project("a").has_value());
}

TEST_F(BadDays, pages_overwritten_with_garbage_are_corrupt_and_never_other_answers) {
  ASSERT_TRUE(open().has_value());
  ASSERT_TRUE(fill_some().has_value());
  store_.reset();
  {
    std::fstream file(folder_ / "hub.db", std::ios::in | std::ios::out | std::ios::binary);
    const auto size = std::filesystem::file_size(folder_ / "hub.db");
    for (std::uintmax_t at = 4096; at + 4096 <= size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(4096, '\xA5');
    }
  }
  const Status opened = open();
  const Status read = opened ? store_->read([](Session& session) -> Status {
    LEANSPEC_TRY(session.projects().list());
    return {};
  })
                             : opened;
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::corrupt) << read.error().sentence();
}

TEST_F(BadDays, a_body_that_was_changed_underneath_is_corrupt_and_the_others_are_not) {
  Database& writer = open_with_writer();
  ASSERT_TRUE(store_
                  ->write([](Session& session) -> Status {
                    LEANSPEC_TRY(session.bodies().put(digest::sha256("one"), "one"));
                    return session.bodies().put(digest::sha256(std::string(9'000, 'b')), std::string(9'000, 'b'));
                  })
                  .has_value());
  const auto get = [&](const std::string& bytes) {
    std::optional<ErrorCode> code;
    const Status done = store_->read([&](Session& session) -> Status {
      LEANSPEC_ASSIGN(const std::optional<std::string> found, session.bodies().get(digest::sha256(bytes)));
      EXPECT_EQ(found, bytes);
      return {};
    });
    if (!done) code = done.error().code;
    return code;
  };
  ASSERT_TRUE(writer.execute("UPDATE bodies SET content = CAST('two' AS BLOB) WHERE form = 0").has_value());
  EXPECT_EQ(get("one"), ErrorCode::corrupt);
  EXPECT_EQ(get(std::string(9'000, 'b')), std::nullopt);
  ASSERT_TRUE(writer.execute("UPDATE bodies SET size = 8999 WHERE form = 1").has_value());
  EXPECT_EQ(get(std::string(9'000, 'b')), ErrorCode::corrupt);
}

}  // namespace
}  // namespace leanspec::store::sqlite
