// Two machines, one hub: what is saved on one is on the disk of the other.
#include <filesystem>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "tests/e2e/two_machines.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;

TEST_F(TwoMachines, what_is_made_changed_renamed_and_deleted_on_one_is_so_on_the_other) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save("001-a/README.md", spec_text("One"));
  save("002-b/README.md", spec_text("Two"));
  ASSERT_TRUE(both_have({{"001-a/README.md", spec_text("One")}, {"002-b/README.md", spec_text("Two")}}));
  save_atomically(there / "001-a/README.md", spec_text("One, from the laptop"));
  ASSERT_TRUE(both_have({{"001-a/README.md", spec_text("One, from the laptop")}, {"002-b/README.md", spec_text("Two")}}));
  fs::create_directories(specs / "archived");
  fs::rename(specs / "001-a", specs / "archived/001-a");
  ASSERT_TRUE(both_have({{"archived/001-a/README.md", spec_text("One, from the laptop")}, {"002-b/README.md", spec_text("Two")}}));
  EXPECT_FALSE(fs::exists(there / "001-a")) << "the empty folder goes with it";
  fs::remove_all(there / "002-b");
  ASSERT_TRUE(both_have({{"archived/001-a/README.md", spec_text("One, from the laptop")}}));
  EXPECT_THAT(hub.history(project, "archived/001-a/README.md"), testing::SizeIs(3)) << "nothing is sent back";
}

/// No waiting but the barrier's own.
TEST_F(TwoMachines, after_flush_wait_on_both_they_have_the_same_files) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  for (int round = 0; round < 5; ++round) {
    for (int number = 1; number <= 20; ++number)
      save(numbered_path(number), spec_text("Spec " + std::to_string(number), "Round " + std::to_string(round) + "\n"));
    fs::remove_all((specs / numbered_path(1 + round)).parent_path());
    const Finished here = bridge.command({"flush", "--wait"});
    ASSERT_EQ(here.code, 0) << here.output << here.errors;
    EXPECT_THAT(here.output, testing::HasSubstr(specs.string() + ": in sync."));
    const Finished laptops = laptop.command({"flush", there.string(), "--wait"});
    ASSERT_EQ(laptops.code, 0) << laptops.output << laptops.errors;
    ASSERT_EQ(files_in(specs), files_in(there)) << "round " << round;
  }
}

