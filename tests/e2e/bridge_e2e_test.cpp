#include <signal.h>

#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "tests/e2e/site.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class BridgeBadDays : public Site {
 protected:
  void save_many(int count, const std::string& what) const {
    for (int number = 1; number <= count; ++number) save(numbered_path(number), spec_text(what + std::to_string(number)));
  }
  [[nodiscard]] bool all_same(int count) const {
    for (int number = 1; number <= count; ++number) {
      if (!same(numbered_path(number))) return false;
    }
    return true;
  }
  [[nodiscard]] fs::path state_database() const {
    for (const auto& entry : fs::directory_iterator(bridge.state() / "replicas")) {
      if (entry.path().extension() == ".db") return entry.path();
    }
    return {};
  }
};

TEST_F(BridgeBadDays, killed_twenty_times_at_random_moments_it_loses_no_edit_and_sends_none_twice) {
  constexpr int files = 8;
  save_many(files, "Before everything, ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    for (int edit = 0; edit < 3; ++edit) {
      const std::string path = numbered_path(1 + static_cast<int>(random() % files));
      const std::string text = spec_text("Round " + std::to_string(round) + ", edit " + std::to_string(edit));
      if (random() % 2 == 0) {
        save(path, text);
      } else {
        save_atomically(specs / path, text);
      }
      // No event to wait for: the kill is to fall on any moment of an edit's way, and each of them is right.
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 30));
    }
    bridge.kill_now();
    ASSERT_TRUE(bridge.start()) << bridge.log();
  }
  ASSERT_TRUE(wait_until([&] { return all_same(files) && state().live(); })) << shown();
  EXPECT_THAT(hub.held(project), SizeIs(0));
  EXPECT_EQ(hub.specs(project), std::size_t{files});
  for (int number = 1; number <= files; ++number) {
    const auto versions = hub.history(project, numbered_path(number));
    for (std::size_t at = 1; at < versions.size(); ++at) EXPECT_NE(versions[at].hash, versions[at - 1].hash);
  }
}

