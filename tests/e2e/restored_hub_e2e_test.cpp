// A hub is restored from a backup, and everybody who knows more offers it again.
#include <filesystem>
#include <map>
#include <random>

#include "tests/e2e/backed_up_hub.h"

namespace leanspec::e2e {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

/// A desk and a laptop, both with two-way folders of one project.
class RestoredHub : public BackedUpHub {
 protected:
  [[nodiscard]] bool at_rest() const { return bridge.folder(specs).live() && laptop.folder(there).live(); }
  /// Both disks and the hub have these files, and nothing is on its way.
  void expect_everywhere(const Files& files) {
    const auto agreed = [&] {
      try {
        if (files_in(specs) != files || files_in(there) != files || !at_rest()) return false;
      } catch (const fs::filesystem_error&) {
        return false;  // a folder went away under our eyes
      }
      for (const auto& [path, text] : files) {
        if (hub.hash(project, path) != sha256_hex(text)) return false;
      }
      return hub.specs(project) == files.size();
    };
    if (wait_until(agreed)) return;
    EXPECT_EQ(files_in(specs), files);
    EXPECT_EQ(files_in(there), files);
    for (const auto& [path, text] : files) EXPECT_EQ(hub.hash(project, path), sha256_hex(text)) << path;
    ADD_FAILURE() << "they do not agree: " << shown() << laptop.command({"status"}).output;
  }
};

TEST_F(RestoredHub, gets_newer_texts_files_and_names_again_from_both_machines_and_nothing_is_deleted) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  Files files;
  for (int number = 1; number <= 7; ++number) {
    files[numbered_path(number)] = spec_text("Spec " + std::to_string(number), "As of the backup, number " + std::to_string(number) + ".\n");
    save(numbered_path(number), files[numbered_path(number)]);
  }
  ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
  ASSERT_EQ(back_up({"--verify"}).code, 0);
  const auto deleted = files[numbered_path(3)];

  save(numbered_path(1), files[numbered_path(1)] = spec_text("Newer, from the desk"));
  save_atomically(there / numbered_path(2), files[numbered_path(2)] = spec_text("Newer, from the laptop"));
  fs::remove_all((there / numbered_path(3)).parent_path());
  files.erase(numbered_path(3));
  fs::create_directories(specs / "archived");
  fs::rename((specs / numbered_path(4)).parent_path(), specs / "archived/004-spec");
  files["archived/004-spec/README.md"] = files.extract(numbered_path(4)).mapped();
  save(numbered_path(8), files[numbered_path(8)] = spec_text("New, from the desk"));
  save_in_place(there / numbered_path(9), files[numbered_path(9)] = spec_text("New, from the laptop"));
  ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));

  ASSERT_EQ(hub.stop(), 0);
  // While the hub is away, both go on.
  save(numbered_path(5), files[numbered_path(5)] = spec_text("Saved on the desk while the hub was away"));
  save_in_place(there / numbered_path(10), files[numbered_path(10)] = spec_text("Made on the laptop while the hub was away"));
  const Finished restored = restore();
  ASSERT_EQ(restored.code, 0) << restored.errors;
  ASSERT_TRUE(hub.start()) << hub.errors();
  // The backup does not know that it was deleted, and whoever does deletes nothing on its word.
  files[numbered_path(3)] = deleted;
  expect_everywhere(files);
  EXPECT_THAT(hub.held(project), IsEmpty());
}