/// The budget of an edit of one line is 4 KB for the machine where it is made and for each that gets it, however large the
/// file is.
TEST_F(TwoMachines, an_edit_of_one_line_of_a_large_file_takes_little_on_the_line_to_either) {
  ASSERT_TRUE(hub.start()) << hub.errors();
  Machine writer(scratch, "writer"), reader(scratch, "reader");
  std::mt19937 random(1);
  std::string text = spec_text("Large");
  while (text.size() < 1'500'000) text += std::to_string(random()) + "\n";
  save_in_place(writer.specs / "001-a/README.md", text);
  const MintedKey key = hub.make_key();
  for (Machine* machine : {&writer, &reader}) {
    ASSERT_EQ(machine->join(hub.url(), key.secret, project, "two-way", true), "");
    ASSERT_TRUE(machine->bridge.start()) << machine->bridge.log();
  }
  const auto has = [&] { return tests::read_file(reader.specs / "001-a/README.md") == text; };
  ASSERT_TRUE(wait_until(has)) << reader.status();
  const auto live = [&] { return writer.state().state == "live" && reader.state().state == "live"; };
  ASSERT_TRUE(wait_until(live)) << reader.status();
  for (Machine* machine : {&writer, &reader}) {
    ASSERT_EQ(machine->bridge.command({"flush", "--wait"}).code, 0);
  }
  const auto bytes = [](const Machine& machine) { return machine.line->bytes_to_hub() + machine.line->bytes_to_bridge(); };
  const auto before_sent = bytes(writer), before_received = bytes(reader);
  text.insert(text.find('\n', text.size() / 2), ", edited");
  save_in_place(writer.specs / "001-a/README.md", text);
  ASSERT_TRUE(wait_until(has)) << reader.status();
  EXPECT_LE(bytes(writer) - before_sent, 4'096U);
  EXPECT_LE(bytes(reader) - before_received, 4'096U);
}

TEST_F(TwoMachines, a_folder_that_only_receives_sends_nothing_and_keeps_what_was_edited_in_it) {
  ASSERT_NO_FATAL_FAILURE(start_both("pull"));
  save("001-a/README.md", spec_text("One"));
  save("002-b/README.md", spec_text("Two"));
  ASSERT_EQ(bridge.command({"flush", "--wait"}).code, 0);
  ASSERT_EQ(laptop.command({"flush", "--wait"}).code, 0);
  ASSERT_EQ(files_in(specs), files_in(there));
  save_in_place(there / "001-a/README.md", spec_text("Mine"));
  save("001-a/README.md", spec_text("One, later"));
  save("002-b/README.md", spec_text("Two, later"));
  ASSERT_EQ(bridge.command({"flush", "--wait"}).code, 0);
  EXPECT_EQ(laptop.command({"flush", "--wait"}).code, 4) << "something differs";
  EXPECT_EQ(tests::read_file(there / "001-a/README.md"), spec_text("Mine"));
  EXPECT_EQ(tests::read_file(there / "002-b/README.md"), spec_text("Two, later"));
  EXPECT_EQ(on_disk("001-a/README.md"), spec_text("One, later"));
  EXPECT_THAT(laptop.command({"status"}).output, testing::HasSubstr("this folder only receives"));
}

/// As in CI: the folder is there to be read.
TEST_F(TwoMachines, a_folder_that_only_sends_is_sent_from_a_read_only_mount_and_nothing_is_written_there) {
  const fs::path view = scratch / "mounted/specs";
  save("001-a/README.md", spec_text("One"));
  const ReadOnlyView mounted(view, specs);
  if (!mounted.problem().empty()) GTEST_SKIP() << mounted.problem();
  ASSERT_FALSE(save_in_place(view / "001-a/README.md", "nobody can write here"));
  fs::create_directories(there);
  ASSERT_TRUE(hub.start()) << hub.errors();
  const MintedKey key = hub.make_key();
  for (const auto& [one, folder, mode] :
       {std::tuple(&bridge, &view, "push"), std::tuple(&laptop, &std::as_const(there), "two-way")}) {
    ASSERT_EQ(one->login(hub.url(), key.secret).code, 0);
    const Finished added = one->command({"add", folder->string(), "--project", project, "--mode", mode});
    ASSERT_EQ(added.code, 0) << added.errors;
    ASSERT_TRUE(one->start()) << one->log();
  }
  ASSERT_TRUE(arrives("001-a/README.md"));
  save("002-b/README.md", spec_text("Two"));
  ASSERT_TRUE(arrives("002-b/README.md")) << bridge.command({"status"}).output;
  // What others do stays away from it, and it goes on sending.
  const Files before = files_in(specs);
  ASSERT_TRUE(wait_until([&] { return fs::exists(there / "002-b/README.md"); }));
  save_in_place(there / "001-a/README.md", spec_text("One, from the laptop"));
  save_in_place(there / "003-c/README.md", spec_text("Three, from the laptop"));
  ASSERT_TRUE(wait_until([&] { return bridge.folder(view).incoming == 2; })) << bridge.command({"status"}).output;
  EXPECT_EQ(files_in(specs), before);
  EXPECT_FALSE(fs::exists(specs / ".leanspec-sync"));
  save("002-b/README.md", spec_text("Two, again"));
  EXPECT_TRUE(arrives("002-b/README.md"));
  EXPECT_EQ(bridge.folder(view).problems, 0U) << bridge.command({"status"}).output;
  EXPECT_EQ(bridge.log().find("Read-only"), std::string::npos) << "it did not even try";
}

TEST_F(TwoMachines, flush_wait_says_why_it_cannot_be_in_sync) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  ASSERT_EQ(laptop.command({"pause"}).code, 0);
  const Finished paused = laptop.command({"flush", "--wait"});
  EXPECT_EQ(paused.code, 4);
  EXPECT_THAT(paused.errors, testing::HasSubstr("leanspec-bridge resume"));
  ASSERT_EQ(hub.stop(), 0);
  const Finished alone = bridge.command({"flush", "--wait", "--timeout", "1"});
  EXPECT_EQ(alone.code, 1);
  EXPECT_THAT(alone.errors, testing::HasSubstr("not in sync after 1 s"));
  EXPECT_THAT(alone.errors, testing::HasSubstr("not connected"));
}

TEST_F(TwoMachines, edits_made_while_one_was_away_reach_it_when_it_is_back) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  for (int number = 1; number <= 5; ++number) save(numbered_path(number), spec_text("Spec " + std::to_string(number)));
  ASSERT_TRUE(wait_until([&] { return files_in(there).size() == 5; }));
  ASSERT_EQ(laptop.stop(), 0);
  save(numbered_path(2), spec_text("Edited meanwhile"));
  fs::remove_all((specs / numbered_path(3)).parent_path());
  save(numbered_path(6), spec_text("New"));
  save_in_place(there / numbered_path(4), spec_text("Edited on the laptop meanwhile"));
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 5; }));
  ASSERT_TRUE(laptop.start());
  Files expected;
  for (const int number : {1, 5}) expected[numbered_path(number)] = spec_text("Spec " + std::to_string(number));
  expected[numbered_path(2)] = spec_text("Edited meanwhile");
  expected[numbered_path(4)] = spec_text("Edited on the laptop meanwhile");
  expected[numbered_path(6)] = spec_text("New");
  EXPECT_TRUE(both_have(expected));
}