TEST_F(BridgeBadDays, what_was_edited_while_no_bridge_ran_goes_to_the_hub_at_the_next_start) {
  save_many(4, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(bridge.stop(), 0);
  save(numbered_path(1), spec_text("Edited meanwhile"));
  save(numbered_path(5), spec_text("New meanwhile"));
  fs::remove_all(specs / numbered_path(2).substr(0, 8));
  fs::rename(specs / "003-spec", specs / "033-spec");
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(wait_until([&] { return all_same(1) && same(numbered_path(5)) && same("033-spec/README.md"); }));
  EXPECT_TRUE(wait_until([&] { return hub.specs(project) == 4; }));
  EXPECT_TRUE(lives());
}

TEST_F(BridgeBadDays, a_damaged_state_database_is_put_aside_and_named_and_nothing_is_lost_or_deleted) {
  save_many(5, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(bridge.stop(), 0);
  save(numbered_path(1), spec_text("Edited while nothing ran"));
  const std::string edited = on_disk(numbered_path(1));
  const std::string damage(20'000, '\x5a');
  save_in_place(state_database(), damage);
  // Asking names the damage and repairs nothing: who runs next must still be able to say so.
  const Finished asked = bridge.command({"status"});
  EXPECT_EQ(asked.code, 3);
  EXPECT_THAT(asked.output, AllOf(HasSubstr("the state database is damaged"), HasSubstr("Nothing is deleted")));
  const Finished paused = bridge.command({"pause"});
  EXPECT_EQ(paused.code, 1);
  EXPECT_THAT(paused.errors, HasSubstr("the state database is damaged"));
  const Finished examined = bridge.command({"doctor"});
  EXPECT_EQ(examined.code, 4);
  EXPECT_THAT(examined.output, HasSubstr("the state database is damaged"));
  ASSERT_EQ(tests::read_file(state_database()), damage);
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(says("compared with the hub afresh")) << shown();
  EXPECT_TRUE(wait_until([&] { return state().in_sync >= 4 && state().pending == 0; })) << shown();
  EXPECT_EQ(hub.specs(project), 5U);
  EXPECT_EQ(on_disk(numbered_path(1)), edited);
  // Which text follows which is not known any more: the hub keeps both.
  EXPECT_TRUE(wait_until([&] {
    const auto held = hub.held(project);
    return same(numbered_path(1)) || (held.size() == 1 && held[0].hash == sha256_hex(edited));
  })) << shown();
}

TEST_F(BridgeBadDays, with_its_state_database_deleted_equal_files_are_adopted_without_a_new_version) {
  save_many(5, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(bridge.stop(), 0);
  fs::remove_all(bridge.state() / "replicas");
  ASSERT_TRUE(bridge.start());
  ASSERT_TRUE(wait_until([&] { return state().live() && state().in_sync == 5; })) << shown();
  for (int number = 1; number <= 5; ++number)
    EXPECT_THAT(hub.history(project, numbered_path(number)), SizeIs(1)) << number;
  save(numbered_path(3), spec_text("Edited afterwards"));
  EXPECT_TRUE(arrives(numbered_path(3)));
}

TEST_F(BridgeBadDays, a_second_bridge_on_the_same_folder_waits_names_the_first_and_takes_over_when_it_has_gone) {
  save_many(2, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  BridgeProcess second(scratch, "second");
  ASSERT_NO_FATAL_FAILURE(join(second, hub.url(), hub.key()));
  ASSERT_TRUE(second.start());
  ASSERT_TRUE(wait_until([&] {
    return second.folder(specs).words.find("process " + std::to_string(bridge.pid())) != std::string::npos;
  })) << second.command({"status"}).output;
  save(numbered_path(1), spec_text("Through the first"));
  ASSERT_TRUE(arrives(numbered_path(1)));
  ASSERT_EQ(bridge.stop(), 0);
  ASSERT_TRUE(wait_until([&] { return second.folder(specs).live(); })) << second.command({"status"}).output;
  save(numbered_path(1), spec_text("Through the second"));
  EXPECT_TRUE(arrives(numbered_path(1)));
  EXPECT_THAT(hub.held(project), SizeIs(0));
}

TEST_F(BridgeBadDays, a_second_run_on_the_same_state_says_that_one_runs_already) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  const Finished second = bridge.command({"run"});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.errors, AllOf(HasSubstr("in use"), HasSubstr(std::to_string(bridge.pid()))));
  EXPECT_TRUE(bridge.running());
}

TEST_F(BridgeBadDays, asking_for_the_status_while_it_starts_does_not_stop_it) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(bridge.stop(), 0);
    std::atomic<bool> asking = true;
    std::thread asker([&] {
      while (asking) (void)bridge.folder(specs);
    });
    const bool started = bridge.start();
    asking = false;
    asker.join();
    ASSERT_TRUE(started) << bridge.log();
  }
}

TEST_F(BridgeBadDays, without_inotify_watches_it_says_so_and_looks_for_itself) {
  SpawnOptions few;
  few.inotify_watches_max = 3;
  bridge.start_with(few);
  save_many(6, "Spec ");
  ASSERT_NO_FATAL_FAILURE(prepare());
  if (!bridge.start()) GTEST_SKIP() << "no user namespace with a limit of its own";
  ASSERT_TRUE(lives());
  ASSERT_TRUE(says("No inotify watches are left")) << shown();
  EXPECT_THAT(shown(), HasSubstr("sysctl fs.inotify.max_user_watches"));
  save_many(6, "Edited without being told, ");
  EXPECT_TRUE(wait_until([&] { return all_same(6); })) << shown();
}

TEST_F(BridgeBadDays, of_twenty_folders_one_is_broken_and_the_others_go_on) {
  constexpr int folders = 20;
  ASSERT_TRUE(hub.start());
  ASSERT_EQ(bridge.login(hub.url(), hub.make_key().secret).code, 0);
  const auto root = [&](int number) { return scratch.path() / ("p" + std::to_string(number)) / "specs"; };
  for (int number = 0; number < folders; ++number) {
    save_in_place(root(number) / "001-a/README.md", spec_text("Of folder " + std::to_string(number)));
    ASSERT_EQ(bridge.add(root(number), "p" + std::to_string(number)).code, 0);
  }
  fs::rename(root(7), scratch / "away");
  ASSERT_TRUE(bridge.start());
  for (int number = 0; number < folders; ++number) {
    if (number == 7) continue;
    EXPECT_TRUE(wait_until([&] { return hub.file("p" + std::to_string(number), "001-a/README.md").has_value(); }));
  }
  ASSERT_TRUE(wait_until([&] { return !bridge.folder(root(7)).words.empty() && bridge.folder(root(7)).state != "live"; }));
  EXPECT_THAT(bridge.command({"status"}).output, HasSubstr(root(7).string()));
  save_in_place(root(8) / "001-a/README.md", spec_text("Edited beside a broken one"));
  EXPECT_TRUE(wait_until([&] {
    return hub.hash("p8", "001-a/README.md") == sha256_hex(spec_text("Edited beside a broken one"));
  }));
  fs::rename(scratch / "away", root(7));
  EXPECT_TRUE(wait_until([&] { return hub.file("p7", "001-a/README.md").has_value(); }));
}

TEST_F(BridgeBadDays, many_deletions_wait_for_a_person_and_few_do_not) {
  save_many(30, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  fs::remove_all(specs / "030-spec");
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 29; })) << shown();
  for (int number = 1; number <= 20; ++number) fs::remove(specs / numbered_path(number));
  ASSERT_TRUE(says("20 files vanished")) << shown();
  EXPECT_THAT(shown(), HasSubstr("leanspec-bridge approve"));
  EXPECT_EQ(state().state, "guard");
  save(numbered_path(25), spec_text("Edited meanwhile"));
  EXPECT_TRUE(arrives(numbered_path(25)));
  EXPECT_EQ(hub.specs(project), 29U) << "nothing was deleted before it was approved";
  ASSERT_EQ(bridge.command({"approve"}).code, 0);
  EXPECT_TRUE(wait_until([&] { return hub.specs(project) == 9; })) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(BridgeBadDays, deletions_that_were_held_are_forgotten_when_the_files_come_back) {
  save_many(30, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  fs::create_directory(scratch / "aside");
  for (int number = 1; number <= 20; ++number) {
    const std::string name = numbered_path(number).substr(0, 8);
    fs::rename(specs / name, scratch / "aside" / name);
  }
  ASSERT_TRUE(wait_until([&] { return state().state == "guard"; })) << shown();
  for (int number = 1; number <= 20; ++number) {
    const std::string name = numbered_path(number).substr(0, 8);
    fs::rename(scratch / "aside" / name, specs / name);
  }
  EXPECT_TRUE(lives()) << shown();
  EXPECT_EQ(hub.specs(project), 30U);
}

TEST_F(BridgeBadDays, a_root_that_vanishes_halts_and_goes_on_when_it_is_back) {
  save_many(5, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  fs::rename(specs, scratch / "unmounted");
  ASSERT_TRUE(wait_until([&] { return state().state == "halted"; })) << shown();
  EXPECT_THAT(state().words, HasSubstr("nothing is deleted anywhere"));
  // No event tells of what does not happen: twice the time for which a delete is held.
  EXPECT_TRUE(holds_for(std::chrono::seconds(4), [&] { return hub.specs(project) == 5; }));
  fs::rename(scratch / "unmounted", specs);
  ASSERT_TRUE(lives()) << shown();
  save(numbered_path(2), spec_text("Edited after it came back"));
  EXPECT_TRUE(arrives(numbered_path(2)));
}

TEST_F(BridgeBadDays, an_emptied_root_deletes_nothing) {
  save_many(5, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  for (int number = 1; number <= 5; ++number) fs::remove_all(specs / numbered_path(number).substr(0, 8));
  ASSERT_TRUE(wait_until([&] { return state().state == "halted"; })) << shown();
  EXPECT_THAT(state().words, HasSubstr("approve"));
  EXPECT_EQ(hub.specs(project), 5U);
  save_many(5, "Spec ");
  EXPECT_TRUE(lives()) << shown();
  EXPECT_EQ(hub.specs(project), 5U);
}

TEST_F(BridgeBadDays, pause_holds_everything_and_resume_sends_it) {
  save_many(2, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(bridge.command({"pause"}).code, 0);
  EXPECT_EQ(state().state, "paused");
  save(numbered_path(1), spec_text("While paused"));
  ASSERT_TRUE(wait_until([&] { return state().pending == 1; })) << shown();
  EXPECT_THAT(shown(), HasSubstr("leanspec-bridge resume"));
  EXPECT_FALSE(same(numbered_path(1)));
  bridge.kill_now();
  ASSERT_TRUE(bridge.start());
  EXPECT_EQ(state().state, "paused") << "a pause outlives the program";
  ASSERT_EQ(bridge.command({"resume"}).code, 0);
  EXPECT_TRUE(arrives(numbered_path(1)));
}

TEST_F(BridgeBadDays, a_full_disk_under_its_state_is_named_and_passes) {
  SmallDisk disk(scratch / "small", 4 * 1024 * 1024);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  bridge.keep_state_in(scratch / "small/state");
  save_many(2, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  disk.fill();
  save(numbered_path(1), spec_text("Edited while the disk is full", std::string(300'000, 'x')));
  ASSERT_TRUE(wait_until([&] { return state().state == "store-error"; })) << shown();
  EXPECT_THAT(state().words, AllOf(HasSubstr("cannot be written"), HasSubstr("space")));
  EXPECT_TRUE(bridge.running());
  disk.make_room();
  EXPECT_TRUE(arrives(numbered_path(1))) << shown();
  EXPECT_TRUE(lives());
}

TEST_F(BridgeBadDays, a_read_only_disk_under_its_state_is_named_and_passes) {
  SmallDisk disk(scratch / "small", 4 * 1024 * 1024);
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  bridge.keep_state_in(scratch / "small/state");
  save_many(2, "Spec ");
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_EQ(bridge.stop(), 0);
  disk.set_read_only(true);
  const Finished refused = bridge.command({"run"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("small/state"), HasSubstr("ead-only")));
  disk.set_read_only(false);
  save(numbered_path(1), spec_text("Edited meanwhile"));
  ASSERT_TRUE(bridge.start());
  EXPECT_TRUE(arrives(numbered_path(1)));
}

}  // namespace
}  // namespace leanspec::e2e
