#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

#include "host/entropy.h"
#include "store/sqlite/open.h"

/// What a commit means whose flush the disk refuses: the outcome is unknown, and the store goes on.
namespace leanspec::store::sqlite {
namespace {

/// SQLite's own file system layer with a flush that can be made to fail (fsync(2) reports an I/O error once, then
/// forgets it).
class FailingFlush {
 public:
  FailingFlush() {
    original_ = sqlite3_vfs_find(nullptr);
    layer_ = *original_;
    layer_.zName = "failing-flush";
    layer_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
      const int code = original_->xOpen(original_, name, file, flags, out_flags);
      if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
        methods_ = *file->pMethods;
        real_flush_ = methods_.xSync;
        methods_.xSync = [](sqlite3_file* flushed, int how) {
          if (failures_ > 0) {
            --failures_;
            return SQLITE_IOERR_FSYNC;
          }
          return real_flush_(flushed, how);
        };
        file->pMethods = &methods_;
      }
      return code;
    };
    sqlite3_vfs_register(&layer_, 1);
  }
  ~FailingFlush() {
    sqlite3_vfs_unregister(&layer_);
    sqlite3_vfs_register(original_, 1);
    failures_ = 0;
  }
  FailingFlush(const FailingFlush&) = delete;
  FailingFlush& operator=(const FailingFlush&) = delete;

  void fail_next() { failures_ = 1; }

 private:
  static inline sqlite3_vfs* original_ = nullptr;
  static inline sqlite3_io_methods methods_{};  // of every write-ahead log: the layer gives all of them the same
  static inline int (*real_flush_)(sqlite3_file*, int) = nullptr;
  static inline int failures_ = 0;
  sqlite3_vfs layer_{};
};

TEST(CommitFailure, a_refused_flush_leaves_the_outcome_open_and_the_next_commit_works) {
  FailingFlush flush;
  std::string name = (std::filesystem::temp_directory_path() / "leanspec-flush-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(name.data());
  const auto open = [&] {
    return open_sqlite(folder, host::system_clock(), host::system_entropy(), host::silent_log());
  };
  const auto create = [](Store& store, const char* id) {
    return store.write([&](Session& session) {
      Project project;
      project.id = ProjectId{id};
      return session.projects().create(project);
    });
  };
  const auto has = [](Store& store, const char* id) {
    bool found = false;
    EXPECT_TRUE(store
                    .read([&](Session& session) -> Status {
                      LEANSPEC_ASSIGN(const std::optional<Project> project, session.projects().find(ProjectId{id}));
                      found = project.has_value();
                      return {};
                    })
                    .has_value());
    return found;
  };
  {
    const auto store = open();
    ASSERT_TRUE(store.has_value()) << store.error().sentence();
    ASSERT_TRUE(create(**store, "before").has_value());
    flush.fail_next();
    const Status refused = create(**store, "during");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << refused.error().sentence();
    EXPECT_EQ(refused.error().subject, "commit");
    EXPECT_FALSE(has(**store, "during")) << "this process does not see what it cannot vouch for";
    EXPECT_TRUE(create(**store, "after").has_value());
  }
  const auto again = open();
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(has(**again, "before"));
  EXPECT_FALSE(has(**again, "during"));
  EXPECT_TRUE(has(**again, "after"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace leanspec::store::sqlite