std::string spec_with(const std::string& status, const std::string& first, const std::string& last) {
  return "---\nstatus: " + status + "\ncreated: 2026-01-01\npriority: low\n---\n# Together\n\n- [ ] " + first +
         "\n- [ ] write it\n- [ ] " + last + "\n";
}

TEST_F(TwoMachines, both_edit_one_spec_while_apart_and_every_edit_is_on_both) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save("001-a/README.md", spec_with("planned", "think", "test"));
  ASSERT_TRUE(both_have({{"001-a/README.md", spec_with("planned", "think", "test")}}));
  ASSERT_EQ(laptop.stop(), 0);
  save_in_place(there / "001-a/README.md", spec_with("in-progress", "think", "test it well"));
  save("001-a/README.md", spec_with("planned", "think twice", "test"));
  ASSERT_TRUE(arrives("001-a/README.md"));
  ASSERT_TRUE(laptop.start());
  EXPECT_TRUE(both_have({{"001-a/README.md", spec_with("in-progress", "think twice", "test it well")}}));
  EXPECT_TRUE(hub.held(project).empty());
  EXPECT_THAT(hub.history(project, "001-a/README.md"), testing::SizeIs(4)) << "the first, each edit, and the merged one";
}

TEST_F(TwoMachines, one_renames_and_one_edits_and_one_deletes_what_the_other_edits) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  const auto begun = spec_with("planned", "think", "test");
  for (int number = 1; number <= 3; ++number) save(numbered_path(number), begun);
  ASSERT_TRUE(wait_until([&] { return files_in(there).size() == 3; }));
  ASSERT_EQ(laptop.stop(), 0);
  save_in_place(there / numbered_path(1), spec_with("planned", "think", "renamed there, edited here"));
  save_in_place(there / numbered_path(2), spec_with("planned", "think", "deleted there, edited here"));
  fs::remove_all((there / numbered_path(3)).parent_path());
  fs::create_directories(specs / "archived");
  fs::rename((specs / numbered_path(1)).parent_path(), specs / "archived/001-moved");
  fs::remove_all((specs / numbered_path(2)).parent_path());
  save(numbered_path(3), spec_with("planned", "edited there, deleted here", "test"));
  ASSERT_TRUE(arrives(numbered_path(3)));
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 2; }));
  ASSERT_TRUE(laptop.start());
  EXPECT_TRUE(both_have({{"archived/001-moved/README.md", spec_with("planned", "think", "renamed there, edited here")},
                         {numbered_path(2), spec_with("planned", "think", "deleted there, edited here")},
                         {numbered_path(3), spec_with("planned", "edited there, deleted here", "test")}}));
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(TwoMachines, what_cannot_be_merged_is_held_with_both_texts_kept_and_merges_when_it_can) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save("001-a/README.md", spec_with("planned", "think", "test"));
  ASSERT_TRUE(both_have({{"001-a/README.md", spec_with("planned", "think", "test")}}));
  ASSERT_EQ(laptop.stop(), 0);
  const auto here = spec_with("planned", "ask Ada", "test");
  const auto mine = spec_with("planned", "phone Grace", "test");
  save_in_place(there / "001-a/README.md", mine);
  save("001-a/README.md", here);
  ASSERT_TRUE(arrives("001-a/README.md"));
  ASSERT_TRUE(laptop.start());
  ASSERT_TRUE(wait_until([&] { return hub.held(project).size() == 1; }));
  EXPECT_EQ(tests::read_file(there / "001-a/README.md"), mine) << "the machine keeps its text until somebody decides";
  EXPECT_EQ(tests::read_file(specs / "001-a/README.md"), here);
  const auto why = laptop.command({"why", (there / "001-a/README.md").string()}).output;
  EXPECT_NE(why.find("line 8"), std::string::npos) << why;
  // A person on the laptop gives way in that place and goes on in another.
  save_in_place(there / "001-a/README.md", spec_with("planned", "ask Ada", "test it well"));
  EXPECT_TRUE(both_have({{"001-a/README.md", spec_with("planned", "ask Ada", "test it well")}}));
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(TwoMachines, a_conflict_is_looked_at_and_decided_from_a_terminal) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  const std::string path = "001-a/README.md";
  save(path, spec_text("One", "The line.\n"));
  ASSERT_TRUE(both_have({{path, spec_text("One", "The line.\n")}}));
  EXPECT_EQ(bridge.command({"conflicts"}).output, "Nothing to decide.\n");
  ASSERT_EQ(laptop.command({"pause"}).code, 0);
  save(path, spec_text("One", "As the desk has it.\n"));
  save_in_place(there / path, spec_text("One", "As the laptop has it.\n"));
  ASSERT_EQ(bridge.command({"flush", "--wait"}).code, 0);
  ASSERT_EQ(laptop.command({"resume"}).code, 0);
  EXPECT_EQ(laptop.command({"flush", "--wait"}).code, 4) << "it is held";

  const Finished shown = laptop.command({"conflicts", (there / path).string()});
  EXPECT_EQ(shown.code, 4) << shown.errors;
  EXPECT_THAT(shown.output, testing::HasSubstr("head    As the desk has it."));
  EXPECT_THAT(shown.output, testing::HasSubstr("other   As the laptop has it."));
  EXPECT_THAT(shown.output, testing::HasSubstr("before  The line."));
  EXPECT_THAT(laptop.command({"conflicts", "--json"}).output, testing::HasSubstr("\"conflicts\":[{"));
  const Finished wrong = bridge.command({"resolve", (specs / path).string(), "--take", "mine"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.errors, testing::HasSubstr("take"));
  // From the machine that did not lose.
  const Finished decided = bridge.command({"resolve", (specs / path).string(), "--places", "1=both"});
  ASSERT_EQ(decided.code, 0) << decided.errors;
  const std::string both = spec_text("One", "As the desk has it.\nAs the laptop has it.\n");
  EXPECT_TRUE(both_have({{path, both}}));
  EXPECT_EQ(laptop.command({"flush", "--wait"}).code, 0);
  EXPECT_EQ(laptop.command({"conflicts"}).output, "Nothing to decide.\n");
  EXPECT_EQ(laptop.command({"resolve", (there / path).string(), "--take", "head"}).code, 1);
}