TEST_F(RestoredHub, a_machine_that_comes_back_weeks_later_loses_nothing_and_takes_nothing_away) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  Files files;
  for (const int number : {1, 2, 3, 4, 7}) save(numbered_path(number), files[numbered_path(number)] = spec_text("Spec " + std::to_string(number)));
  ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
  ASSERT_EQ(back_up().code, 0);
  save(numbered_path(1), files[numbered_path(1)] = spec_text("After the backup"));
  save(numbered_path(5), files[numbered_path(5)] = spec_text("Made after the backup"));
  save(numbered_path(7), files[numbered_path(7)] = spec_text("Again after the backup"));
  ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
  ASSERT_EQ(laptop.stop(), 0);
  save_in_place(there / numbered_path(2), files[numbered_path(2)] = spec_text("Offline on the laptop"));
  // Goes on from what was made after the backup, and is not to collide with that when the desk offers it again.
  save_in_place(there / numbered_path(5), spec_text("Made after the backup", "And edited offline on the laptop.\n"));
  save_in_place(there / numbered_path(7), spec_text("Again after the backup", "And edited offline on the laptop.\n"));
  ASSERT_NO_FATAL_FAILURE(go_back());
  ASSERT_TRUE(arrives(numbered_path(1)));
  ASSERT_TRUE(arrives(numbered_path(5)));
  save(numbered_path(1), files[numbered_path(1)] = spec_text("Life goes on after the restore"));
  save(numbered_path(6), files[numbered_path(6)] = spec_text("Made after the restore"));
  fs::remove_all((specs / numbered_path(4)).parent_path());
  ASSERT_TRUE(arrives(numbered_path(6)));
  ASSERT_TRUE(wait_until([&] { return !hub.file(project, numbered_path(4)); }));
  ASSERT_TRUE(arrives(numbered_path(7)));
  ASSERT_TRUE(laptop.start());
  for (const int number : {5, 7}) files[numbered_path(number)] = tests::read_file(there / numbered_path(number));
  files.erase(numbered_path(4));  // deleted in this life, by somebody who had just what the laptop has
  expect_everywhere(files);
  EXPECT_THAT(hub.held(project), IsEmpty());
}

TEST_F(RestoredHub, tells_the_later_of_two_texts_of_before_whoever_comes_first) {
  for (const bool older_first : {true, false}) {
    const auto path = numbered_path(older_first ? 1 : 2);
    if (older_first) ASSERT_NO_FATAL_FAILURE(start_both());
    Files files = files_in(specs);
    save(path, files[path] = spec_text("Of the backup", "one\n"));
    ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
    ASSERT_EQ(back_up({"--force"}).code, 0);
    save(path, files[path] = spec_text("Of the backup", "one and two\n"));
    ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
    ASSERT_EQ(laptop.stop(), 0);
    save(path, files[path] = spec_text("Of the backup", "three, nothing else\n"));
    ASSERT_TRUE(arrives(path));
    ASSERT_EQ(bridge.stop(), 0);
    ASSERT_NO_FATAL_FAILURE(go_back());
    if (older_first) {
      ASSERT_TRUE(laptop.start());
      ASSERT_TRUE(wait_until([&] { return hub.hash(project, path) == sha256_hex(tests::read_file(there / path)); }));
      ASSERT_TRUE(bridge.start());
    } else {
      ASSERT_TRUE(bridge.start());
      ASSERT_TRUE(arrives(path));
      ASSERT_TRUE(laptop.start());
    }
    ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
    EXPECT_THAT(hub.held(project), IsEmpty());
  }
}

TEST_F(RestoredHub, a_hub_set_back_to_before_the_first_file_gets_everything_again) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  ASSERT_TRUE(wait_until([&] { return at_rest(); }));
  ASSERT_EQ(back_up().code, 0);
  Files files;
  for (int number = 1; number <= 40; ++number) save(numbered_path(number), files[numbered_path(number)] = spec_text("Spec " + std::to_string(number)));
  ASSERT_NO_FATAL_FAILURE(expect_everywhere(files));
  ASSERT_NO_FATAL_FAILURE(go_back());
  expect_everywhere(files);
  EXPECT_THAT(hub.held(project), IsEmpty());
}

