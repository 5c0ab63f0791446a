#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "host/clock.h"
#include "host/durable_file.h"
#include "host/entropy.h"
#include "host/file_lock.h"
#include "host/json_string.h"
#include "host/shutdown_signal.h"
#include "host/stream_log.h"

namespace leanspec::host {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/leanspec-host-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TemporaryFolder() {
    const std::string command = "rm -rf '" + path_ + "'";
    if (::system(command.c_str()) != 0) ADD_FAILURE() << path_ << " is left behind";
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return Instant(std::chrono::milliseconds(1'700'000'000'123)); }
  [[nodiscard]] BootTime since_boot() const override { return BootTime(std::chrono::seconds(5)); }
};

[[nodiscard]] std::string logged(LogOptions options, LogLevel level, std::string_view message, std::string_view value) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const FixedClock clock;
  make_stream_log(ends[1], options, clock)->write(level, message, {{"file", value}, {"size", 12}});
  ::close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t count = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return text;
}

TEST(Clock, boot_time_never_steps_back_and_wall_time_is_after_2020) {
  const BootTime first = system_clock().since_boot();
  EXPECT_GE(system_clock().since_boot(), first);
  EXPECT_GT(system_clock().now().time_since_epoch(), std::chrono::hours(50 * 365 * 24));
}

TEST(Entropy, uuids_are_version_7_ordered_by_time_and_never_equal) {
  const Uuid early = system_entropy().uuid7(Instant(std::chrono::milliseconds(1000)));
  const Uuid late = system_entropy().uuid7(Instant(std::chrono::milliseconds(2000)));
  const Uuid again = system_entropy().uuid7(Instant(std::chrono::milliseconds(2000)));
  EXPECT_EQ(early.bytes[6] >> 4, 7);
  EXPECT_LT(early, late);
  EXPECT_NE(late, again);
}

TEST(StreamLog, writes_one_line_of_text_whatever_comes_in) {
  EXPECT_EQ(logged({}, LogLevel::info, "saved", "a b\nc"),
            "2023-11-14T22:13:20.123Z info    saved  file=\"a b\\nc\" size=12\n");
  EXPECT_EQ(logged({}, LogLevel::warning, "two\nlines", "x.md"),
            "2023-11-14T22:13:20.123Z warning two lines  file=x.md size=12\n");
}

TEST(StreamLog, writes_json_even_of_bytes_that_are_no_utf8) {
  LogOptions options;
  options.format = LogFormat::json;
  EXPECT_EQ(logged(options, LogLevel::error, "lost", "a\xFF\"\x01"),
            "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"error\",\"message\":\"lost\",\"file\":"
            "\"a\xEF\xBF\xBD\\\"\\u0001\",\"size\":12}\n");
}

TEST(StreamLog, drops_what_is_below_the_level) {
  LogOptions options;
  options.level = LogLevel::warning;
  EXPECT_EQ(logged(options, LogLevel::info, "saved", "x"), "");
}

TEST(StreamLog, names_the_variable_that_is_wrong) {
  ::setenv("LEANSPEC_LOG_LEVEL", "loud", 1);
  const auto options = log_options_from_environment(2);
  ::unsetenv("LEANSPEC_LOG_LEVEL");
  ASSERT_FALSE(options);
  EXPECT_NE(options.error().sentence().find("LEANSPEC_LOG_LEVEL=loud"), std::string::npos);
}

TEST(DurableFile, replaces_the_whole_file_and_keeps_it_private) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durable_file(folder.file("key"), "one"));
  ASSERT_TRUE(write_durable_file(folder.file("key"), "two"));
  EXPECT_EQ(*read_small_file(folder.file("key"), 100), "two");
  EXPECT_TRUE(check_private(folder.file("key")));
  ASSERT_EQ(::chmod(folder.file("key").c_str(), 0644), 0);
  const Status open_to_all = check_private(folder.file("key"));
  ASSERT_FALSE(open_to_all);
  EXPECT_NE(open_to_all.error().remedy.find("chmod"), std::string::npos);
}

TEST(DurableFile, a_read_stops_at_the_limit) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durable_file(folder.file("key"), "12345"));
  EXPECT_TRUE(read_small_file(folder.file("key"), 5));
  EXPECT_EQ(read_small_file(folder.file("key"), 4).error().code, ErrorCode::too_large);
  EXPECT_EQ(read_small_file(folder.file("none"), 4).error().code, ErrorCode::not_found);
}

TEST(DurableFile, makes_every_missing_folder_for_its_owner_only) {
  const TemporaryFolder folder;
  ASSERT_TRUE(make_private_folder(folder.file("a/b/c")));
  ASSERT_TRUE(make_private_folder(folder.file("a/b/c")));
  struct stat facts {};
  ASSERT_EQ(::stat(folder.file("a/b").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  ASSERT_TRUE(write_durable_file(folder.file("file"), ""));
  EXPECT_FALSE(make_private_folder(folder.file("file")));
}

TEST(FileLock, the_second_is_refused_and_told_who_is_first) {
  const TemporaryFolder folder;
  {
    const auto first = FileLock::acquire(folder.file("lock"), "bridge");
    ASSERT_TRUE(first);
    const auto second = FileLock::acquire(folder.file("lock"), "bridge");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_NE(second.error().what.find("process " + std::to_string(::getpid()) + " (bridge)"), std::string::npos);
  }
  EXPECT_TRUE(FileLock::acquire(folder.file("lock"), "bridge"));
}

TEST(ShutdownSignal, a_signal_is_taken_once_from_the_loop) {
  auto shutdown = ShutdownSignal::install();
  ASSERT_TRUE(shutdown);
  EXPECT_EQ(shutdown->take(), 0);
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(shutdown->wait(), SIGTERM);
  EXPECT_EQ(shutdown->take(), 0);
}

TEST(JsonString, keeps_well_formed_utf8_and_replaces_the_rest) {
  std::string out;
  append_json_string(out, "é漢😀\xC0\xAF\xED\xA0\x80");
  EXPECT_EQ(out, "\"é漢😀\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace leanspec::host