TEST_F(TwoMachines, killed_at_random_moments_while_it_writes_the_laptop_ends_with_the_same_files) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  std::mt19937 random(11);
  Files expected;
  for (int round = 0; round < 8; ++round) {
    for (int number = 1; number <= 20; ++number) {
      const auto text = spec_text("Round " + std::to_string(round) + " of " + std::to_string(number));
      save(numbered_path(number), text);
      expected[numbered_path(number)] = text;
    }
    // At some moment of the writing: after so many of them stand there.
    const auto some = random() % 20;
    (void)wait_until([&] {
      std::size_t count = 0;
      for (const auto& [path, text] : expected) count += fs::exists(there / path) && tests::read_file(there / path) == text;
      return count >= some;
    });
    laptop.kill_now();
    for (const auto& [path, text] : files_in(there)) EXPECT_TRUE(text.ends_with("Text.\n")) << "torn: " << path;
    ASSERT_TRUE(laptop.start()) << laptop.log();
  }
  ASSERT_TRUE(both_have(expected));
  EXPECT_TRUE(hub.held(project).empty());
}

TEST_F(TwoMachines, the_files_mode_stays_and_a_link_is_never_followed) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  save("001-a/run.sh", "echo one\n");
  ASSERT_TRUE(wait_until([&] { return fs::exists(there / "001-a/run.sh"); }));
  fs::permissions(there / "001-a/run.sh", fs::perms(0750));
  const fs::path outside = scratch / "outside";
  fs::create_directories(outside);
  fs::create_directory_symlink(outside, there / "002-link");
  save("001-a/run.sh", "echo two\n");
  save("002-link/README.md", spec_text("Not through a link"));
  save("003-c/README.md", spec_text("Three"));
  ASSERT_TRUE(wait_until([&] { return fs::exists(there / "003-c/README.md"); }));
  ASSERT_TRUE(wait_until([&] { return tests::read_file(there / "001-a/run.sh") == "echo two\n"; }));
  EXPECT_EQ(fs::status(there / "001-a/run.sh").permissions(), fs::perms(0750));
  EXPECT_TRUE(fs::is_empty(outside));
  EXPECT_NE(laptop.command({"status"}).output.find("002-link/README.md"), std::string::npos) << "and the status says so";
}

}  // namespace
}  // namespace leanspec::e2e
