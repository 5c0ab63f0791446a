// A hub is backed up while it works; what is made of that, and what is not.
#include <atomic>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <thread>

#include "tests/e2e/backed_up_hub.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

using Backup = BackedUpHub;

TEST_F(Backup, made_while_a_bridge_saves_all_the_time_is_one_moment_of_the_past) {
  constexpr int files = 10;
  for (int number = 1; number <= files; ++number) save(numbered_path(number), spec_text("Round 0"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  std::atomic<bool> enough{false};
  std::thread author([&] {
    for (int round = 1; !enough; ++round) {
      for (int number = 1; number <= files; ++number) save(numbered_path(number), spec_text("Round " + std::to_string(round)));
    }
  });
  const auto versions = [&] { return hub.history(project, numbered_path(1)).size(); };
  Finished made;
  for (int backup = 0; backup < 5; ++backup) {
    const auto before = versions();
    EXPECT_TRUE(wait_until([&] { return versions() > before + 2; })) << "the bridge goes on sending";
    made = back_up({"--force", "--verify", "--json"});
    if (made.code != 0) break;
  }
  enough = true;
  author.join();
  ASSERT_EQ(made.code, 0) << made.errors;
  EXPECT_TRUE(boost::json::parse(made.output).at("verified").as_bool());
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
  ASSERT_TRUE(wait_until([&] {
    for (int number = 1; number <= files; ++number) {
      if (!same(numbered_path(number))) return false;
    }
    return true;
  })) << shown();

  HubProcess other(scratch, "other-hub");
  const Finished checked = other.command({"restore", file.string(), "--verify"});
  EXPECT_EQ(checked.code, 0) << checked.errors;
  EXPECT_FALSE(fs::exists(other.data() / "hub.db")) << "it was only checked";
  const Finished restored = other.command({"restore", file.string()});
  ASSERT_EQ(restored.code, 0) << restored.errors;
  ASSERT_TRUE(other.start()) << other.errors();
  (void)other.make_key();
  for (int number = 1; number <= files; ++number) {
    const auto path = numbered_path(number);
    auto now = hub.history(project, path);
    const auto then = other.history(project, path);
    ASSERT_FALSE(then.empty());
    ASSERT_LE(then.size(), now.size());
    now.erase(now.begin(), now.end() - static_cast<std::ptrdiff_t>(then.size()));
    for (std::size_t at = 0; at < then.size(); ++at) EXPECT_EQ(then[at].id, now[at].id) << path;
    EXPECT_EQ(other.file(project, path)->content, other.version_text(project, path, then.front()));
  }
  EXPECT_EQ(hub.held(project).size(), 0U);
}

TEST_F(Backup, a_running_hub_is_not_restored_and_says_who_runs) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(back_up().code, 0);
  const Finished refused = restore();
  EXPECT_EQ(refused.code, 4) << refused.errors;
  EXPECT_THAT(refused.errors, AllOf(HasSubstr(std::to_string(hub.pid())), HasSubstr("Stop that process first")));
  EXPECT_EQ(hub.client().get("/health").status, 200);
}

TEST_F(Backup, what_was_there_is_kept_and_can_be_restored_in_turn) {
  save(numbered_path(1), spec_text("First"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(back_up().code, 0);
  ASSERT_EQ(bridge.stop(), 0);
  ASSERT_TRUE(bridge.start());
  save(numbered_path(1), spec_text("Second"));
  ASSERT_TRUE(arrives(numbered_path(1)));
  ASSERT_EQ(bridge.stop(), 0);
  hub.kill_now();  // its last commits are in the log only
  const Finished restored = restore({"--json"});
  ASSERT_EQ(restored.code, 0) << restored.errors;
  const auto answer = boost::json::parse(restored.output);
  EXPECT_NE(answer.at("epoch"), answer.at("backupEpoch"));
  const fs::path kept = std::string(answer.at("kept").as_string());
  ASSERT_TRUE(fs::exists(kept)) << restored.output;
  ASSERT_TRUE(hub.start()) << hub.errors();
  EXPECT_EQ(hub.file(project, numbered_path(1))->content, spec_text("First"));
  ASSERT_EQ(hub.stop(), 0);
  file = kept;
  ASSERT_EQ(restore().code, 0);
  ASSERT_TRUE(hub.start()) << hub.errors();
  EXPECT_EQ(hub.file(project, numbered_path(1))->content, spec_text("Second"));
}

TEST_F(Backup, a_damaged_one_is_refused_by_name_and_nothing_is_touched) {
  // Bytes that do not compress are stored as they are, and can be found.
  std::string text = "---\nstatus: planned\ncreated: 2026-01-01\n---\n# Noise\n\n";
  for (int line = 0; line < 40; ++line) text += sha256_hex(std::to_string(line)) + "\n";
  save("001-noise/README.md", text);
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_TRUE(arrives("001-noise/README.md"));
  ASSERT_EQ(back_up().code, 0);
  ASSERT_EQ(hub.stop(), 0);
  const std::string whole = tests::read_file(file);
  const std::string present = tests::read_file(hub.data() / "hub.db");
  const auto refused_with = [&](const std::string& bytes, const std::string& words) {
    save_in_place(file, bytes);
    for (const Finished& refused : {restore({"--verify"}), restore()}) {
      EXPECT_EQ(refused.code, 1) << words;
      EXPECT_THAT(refused.errors, AllOf(HasSubstr(file.string()), HasSubstr(words)));
    }
    EXPECT_EQ(tests::read_file(hub.data() / "hub.db"), present) << words;
    EXPECT_FALSE(fs::exists(hub.data() / "hub.db.restoring")) << words;
  };
  std::string flipped = whole;
  // The frame of a text begins with zstd's magic number; somewhere behind it stands the text.
  const auto frame = flipped.find("\x28\xb5\x2f\xfd");
  ASSERT_NE(frame, std::string::npos);
  flipped[frame + 300] = static_cast<char>(flipped[frame + 300] ^ 1);
  refused_with(flipped, "001-noise/README.md");
  refused_with(whole.substr(0, whole.size() / 2), "is cut short");
  refused_with("These are not the bytes that you are looking for.\n", "not a database");
  save_in_place(file, whole);
  EXPECT_EQ(restore({"--verify"}).code, 0);
}

TEST_F(Backup, a_full_disk_leaves_no_half_file_and_a_file_that_is_there_stays) {
  save(numbered_path(1), spec_text("First"));
  ASSERT_NO_FATAL_FAILURE(start_all());
  SmallDisk disk(scratch / "small", 1024 * 1024);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  file = scratch / "small/hub.backup";
  ASSERT_EQ(back_up().code, 0);
  const std::string before = tests::read_file(file);
  const Finished taken = back_up();
  EXPECT_EQ(taken.code, 2);
  EXPECT_THAT(taken.errors, AllOf(HasSubstr(file.string()), HasSubstr("--force")));
  disk.fill();
  const Finished full = back_up({"--force"});
  EXPECT_EQ(full.code, 1);
  EXPECT_THAT(full.errors, AllOf(HasSubstr("small"), HasSubstr("needed")));
  EXPECT_EQ(tests::read_file(file), before);
  for (const auto& entry : fs::directory_iterator(scratch / "small")) EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos);
  disk.make_room();
  EXPECT_EQ(back_up({"--force"}).code, 0);
}

}  // namespace
}  // namespace leanspec::e2e