TEST_F(RestoredHub, machines_that_only_send_offer_what_is_newer_and_delete_nothing) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  for (int number = 1; number <= 30; ++number) save(numbered_path(number), spec_text("Spec " + std::to_string(number)));
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 30; }));
  ASSERT_EQ(back_up().code, 0);
  save(numbered_path(1), spec_text("After the backup"));
  save(numbered_path(31), spec_text("Made after the backup"));
  fs::remove_all((specs / numbered_path(2)).parent_path());
  ASSERT_TRUE(arrives(numbered_path(1)));
  ASSERT_TRUE(wait_until([&] { return hub.specs(project) == 30; }));
  ASSERT_NO_FATAL_FAILURE(go_back());
  EXPECT_TRUE(arrives(numbered_path(1)));
  EXPECT_TRUE(arrives(numbered_path(31)));
  EXPECT_TRUE(holds_for(std::chrono::seconds(3), [&] { return hub.specs(project) == 31; })) << "what was deleted is back: " << hub.specs(project);
  EXPECT_TRUE(lives()) << shown();
  // And from here on life is as before.
  fs::remove_all((specs / numbered_path(3)).parent_path());
  EXPECT_TRUE(wait_until([&] { return hub.specs(project) == 30; })) << shown();
}

TEST_F(RestoredHub, killed_and_set_back_again_and_again_under_two_authors_loses_no_file_and_no_text) {
  ASSERT_NO_FATAL_FAILURE(start_both());
  std::mt19937 random(7);
  constexpr int documents = 12;
  int saved = 0;
  const auto author = [&](const fs::path& root) {
    const auto path = root / numbered_path(1 + static_cast<int>(random() % documents));
    save_in_place(path, spec_text("Save " + std::to_string(++saved)));
  };
  for (int number = 1; number <= documents; ++number) save(numbered_path(number), spec_text("First " + std::to_string(number)));
  ASSERT_TRUE(wait_until([&] { return files_in(there).size() == documents && at_rest(); }));
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(back_up({"--force"}).code, 0);
    const int steps = 1 + static_cast<int>(random() % 10);
    for (int step = 0; step < steps; ++step) {
      author(random() % 2 == 0 ? specs : there);
      // Some are sent and taken in elsewhere before the next, some are not.
      if (random() % 3 != 0) (void)wait_until([&] { return at_rest(); }, std::chrono::seconds(3));
    }
    if (random() % 2 == 0) {
      hub.kill_now();
    } else {
      ASSERT_EQ(hub.stop(), 0);
    }
    for (unsigned step = random() % 4; step > 0; --step) author(random() % 2 == 0 ? specs : there);
    std::map<fs::path, Files> before{{specs, files_in(specs)}, {there, files_in(there)}};
    const Finished restored = restore();
    ASSERT_EQ(restored.code, 0) << restored.errors;
    ASSERT_TRUE(hub.start()) << hub.errors();
    ASSERT_TRUE(wait_until([&] { return at_rest(); })) << shown();
    // What stood on a disk is there, or at the hub, as head, in history or held.
    for (const auto& [root, files] : before) {
      const Files now = files_in(root);
      for (const auto& [path, text] : files) {
        ASSERT_TRUE(now.contains(path)) << path << " is gone from " << root;
        const auto kept = [&] {
          if (tests::read_file(root / path) == text) return true;
          for (const HubVersion& version : hub.history(project, path)) {
            if (version.hash == sha256_hex(text)) return true;
          }
          for (const HubVersion& version : hub.held(project)) {
            if (version.hash == sha256_hex(text)) return true;
          }
          return false;
        };
        EXPECT_TRUE(kept()) << path << " of " << root << " in round " << round << " is lost:\n" << text;
      }
    }
    // Where both had edited meanwhile, one may be held; a person settles that, and the next round begins with all at one.
    for (const auto& [path, text] : files_in(there)) {
      const auto head = hub.file(project, path);
      ASSERT_TRUE(head) << path;
      for (const auto& root : {specs, there}) {
        if (tests::read_file(root / path) != head->content) save_in_place(root / path, head->content);
      }
    }
    ASSERT_TRUE(wait_until([&] { return at_rest() && files_in(specs) == files_in(there); })) << shown();
  }
}

}  // namespace
}  // namespace leanspec::e2e
